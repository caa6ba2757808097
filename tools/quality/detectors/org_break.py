"""Q16 单位编码断点: rows booked under another unit than the archive's, or under one that the list of units lacks."""

from __future__ import annotations

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers, Defect, Detected, Detector, listed, listing, together
from tools.quality.customers import capacities, daily

BILLED = """
SELECT b.cons_no AS object, MIN(b.org_code) AS org_code, MIN(b.period_start) AS first_day,
       MAX(b.period_end) AS last_day, COUNT(*) AS n, SUM(b.kwh_total) AS kwh
FROM bill AS b JOIN customer AS c ON c.cons_no = b.cons_no
WHERE b.ym BETWEEN :start_ym AND :end_ym AND b.org_code <> c.org_code GROUP BY b.cons_no
"""
USED = "SELECT b.org_code, COUNT(*) AS n FROM bill AS b WHERE b.ym BETWEEN :start_ym AND :end_ym GROUP BY b.org_code"
UNITS = "SELECT o.org_code FROM org AS o"


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    return {
        "billed": scope.want("marketing", listing(BILLED)),
        "used": scope.want("marketing", USED),
        "units": scope.want("marketing", UNITS),
        "daily": daily(scope),
        "filed": capacities(scope),
    }


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    billed = listed(answers.rows("billed"))
    found = list(billed.defects)
    units = {row["org_code"] for row in answers.rows("units")}
    start, end = scope.period.start, scope.period.end
    for row in answers.rows("used"):
        if row["org_code"] not in units:
            code = str(row["org_code"])
            found.append(Defect(code, code, start, end, int(row["n"]), None, "未知单位"))
    daily_rows, filed = answers.frame("daily"), answers.frame("filed")
    if len(daily_rows) and len(filed):
        both = daily_rows.merge(filed[["cons_no", "org_code"]], on="cons_no", suffixes=("", "_filed"))
        for row in both[both["org_code"] != both["org_code_filed"]].to_dict("records"):
            note = "采集侧单位与档案不同"
            found.append(Defect(str(row["cons_no"]), row["org_code"], start, end, int(row["known"]), None, note))
    made = together(found)
    extra = billed.objects - len(billed.defects)
    return Detected(made.objects + extra, made.rows + billed.rows - sum(d.rows for d in billed.defects), made.kwh,
                    made.defects)  # fmt: skip


DETECTOR = Detector("org_break", _wants, _judge)
