"""企业用电收缩 (shrink): the next quarter's mean falls below half of the last 90 days'."""

from __future__ import annotations

from tools.analysis.learned import Given, Member, Rows, Task
from tools.analysis.learned.estimators import boosting, graded_trees
from tools.analysis.learned.outlook import outlook_rows

BELOW = 0.5
TRIED = (
    "只用 16 个特征的随机森林：按客户交叉验证 AUC 低约 0.03",
    "只学「是/否」而不学跌到几成的极端随机树：AUC 低约 0.009",
    "补充样本上的梯度提升：AUC 低约 0.01，混入后不升；补充样本加密到每 5 天一行：不升",
    "按客户拟合的冷暖季模型、按春节对齐的去年同期、客户自己过去的同类结果、周内形状的变化、相对同业的升降：各自变化都在随机种子的波动之内",
    "最近 13 周与此前各月逐一作为特征：单独的极端随机树 +0.002，混合后在随机种子的波动之内",
    "补充样本上按跌幅的梯度提升代替梯度提升：三个划分平均 +0.003，全在其中一个，PR-AUC −0.004",
    "逻辑回归 0.838、支持向量机 0.824、神经网络：单独更低，混入后不升",
)


OUTLOOK_MEMBERS = (
    Member("梯度提升", boosting(8, 30, 0.3, 150, 0.04)),
    Member("极端随机树（按跌幅）", graded_trees(5, 200, 0.4), graded=True),
    Member("极端随机树（按跌幅，补充样本）", graded_trees(8, 100, 0.4), wide=True, graded=True),
)


def _rows(given: Given) -> Rows:
    return outlook_rows(given, "shrink", BELOW)


TASK = Task("shrink", "企业用电收缩", _rows, OUTLOOK_MEMBERS, tried=TRIED)
