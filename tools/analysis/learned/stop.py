"""企业停用 (stop): the next quarter's mean falls below a fifth of the last 90 days'."""

from __future__ import annotations

from tools.analysis.learned import Given, Rows, Task
from tools.analysis.learned.outlook import outlook_rows
from tools.analysis.learned.shrink import OUTLOOK_MEMBERS

BELOW = 0.2
TRIED = (
    "梯度提升、神经网络、逻辑回归：按客户交叉验证 AUC 低 0.01–0.04，混入后不升",
    "对数比值回归：AUC 低约 0.05",
)


def _rows(given: Given) -> Rows:
    return outlook_rows(given, "stop", BELOW)


TASK = Task("stop", "企业停用", _rows, OUTLOOK_MEMBERS, tried=TRIED)
