"""Half-width of an interval from what a forecast missed on earlier origins (split conformal, |miss| of both signs).

Misses of one month share its weather, so n of them weigh as n / (1 + (k − 1)ρ) independent ones: k cases a month, ρ
the intraclass correlation of the misses (Kish's design effect). The level is raised by one such case (1 + 1/n).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.analysis_life import life_rules

if TYPE_CHECKING:
    import numpy as np


def half_width(missed: np.ndarray, month: np.ndarray) -> float:
    """The half-width (unit of `missed`) that the promised share of new cases stays within; `missed` is not empty."""
    import numpy as np

    promised = life_rules().promised_coverage_pct / 100
    level = min(1.0, promised * (1 + 1 / independent(missed, month)))
    return float(np.quantile(np.abs(missed), level, method="higher"))


def independent(missed: np.ndarray, month: np.ndarray) -> float:
    """How many independent misses these are worth."""
    import numpy as np

    a_month = len(missed) / len(np.unique(month))
    return float(len(missed) / (1 + (a_month - 1) * _alike(missed, month)))


def _alike(missed: np.ndarray, month: np.ndarray) -> float:
    """ρ by one-way analysis of variance, within 0 … 1; 1 where one month cannot tell."""
    import numpy as np

    parts = [missed[month == one] for one in np.unique(month)]
    count = len(parts)
    if count < 2:
        return 1.0
    if len(missed) == count:
        return 0.0
    between = sum(len(part) * (part.mean() - missed.mean()) ** 2 for part in parts) / (count - 1)
    within = sum(((part - part.mean()) ** 2).sum() for part in parts) / (len(missed) - count)
    whole = between + (len(missed) / count - 1) * within
    return float(np.clip((between - within) / whole, 0.0, 1.0)) if whole > 0 else 0.0
