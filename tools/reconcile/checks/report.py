"""报告级: within the report itself, parts sum to their total and every comparison follows from its base (§2.3, 9)."""

from __future__ import annotations

from decimal import Decimal

from core.domain.fact import Fact
from core.domain.org import covers
from knowledge.quality import CheckSpec
from tools.evidence import Scope, Wants
from tools.indicators.compare import change
from tools.quality import Answers
from tools.reconcile import Check, Compared, Nothing, Odd

ADDITIVE = {"amount", "count"}
STEP = Decimal("0.005")
"""Half of the last place that comparisons and sums are printed with."""


def _wants(scope: Scope, spec: CheckSpec) -> Wants:
    return {}


def _judge(scope: Scope, spec: CheckSpec, answers: Answers, known: tuple[Fact, ...]) -> Compared:
    if not known:
        raise Nothing("没有报告数据可核对")
    examined, odd = 0, []
    for fact in known:
        for field in ("yoy", "mom"):
            shown, base = getattr(fact.compare, field), getattr(fact.compare, f"{field}_base")
            if shown is None or base is None or fact.value is None:
                continue
            examined += 1
            again = change(fact.value, base, fact.compare.rule)
            if again is None or abs(again - shown) > STEP:
                odd.append(Odd(fact.id, fact.org, "change", Decimal(1)))
    for total, parts in _sums(known):
        examined += 1
        gap = sum((part.value or Decimal(0) for part in parts), Decimal(0)) - (total.value or Decimal(0))
        if abs(gap) > STEP * (len(parts) + 1):
            odd.append(Odd(total.id, total.org, "sum", Decimal(1)))
    whole = Decimal(examined)
    return Compared(whole, whole - len(odd), examined, tuple(odd), not odd)


def _sums(known: tuple[Fact, ...]) -> list[tuple[Fact, list[Fact]]]:
    """Totals of additive indicators with their parts by unit, where every part has a number."""
    out = []
    for total in known:
        if total.by is not None or total.kind not in ADDITIVE or total.parents or total.value is None:
            continue
        parts = [
            fact
            for fact in known
            if fact.by is not None
            and fact.by.dim == "org"
            and (fact.indicator, fact.period, fact.name) == (total.indicator, total.period, total.name)
            and covers(total.org, fact.org)
            and not fact.parents
        ]
        if parts and all(part.value is not None for part in parts):
            out.append((total, parts))
    return out


CHECK = Check("report", _wants, _judge)
