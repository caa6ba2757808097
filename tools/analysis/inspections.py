"""反窃查违: cases found, energy and money recovered, in the period and in the year so far (domain.md §1.4 C11).

窃电 and 违约用电 count; 计量差错 is no offence. A ledger that holds rows and none for the period is a true zero.
"""

from __future__ import annotations

from datetime import timedelta

from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.measured import measured
from tools.fetch import Query

SQL = """
SELECT SUM(CASE WHEN x.due = 1 THEN 1 ELSE 0 END) AS cases, SUM(CASE WHEN x.due = 1 THEN x.kwh ELSE 0 END) AS kwh,
       SUM(CASE WHEN x.due = 1 THEN x.amount ELSE 0 END) AS amount, COUNT(*) AS n
FROM (SELECT i.kwh AS kwh, i.amount AS amount,
             CASE WHEN i.finding IN ('窃电', '违约用电') AND i.found_date >= :start AND i.found_date < :after
                  THEN 1 ELSE 0 END AS due FROM inspection AS i) AS x
"""
CALIBER = "窃电和违约用电，以发现日期归属；计量差错退补不计"
NUMBERS = (
    ("cases", "查处起数", "起", "count", 0),
    ("kwh", "追补电量", "kWh", "amount", 0),
    ("amount", "追补金额", "元", "amount", 2),
)


def run(bench: Bench, org: str, period: Period) -> Result:
    """Places `caught_cases`, `caught_kwh`, `caught_amount`, and the same with `_ytd`."""
    spans = [("", period), ("_ytd", period.ytd())]
    binds = [{"start": span.start, "after": span.end + timedelta(days=1)} for _, span in spans]
    outcomes = bench.gate.run_many([Query("marketing", SQL, bind, org, "反窃查违") for bind in binds])
    facts, places = [], {}
    for (ending, span), bind, outcome in zip(spans, binds, outcomes, strict=True):
        row = outcome.records()[0] if outcome.status == "ok" else {}
        if not row.get("n"):
            continue
        for key, name, unit, kind, decimals in NUMBERS:
            fact = measured(
                bench, outcome, bind, org, span, name, row[key], unit, indicator="C11", caliber=CALIBER,
                kind=kind, decimals=decimals, rows=int(str(row["n"])),
            )  # fmt: skip
            facts.append(fact)
            places[f"caught_{key}{ending}"] = [fact.id]
    return Result("反窃查违", facts, [], places)


ANALYSIS = Analysis("inspections", "反窃查违", run)
