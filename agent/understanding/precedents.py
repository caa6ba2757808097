"""How something was written before (往期写法): questions that published texts answer, not figures."""

from __future__ import annotations

import re

_BEFORE = r"(?:上[次回期一]|上个?月|上周|上个?季度?|去年|往年|往期|以前|从前|之前|过去|历史上|前几?次)"
_ASKED = re.compile(
    rf"{_BEFORE}[^,，。?？]{{0,24}}(?:怎么|如何|咋|是怎样)(?:写|说|描述|表述|讲|提)"
    rf"|{_BEFORE}[^,，。]{{0,16}}(?:写法|原文|表述|措辞|那段|段落)"
    r"|(?:往期|历次|以往)[^,，。]{0,10}(?:写法|原文|表述)"
    r"|(?:[那这](?:一)?[段节章]|部分|章节|专题|报告|月报|周报)[^,，。?？]{0,16}(?:怎么|如何|咋)(?:写|描述|表述)的"
)
_LESSONS = re.compile(
    r"(?:有(?:什么|哪些|没有)|往期|历次|以往|以前)[^,，。]{0,14}(?:经验|教训|审核意见|退回意见|退回原因|被退回)"
    r"|(?:审核人?|领导)[^,，。]{0,8}(?:提过|说过|常提|一般)[^,，。]{0,6}(?:什么|哪些|意见)"
)
_MAKING = re.compile(r"(?:做|写|出|来|生成|起草|编)(?:一)?[份篇个](?!.{0,12}(?:经验|教训))")

_LIKE = re.compile(
    rf"(?:请)?(?:参照|参考|按照?|依照|照着?|比照|仿照|沿用)(?:着|一下)?[^,，。]{{0,8}}(?:{_BEFORE}|上一?期|同期)"
    r"[^,，。帮做写起编生出]{0,10}的?(?:写法|格式|样式|体例|样子|路子|模式|版式|那份|结构)(?:来)?[,，、]?"
)
"""参照上月的写法，…: how a new report is to be written, beside which one."""
_SEASONS = (
    (re.compile(r"迎峰度夏|度夏|夏季|夏天|暑期|盛夏"), (6, 7, 8, 9)),
    (re.compile(r"迎峰度冬|度冬|冬季|冬天|寒冬"), (11, 12, 1, 2)),
)
_FRAME = re.compile(
    rf"{_BEFORE}|往期|历次|以往|请|帮我|给我|参照|参考|按照?|照|看看|看一下|一下|怎么|如何|咋|是|写法|写|原文|表述|措辞"
    r"|说|讲|描述|那份|那段|格式|样式|报告|专题|材料|里|的|了|吗|呢|[,，。?？!！、\s]"
)


def precedent(text: str) -> bool:
    """Whether a sentence asks for earlier wording or for lessons, and not for a new report."""
    return (bool(_ASKED.search(text)) or lessons(text)) and not _MAKING.search(text)


def lessons(text: str) -> bool:
    """Whether it asks what reviewers said before."""
    return bool(_LESSONS.search(text))


def season(text: str) -> tuple[int, ...]:
    """The months of the season that is named (迎峰度夏: June to September); () where none is."""
    return next((months for words, months in _SEASONS if words.search(text)), ())


def subject(text: str) -> str:
    """What is left of a question about earlier wording when the words of asking are taken away."""
    return _FRAME.sub("", text)


def without_likeness(text: str) -> tuple[str, bool]:
    """A wish for a new report without 参照上月的写法, and whether it said so: the month of that is not the report's."""
    if not _MAKING.search(text):
        return text, False
    bare = _LIKE.sub("", text)
    return (bare, True) if bare != text and len(bare) > 3 else (text, False)
