"""A random forest as plain JSON numbers: portable, readable, and without code that runs when it is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def as_json(forest: Any) -> list[dict[str, list[float]]]:
    """The trees of a fitted scikit-learn forest of two classes: per node feature, threshold, children, share of 1."""
    out = []
    for fitted in forest.estimators_:
        tree = fitted.tree_
        weight = tree.value[:, 0, :]
        out.append(
            {
                "feature": tree.feature.tolist(),
                "threshold": tree.threshold.tolist(),
                "left": tree.children_left.tolist(),
                "right": tree.children_right.tolist(),
                "share": (weight[:, 1] / weight.sum(axis=1)).tolist(),
            }
        )
    return out


def probability(trees: Sequence[Mapping[str, Sequence[float]]], table: np.ndarray) -> np.ndarray:
    """Mean share of class 1 over the trees; all rows walk down together. The same as `predict_proba`."""
    rows = np.asarray(table, dtype=np.float32)
    at = np.arange(len(rows))
    total = np.zeros(len(rows))
    for tree in trees:
        feature, threshold = np.asarray(tree["feature"]), np.asarray(tree["threshold"])
        left, right = np.asarray(tree["left"]), np.asarray(tree["right"])
        node = np.zeros(len(rows), dtype=np.int64)
        while True:
            inner = left[node] >= 0
            if not inner.any():
                break
            here = node[inner]
            down = rows[at[inner], feature[here]] <= threshold[here]
            node[inner] = np.where(down, left[here], right[here])
        total += np.asarray(tree["share"])[node]
    return total / max(len(trees), 1)
