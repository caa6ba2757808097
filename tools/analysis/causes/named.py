"""Facts of named customers: this period, last year and what each did beyond its industry; names from the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.domain.fact import By, Fact
from tools.analysis.causes.case import Case
from tools.analysis.causes.evidence import measured
from tools.fetch import Query

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 5
METHOD = {
    "turned": "本期电量（补回缺数和停电）－上年同期 × 同行业大客户增减的中位数 × 自身前三个月走势",
    "older": "上年同期 × 同行业大客户增减的中位数 ×（自身前三个月走势－1）；无走势可比的计全部变化",
}


def told(case: Case, table: pd.DataFrame, part: str) -> tuple[list[Fact], str]:
    """(facts, clause) of the customers with the largest changes of their own; `part` is turned or older."""
    rows = table.sort_values(part, key=abs, ascending=False).head(SHOWN)
    names = _names(case, [str(value) for value in rows.cons_no])
    facts, words = [], []
    for row in rows.to_dict("records"):
        by = By(dim="customer", key=str(row["cons_no"]), label=names.get(str(row["cons_no"]), str(row["cons_no"])))
        own = measured(case, "超出同行业的变化量", float(row[part]), "kWh", ("big",), METHOD[part], decimals=0, by=by)
        now = measured(case, "售电量", float(row["now_kwh"]), "kWh", ("big",), "结算电量", decimals=0, by=by)
        was = measured(
            case,
            "上年同期售电量",
            float(row["was_kwh"]),
            "kWh",
            ("big",),
            "结算电量",
            decimals=0,
            by=by,
            period=case.was,
        )
        facts += [own, now, was]
        said = "少用" if row[part] < 0 else "多用"
        words.append(f"{{{{{own.id}.label}}}}{said}{{{{{own.id}:abs}}}}")
    return facts, "、".join(words)


def _names(case: Case, ids: list[str]) -> dict[str, str]:
    plain = [value for value in ids if value.isalnum()]
    if not plain:
        return {}
    listed = ", ".join(f"'{value}'" for value in plain)
    sql = f"SELECT c.cons_no AS cons_no, c.cons_name AS cons_name FROM customer AS c WHERE c.cons_no IN ({listed})"
    outcome = case.bench.gate.run(Query("marketing", sql, {}, case.org, "客户名称"))
    return {str(row["cons_no"]): str(row["cons_name"]) for row in outcome.records()} if outcome.status == "ok" else {}
