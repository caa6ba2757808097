"""客户用电异常 by day: see `tools.analysis.scan`. Months of customers are judged by `customer_screen`."""

from __future__ import annotations

from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.scan.scan import scan

LABEL = "客户用电异常"


def run(bench: Bench, org: str, period: Period) -> Result:
    """Periods that are not whole months; a label that says so for whole months."""
    if period.whole_months:
        return Result(f"{LABEL}：整月请用全量客户筛查")
    return scan("customer")(bench, org, period)


ANALYSIS = Analysis("usage_customers", LABEL, run, "2")
