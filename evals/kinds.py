"""How each of the eight kinds of report is asked for in one sentence, for suites that want them all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from core.domain.period import Period, shift_months

_SENTENCES = {
    "R1": "帮我做一份{month}{unit}的营销指标月报",
    "R2": "出一份{unit}{week}的营销周报",
    "R3": "写一份{unit}{month}的用电异常专题报告",
    "R4": "做一份{unit}{quarter}的季度经营规划",
    "R5": "编一份{unit}{month}的大客户流失预警与挽回方案",
    "R6": "写一份{unit}{month}的电费回收专项报告",
    "R7": "写一份{unit}{month}的优质服务分析报告",
    "R8": "做一份{unit}{month}的线损分析专题报告",
}
KINDS = tuple(_SENTENCES)


def _quarters(month: Period) -> Iterator[Period]:
    """The quarter that `month` lies in and the one before it."""
    for first in (month.start, shift_months(month.start, -3)):
        yield Period.quarter(first.year, (first.month - 1) // 3 + 1)


def request(kind: str, unit: str, month: Period) -> str:
    """The sentence that asks for a kind of report about `unit` and `month`.

    A weekly report is asked for the last whole week of the month, a quarterly one for the last quarter ended by then.
    """
    week = Period.week(month.end - timedelta(days=6))
    quarter = next(one for one in _quarters(month) if one.end <= month.end)
    span = f"{week.start}到{week.end}"
    return _SENTENCES[kind].format(unit=unit, month=month.label, week=span, quarter=quarter.label)
