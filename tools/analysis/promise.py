"""What an interval promises and what such intervals kept lately, as facts beside the forecast."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from core.domain.fact import By, Fact
from knowledge.analysis_life import life_rules
from tools.analysis import Bench
from tools.analysis.derived import derived

if TYPE_CHECKING:
    from tools.analysis.life.performance import Row

SHOWN = ("recent_months", "recent_coverage", "recent_error", "recent_cases")


def record(
    bench: Bench, like: Fact, parents: Sequence[Fact], rows: Sequence[Row], said: str, prefix: str = ""
) -> tuple[list[Fact], dict[str, list[str]]]:
    """The facts and their places: `promised` and those of `rows` that are shown, each behind `prefix`."""
    promised = ("promised", "预测区间承诺覆盖率", life_rules().promised_coverage_pct, "%", 0, f"分析全周期规则；{said}")
    facts, places = [], {}
    by = By(dim="analysis", key="interval", label="预测区间")
    for place, name, value, unit, decimals, method in (promised, *(row for row in rows if row[0] in SHOWN)):
        fact = derived(
            bench, like, name, Decimal(f"{value:.2f}"), parents, method, unit=unit, by=by, decimals=decimals, rule="pp",
            kind="rate" if unit in {"%", "百分点"} else "count",
        )  # fmt: skip
        facts.append(fact)
        places[prefix + place] = [fact.id]
    return facts, places
