"""How something was written before (往期写法): questions that published texts answer, not figures."""

from __future__ import annotations

import re

_BEFORE = r"(?:上[次回期一]|上个?月|上周|上个?季度?|去年|往年|往期|以前|从前|之前|过去|历史上|前几?次)"
_ASKED = re.compile(
    rf"{_BEFORE}[^,，。?？]{{0,24}}(?:怎么|如何|咋|是怎样)(?:写|说|描述|表述|讲|提)"
    rf"|{_BEFORE}[^,，。]{{0,16}}(?:写法|原文|表述|措辞|那段|段落)"
    r"|(?:往期|历次|以往)[^,，。]{0,10}(?:写法|原文|表述)"
)
_LESSONS = re.compile(
    r"(?:有(?:什么|哪些|没有)|往期|历次|以往|以前)[^,，。]{0,14}(?:经验|教训|审核意见|退回意见|退回原因|被退回)"
    r"|(?:审核人?|领导)[^,，。]{0,8}(?:提过|说过|常提|一般)[^,，。]{0,6}(?:什么|哪些|意见)"
)
_MAKING = re.compile(r"(?:做|写|出|来|生成|起草|编)(?:一)?[份篇个](?!.{0,12}(?:经验|教训))")


def precedent(text: str) -> bool:
    """Whether a sentence asks for earlier wording or for lessons, and not for a new report."""
    return (bool(_ASKED.search(text)) or lessons(text)) and not _MAKING.search(text)


def lessons(text: str) -> bool:
    """Whether it asks what reviewers said before."""
    return bool(_LESSONS.search(text))
