"""近半年表现: the figures that go with a version, as rows for facts."""

from __future__ import annotations

from tools.analysis.life.drift import Recent

Row = tuple[str, str, float, str, int, str]
"""(place, name, value, unit, decimals, method)"""
SHOWN = (
    ("auc", "近半年流失排序AUC", 100.0, "%", 2),
    ("found", "近半年前一成客户覆盖的流失占比", 100.0, "%", 2),
    ("told", "近半年平均预测流失概率", 100.0, "%", 2),
    ("seen", "近半年实际流失频率", 100.0, "%", 2),
    ("gap", "近半年概率与频率之差", 100.0, "百分点", 2),
    ("positives", "近半年检验用流失样本", 1.0, "例", 0),
    ("coverage", "近半年预测区间覆盖率", 100.0, "%", 2),
    ("error", "近半年预测平均误差", 1.0, "百分点", 2),
    ("width", "近半年预测区间平均宽度", 1.0, "百分点", 2),
    ("cases", "近半年检验案例", 1.0, "例", 0),
)


def performance(recent: Recent | None, said: str) -> list[Row]:
    """Rows of the measures there are; [] when no month of the last six can be judged yet."""
    if recent is None:
        return []
    past = recent.cases - recent.live
    how = (
        "登记之后的实绩"
        if not past
        else "按时间回测（每个月末只用当时已知的数据）"
        if not recent.live
        else "实绩与按时间回测合计"
    )
    method = f"{how}，{recent.first:%Y-%m-%d}至{recent.last:%Y-%m-%d}各案例；{said}"
    rows: list[Row] = [("recent_months", "近半年结果已知的月数", float(recent.months), "个月", 0, method)]
    return rows + [
        (f"recent_{key}", name, recent.measures[key] * scale, unit, decimals, method)
        for key, name, scale, unit, decimals in SHOWN
        if key in recent.measures
    ]
