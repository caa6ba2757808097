"""营销活动怎么优化、挽回措施怎么排优先级: which measure for whom first. A kind of detection, over ranked measures."""

from __future__ import annotations

import re

MEASURES = "营销活动优化"
"""What stands in `query` of a `detect` that asks for the ranking of measures."""
_THINGS = r"(?:营销活动|(?:营销|挽回|挽留)(?:措施|策略))"
_ORDER = r"(?:优化|优先级?|先后|排序|排个序|怎么排|怎样排|先做)"
_ASKED = re.compile(rf"(?:大?客户的?)?{_THINGS}.{{0,8}}{_ORDER}|{_ORDER}(?:一下)?(?:大?客户的?)?{_THINGS}")


def measures_asked(text: str) -> tuple[str, bool]:
    """(the sentence as a plain question for anomalies, True), or (the sentence, False) for everything else."""
    if not _ASKED.search(text) or re.search(r"报告|月报|周报|方案|口径", text):
        return text, False
    rest = _ASKED.split(text, maxsplit=1)[0].strip("，,。?？!的 ")
    return f"{rest}有没有异常", True
