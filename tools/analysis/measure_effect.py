"""What measures changed: customers that were treated against customers that were not, from a table that a unit kept.

One row a customer: 措施 (a cause of the strategy library, by key or label), 采取措施 (1 or 0), 保留比例 (% of the
energy at risk that the customer still used). The effect is the difference of the two means with Welch's interval;
where the treated were chosen and not drawn, it holds how they were chosen as well: a difference, not a cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import BadRequest
from knowledge.analysis_life import life_rules
from knowledge.strategies import strategies
from tools.analysis.learned.tables import find, labels

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 10
"""Customers on either side that a difference needs."""
NO_CAUSE = "采取措施的客户若不是随机选取，差值也含选取的影响，不能都算作措施的效果。"
COLUMNS = {"措施": ("measure", "cause", "措施"), "保留比例": ("kept_pct", "保留比例")}
TREATED = ("treated", "采取措施")


@dataclass(frozen=True)
class Effect:
    """A measure's difference of kept shares (百分点), its interval, and customers with and without it. `low` and
    `high` are None where a side has fewer than ten."""

    cause: str
    label: str
    treated: int
    control: int
    difference: float | None
    low: float | None
    high: float | None

    def said(self) -> str:
        if self.difference is None:
            return f"{self.label}：采取{self.treated}户、未采取{self.control}户，不足以比较（每边至少{FEWEST}户）。"
        return (
            f"{self.label}：采取{self.treated}户、未采取{self.control}户，保留比例相差{self.difference:+.1f}个百分点，"
            f"{life_rules().confidence_pct:.0f}%区间{self.low:+.1f}～{self.high:+.1f}。"
        )


def effects(table: pd.DataFrame) -> list[Effect]:
    """One effect a measure in the library's order; BadRequest names what the table lacks."""
    import pandas as pd

    found = {name: find(table, names) for name, names in COLUMNS.items()}
    treated_in = find(table, TREATED)
    missing = [name for name, column in (*found.items(), ("采取措施", treated_in)) if column is None]
    if missing:
        raise BadRequest(f"表里没有{'、'.join(missing)}列。", "列名请用 措施、采取措施、保留比例，每户一行。")
    named = {one.label: cause for cause, one in strategies().causes.items()}
    cause = table[found["措施"]].astype(str).str.strip().replace(named)
    strange = sorted(set(cause) - set(strategies().causes))
    if strange:
        raise BadRequest(f"策略库没有「{strange[0]}」这项措施。", f"可选：{'、'.join(named)}。")
    treated = labels(table.rename(columns={treated_in: "label"})[["label"]], "churn")[1]
    kept = pd.to_numeric(table[found["保留比例"]], errors="coerce").to_numpy(float)
    if treated is None or pd.isna(treated).any() or pd.isna(kept).any():
        raise BadRequest("「采取措施」或「保留比例」有空值或不是数。", "采取措施写 1 或 0，保留比例写百分数，如 65。")
    return [
        _effect(one, kept[(cause == one) & (treated == 1)], kept[(cause == one) & (treated == 0)])
        for one in strategies().causes
        if (cause == one).any()
    ]


def _effect(cause: str, treated: pd.Series, control: pd.Series) -> Effect:
    import numpy as np
    from scipy.stats import ttest_ind

    label = strategies().causes[cause].label
    if min(len(treated), len(control)) < FEWEST or not (np.std(treated) or np.std(control)):
        return Effect(cause, label, len(treated), len(control), None, None, None)
    level = life_rules().confidence_pct / 100
    around = ttest_ind(treated, control, equal_var=False).confidence_interval(level)
    gap = float(np.mean(treated) - np.mean(control))
    return Effect(cause, label, len(treated), len(control), gap, float(around.low), float(around.high))
