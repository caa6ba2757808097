"""The estimators the tasks blend, by their few settings. Each gives a builder that takes the random seed."""

from __future__ import annotations

from typing import Any


def trees(leaf: int, count: int, share: float) -> Any:
    def build(seed: int) -> Any:
        from sklearn.ensemble import ExtraTreesClassifier

        return ExtraTreesClassifier(count, min_samples_leaf=leaf, max_features=share, n_jobs=2, random_state=seed)

    return build


def graded_trees(leaf: int, count: int, share: float) -> Any:
    def build(seed: int) -> Any:
        from sklearn.ensemble import ExtraTreesRegressor

        return ExtraTreesRegressor(count, min_samples_leaf=leaf, max_features=share, n_jobs=2, random_state=seed)

    return build


def boosting(leaves: int, least: int, share: float, rounds: int, rate: float) -> Any:
    def build(seed: int) -> Any:
        from sklearn.ensemble import HistGradientBoostingClassifier

        return HistGradientBoostingClassifier(
            max_iter=rounds,
            learning_rate=rate,
            max_leaf_nodes=leaves,
            min_samples_leaf=least,
            l2_regularization=10.0,
            max_features=share,
            random_state=seed,
        )

    return build


def random_forest(leaf: int, count: int, share: float) -> Any:
    def build(seed: int) -> Any:
        from sklearn.ensemble import RandomForestClassifier

        return RandomForestClassifier(count, min_samples_leaf=leaf, max_features=share, n_jobs=2, random_state=seed)

    return build
