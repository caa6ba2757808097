"""Cleaning (清洗): which rule sets how many rows aside, counted where the data lies; nothing in a source is changed.

Raw and cleaned totals stand side by side, so that a rule can be taken back by leaving it out (`without`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from knowledge.quality import CleanSpec, quality_rules
from tools.evidence import Evidence, Scope, Want
from tools.indicators.answers import decimal

DOUBLE = ("double", "重复入库")
WRONG_UNIT = "wrong_unit"
COSTLY = frozenset({DOUBLE[0], WRONG_UNIT})
"""Rules that sort or group every row; they are left out where nothing hints at rows for them."""
DATASET = "energy_day"


@dataclass(frozen=True)
class Touched:
    """One rule: how many rows it set aside, and the energy that they carried."""

    rule: str
    label: str
    rows: int
    kwh: Decimal
    corrupt: bool


@dataclass(frozen=True)
class Cleaned:
    """A dataset before and after. `refused`: so much was set aside that the rest must not be used."""

    dataset: str
    rows: int
    raw: Decimal
    clean: Decimal
    touched: tuple[Touched, ...]
    want: Want

    @property
    def aside(self) -> int:
        return sum(item.rows for item in self.touched)

    @property
    def corrupt_pct(self) -> Decimal:
        """The share of rows that are wrong, in percent; values that never came are not."""
        bad = sum(item.rows for item in self.touched if item.corrupt)
        return Decimal(bad) / self.rows * 100 if self.rows else Decimal(0)

    @property
    def refused(self) -> bool:
        return self.corrupt_pct > quality_rules().refuse_above_pct


def want(scope: Scope, units: Sequence[str], without: Collection[str] = ()) -> Want:
    """Rows and energy by the first rule that each row meets ('' for a row that is kept).

    `units` are the codes of the list of units; `without` leaves rules out, which gives their rows back.
    """
    spec: CleanSpec = quality_rules().cleaning[DATASET]
    source = scope.catalog.datasets[DATASET].source
    binds = {f"u{at}": code for at, code in enumerate(units)}
    places = ", ".join(f":{name}" for name in binds) or "''"
    cases = [
        f"WHEN {rule.when.replace('{units}', places)} THEN '{rule.name}'"
        for rule in spec.rules
        if rule.name not in without and (rule.name != "unknown_unit" or binds)
    ]
    if DOUBLE[0] not in without:
        cases.append(f"WHEN r.k > 1 THEN '{DOUBLE[0]}'")
    where = "e.date BETWEEN :start AND :end OR e.date IS NULL OR e.date > CAST(:today AS DATE)"
    numbered, usual = "1 AS k", ""
    if DOUBLE[0] not in without:
        numbered = f"ROW_NUMBER() OVER (PARTITION BY {spec.key} ORDER BY {spec.best_first}, {spec.value} DESC) AS k"
    if WRONG_UNIT not in without:
        usual = (
            f"LEFT JOIN (SELECT mp_no, MEDIAN({spec.value}) AS usual FROM {DATASET}"
            " WHERE date BETWEEN :start AND :end GROUP BY mp_no) AS m ON m.mp_no = r.mp_no"
        )
    sql = f"""
SELECT t.rule, COUNT(*) AS n, SUM(t.kwh) AS kwh FROM (
  SELECT CASE {" ".join(cases) or "WHEN 1 = 0 THEN ''"} ELSE '' END AS rule, r.{spec.value} AS kwh
  FROM (SELECT e.mp_no, e.cons_no, e.org_code, e.date, e.fwd_kwh, e.rev_kwh, e.quality, {numbered}
        FROM {DATASET} AS e WHERE {where}) AS r {usual}
) AS t GROUP BY t.rule
"""
    return scope.want(source, sql, binds={"today": scope.today, **spec.limits, **binds})


def rule_labels() -> dict[str, str]:
    """Every cleaning rule by name, with what it is called."""
    return {rule.name: rule.label for rule in quality_rules().cleaning[DATASET].rules} | dict([DOUBLE])


def clean(evidence: Evidence, scope: Scope, units: Sequence[str], without: Collection[str] = ()) -> Cleaned:
    """What the rules set aside in the period; raises NoEvidence where the rows could not be read."""
    asked = want(scope, units, without)
    rules = quality_rules().cleaning[DATASET].rules
    labels = {rule.name: (rule.label, rule.corrupt) for rule in rules} | {DOUBLE[0]: (DOUBLE[1], True)}
    found = {row["rule"]: (int(row["n"]), decimal(row["kwh"]) or Decimal(0)) for row in evidence.rows(asked)}
    kept = found.pop("", (0, Decimal(0)))
    touched = tuple(
        Touched(name, label, *found[name], corrupt) for name, (label, corrupt) in labels.items() if name in found
    )
    rows = kept[0] + sum(item.rows for item in touched)
    raw = kept[1] + sum((item.kwh for item in touched), Decimal(0))
    return Cleaned(DATASET, rows, raw, kept[1], touched, asked)
