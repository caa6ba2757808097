"""企业用电收缩 (shrink): the next quarter's mean falls below half of the last 90 days'."""

from __future__ import annotations

from typing import Any

from tools.analysis.learned import Given, Member, Rows, Task
from tools.analysis.learned.outlook import outlook_rows

BELOW = 0.5
TRIED = (
    "只用 16 个特征的随机森林：按客户交叉验证 AUC 低约 0.025",
    "对数比值回归（极端随机树）：AUC 低约 0.03，混入后不升",
    "神经网络、逻辑回归、相对同业中位数的特征：单独更低，混入后的变化在随机种子的波动之内",
)


def trees(leaf: int, count: int, share: float) -> Any:
    def build(seed: int) -> Any:
        from sklearn.ensemble import ExtraTreesClassifier

        return ExtraTreesClassifier(count, min_samples_leaf=leaf, max_features=share, n_jobs=2, random_state=seed)

    return build


OUTLOOK_MEMBERS = (
    Member("极端随机树", trees(3, 300, 0.4)),
    Member("极端随机树（补充样本）", trees(8, 200, 0.4), wide=True),
)


def _rows(given: Given) -> Rows:
    return outlook_rows(given, "shrink", BELOW)


TASK = Task("shrink", "企业用电收缩", _rows, OUTLOOK_MEMBERS, tried=TRIED)
