"""How good predictions were: ranking and calibration of probabilities, error and coverage of intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from knowledge.analysis_life import life_rules

if TYPE_CHECKING:
    import numpy as np

GROUPS = 5
LABELS = {
    "auc": "AUC",
    "pr_auc": "PR-AUC",
    "lift": "前一成提升倍数",
    "found": "前一成客户覆盖的流失占比",
    "brier": "Brier 分",
    "told": "平均预测概率",
    "seen": "实际发生频率",
    "gap": "概率与频率之差",
    "error": "平均绝对误差",
    "coverage": "区间覆盖率",
    "width": "区间平均宽度",
    "score": "区间得分",
}
LOWER_IS_BETTER = {"brier", "gap", "error", "width", "score"}
COMPARED = {"probability": ("auc", "pr_auc", "brier"), "interval": ("score", "error", "coverage")}
"""The measures of a comparison; the first one decides."""


def measured(
    kind: Literal["probability", "interval"],
    outcome: np.ndarray,
    predicted: np.ndarray,
    weight: np.ndarray | None = None,
) -> dict[str, float]:
    """All measures of a kind as shares (0 … 1) or in the outcome's unit; ranking ones only with enough positives."""
    import numpy as np

    times = np.ones(len(outcome)) if weight is None else weight
    return _probability(outcome, predicted, times) if kind == "probability" else _interval(outcome, predicted, times)


def _probability(outcome: np.ndarray, chance: np.ndarray, times: np.ndarray) -> dict[str, float]:
    import numpy as np
    from sklearn.metrics import average_precision_score, roc_auc_score

    total, gone = float(times.sum()), float((times * outcome).sum())
    out = {
        "cases": total,
        "positives": gone,
        "brier": float((times * (chance - outcome) ** 2).sum() / total),
        "told": float((times * chance).sum() / total),
        "seen": gone / total,
        "gap": _gap(outcome, chance, times),
    }
    if gone < life_rules().fewest_positives or gone == total:
        return out
    order = np.argsort(-chance, kind="stable")
    before = np.cumsum(times[order]) - times[order]
    top = np.clip(total / 10 - before, 0, times[order])  # the tenth ends within a case that is drawn several times
    found = float((top * outcome[order]).sum() / gone)
    return out | {
        "auc": float(roc_auc_score(outcome, chance, sample_weight=times)),
        "pr_auc": float(average_precision_score(outcome, chance, sample_weight=times)),
        "found": found,
        "lift": found * 10,
    }


def _gap(outcome: np.ndarray, chance: np.ndarray, times: np.ndarray) -> float:
    """Mean distance between told and seen over five equal groups by probability (expected calibration error)."""
    import numpy as np

    missed = 0.0
    for part in np.array_split(np.argsort(chance, kind="stable"), GROUPS):
        if len(part) and times[part].sum():
            missed += abs(float((times[part] * (chance[part] - outcome[part])).sum()))
    return missed / float(times.sum())


def _interval(outcome: np.ndarray, told: np.ndarray, times: np.ndarray) -> dict[str, float]:
    """`score` is the interval score (Gneiting and Raftery 2007): width, and misses weighted by what was promised."""
    import numpy as np

    low, middle, high = told.T
    total = float(times.sum())
    alpha = 1 - life_rules().promised_coverage_pct / 100
    missed = np.clip(low - outcome, 0, None) + np.clip(outcome - high, 0, None)
    return {
        "cases": total,
        "error": float((times * np.abs(outcome - middle)).sum() / total),
        "coverage": float((times * (missed == 0)).sum() / total),
        "width": float((times * (high - low)).sum() / total),
        "score": float((times * (high - low + 2 / alpha * missed)).sum() / total),
    }
