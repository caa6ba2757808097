"""营销活动怎么优化、挽回措施怎么排优先级: which measure for whom first; 上期挽回策略执行得怎么样: what came of them.
Both are kinds of detection, over ranked measures and over recorded outcomes."""

from __future__ import annotations

import re

MEASURES = "营销活动优化"
"""What stands in `query` of a `detect` that asks for the ranking of measures."""
OUTCOMES = "策略执行情况"
"""What stands in `query` of a `detect` that asks what came of the measures."""
_THINGS = r"(?:营销活动|(?:营销|挽回|挽留)(?:措施|策略))"
_ORDER = r"(?:优化|优先级?|先后|排序|排个序|怎么排|怎样排|先做)"
_ASKED = re.compile(rf"(?:大?客户的?)?{_THINGS}.{{0,8}}{_ORDER}|{_ORDER}(?:一下)?(?:大?客户的?)?{_THINGS}")
_DONE = re.compile(
    rf"(?:上一?期)?(?:的)?(?:大?客户的?)?(?:{_THINGS}|措施)(?:的)?(?:执行|落实|成功率|成效|效果|见效|结果|做得|进展)"
)
_NOT = re.compile(r"报告|月报|周报|方案|口径")


def measures_asked(text: str) -> tuple[str, str]:
    """(the sentence as a plain question for anomalies, the `query` it stands for), or (the sentence, "") for everything
    else."""
    if _NOT.search(text):
        return text, ""
    for asked, query in ((_ASKED, MEASURES), (_DONE, OUTCOMES)):
        if asked.search(text):
            rest = asked.split(text, maxsplit=1)[0].strip("，,。?？!的 ")
            return f"{rest}有没有异常", query
    return text, ""
