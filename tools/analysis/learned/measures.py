"""How good a score is: AUC, PR-AUC, lift in the top tenth, MAP@100, calibration by decile, intervals over groups."""

from __future__ import annotations

import numpy as np
import pandas as pd

DRAWS = 100


def measures(label: np.ndarray, score: np.ndarray) -> dict[str, float]:
    """AUC, PR-AUC (average precision), lift at 10 %, MAP@100 (average precision within the first hundred)."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    top = np.argsort(-score, kind="stable")
    tenth = label[top[: max(1, int(np.ceil(len(label) / 10)))]].mean() / label.mean()
    first = label[top[:100]]
    hits = float(first.sum())
    ranked = float((first * np.cumsum(first) / np.arange(1, len(first) + 1)).sum() / hits) if hits else 0.0
    return {
        "auc": round(float(roc_auc_score(label, score)), 4),
        "pr_auc": round(float(average_precision_score(label, score)), 4),
        "lift_10": round(float(tenth), 2),
        "map_100": round(ranked, 4),
    }


def interval(label: np.ndarray, score: np.ndarray, group: np.ndarray, seed: int) -> dict[str, list[float]]:
    """95 % percentile intervals of AUC and PR-AUC, drawing whole groups with replacement."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    codes, names = pd.factorize(group)
    random = np.random.default_rng(seed)
    drawn: list[tuple[float, float]] = []
    for _ in range(DRAWS):
        times = np.bincount(random.integers(0, len(names), len(names)), minlength=len(names))[codes].astype(float)
        if (times * label).sum() and (times * (1 - label)).sum():
            drawn.append(
                (
                    roc_auc_score(label, score, sample_weight=times),
                    average_precision_score(label, score, sample_weight=times),
                )
            )
    low, high = np.quantile(np.array(drawn), [0.025, 0.975], axis=0)
    return {
        "auc": [round(float(low[0]), 4), round(float(high[0]), 4)],
        "pr_auc": [round(float(low[1]), 4), round(float(high[1]), 4)],
    }


def deciles(label: np.ndarray, probability: np.ndarray) -> list[dict[str, float]]:
    """Mean probability against frequency in ten equal groups by probability."""
    out: list[dict[str, float]] = []
    for part in np.array_split(np.argsort(probability, kind="stable"), 10):
        if len(part):
            told, seen = float(probability[part].mean()), float(label[part].mean())
            out.append({"told": round(told, 4), "seen": round(seen, 4), "gap": round(abs(told - seen), 4)})
    return out
