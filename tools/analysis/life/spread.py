"""Population stability (PSI): whether the features of today are spread as those that a version learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

QUANTILES = (0.2, 0.4, 0.6, 0.8, 0.95)
DIGITS = 6
"""Values are compared to so many decimals, so that ties stay ties whatever the last bits are."""
SCORE = "score"
"""The name under which the spread of the predictions is kept."""
CERTAIN = 0.999


def spread_of(table: pd.DataFrame) -> dict[str, Any]:
    """Per feature: bin edges at its quantiles (fewer where values repeat), the share in each bin, and the cases."""
    import numpy as np

    out: dict[str, Any] = {}
    for name in table.columns:
        values = table[name].dropna().to_numpy(float).round(DIGITS)
        if not len(values):
            continue
        edges = np.unique(np.quantile(values, QUANTILES, method="lower"))
        out[str(name)] = {"edges": edges.tolist(), "shares": _shares(values, edges).tolist(), "cases": len(values)}
    return out


def stability(
    kept: Mapping[str, Any], table: pd.DataFrame, independent: tuple[int, int]
) -> dict[str, tuple[float, bool]]:
    """Per feature: PSI, and whether it is beyond what chance gives so few independent cases (then and now).

    Under no change the index is about (1/n + 1/m) χ² with one degree of freedom less than there are bins.
    """
    import numpy as np
    from scipy.stats import chi2

    noise = 1 / max(independent[0], 1) + 1 / max(independent[1], 1)
    out = {}
    for name, one in kept.items():
        if name not in table:
            continue
        values = table[name].dropna().to_numpy(float).round(DIGITS)
        if not len(values):
            continue
        before, edges = np.asarray(one["shares"]), np.asarray(one["edges"])
        after = _shares(values, edges)
        index = float(((after - before) * np.log(after / before)).sum())
        out[name] = (index, index > noise * float(chi2.ppf(CERTAIN, max(len(before) - 1, 1))))
    return out


def _shares(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Shares of the bins; half a case is added to each, so that an empty one has a logarithm."""
    import numpy as np

    counts = np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1) + 0.5
    shares: np.ndarray = counts / counts.sum()
    return shares
