"""Which analysis looks for 用电异常 on a level."""

from __future__ import annotations

from core.domain.period import Period
from core.errors import BadRequest

SCANS = {"org": "usage_units", "line": "usage_lines", "tg": "usage_tgs", "customer": "usage_customers"}
BILLED = {"org": "usage_anomaly", "customer": "customer_screen"}
"""Levels whose whole months are judged by what was billed."""


def detector(by: str, period: Period) -> str:
    """The analysis of a level (org, line, tg, customer) for a period.

    Raises BadRequest for another level, and for customers in several months at once.
    """
    if by not in SCANS:
        raise BadRequest(f"用电异常不能按「{by}」查找。", f"可以按 {'、'.join(SCANS)} 查找（单位、线路、台区、客户）。")
    if by == "customer" and period.whole_months and period.grain != "month":
        last = period.months()[-1]
        raise BadRequest(f"{period.label}有几个月，客户用电异常逐月筛查。", f"请写一个月份，例如 {last.code}。")
    return BILLED.get(by, SCANS[by]) if period.whole_months else SCANS[by]
