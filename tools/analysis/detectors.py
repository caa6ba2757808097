"""Which analysis looks for 用电异常 on a level."""

from __future__ import annotations

from core.domain.period import Period
from core.errors import BadRequest

SCANS = {"org": "usage_units", "line": "usage_lines", "tg": "usage_tgs", "customer": "usage_customers"}


def detector(by: str, period: Period) -> str:
    """The analysis of a level (org, line, tg, customer); units by whole months are judged by what was billed.

    Raises BadRequest for another level.
    """
    if by not in SCANS:
        raise BadRequest(f"用电异常不能按「{by}」查找。", f"可以按 {'、'.join(SCANS)} 查找（单位、线路、台区、客户）。")
    return "usage_anomaly" if by == "org" and period.whole_months else SCANS[by]
