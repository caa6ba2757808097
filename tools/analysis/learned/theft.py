"""窃电嫌疑 (theft): one row per customer with summary figures of its readings, or its daily readings themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tools.analysis.learned import Given, Member, Rows, Task
from tools.analysis.learned.churn import boosting
from tools.analysis.learned.readings import DAY
from tools.analysis.learned.shrink import trees
from tools.analysis.learned.tables import ANY_LABEL, LABELS, labels
from tools.analysis.learned.tabular import as_numbers

SMALL = 0.01
TRIED = (
    "读数小数位的特征：AUC 不变",
    "随机森林加入混合：AUC 低 0.004",
    "只用原来的七列：AUC 低约 0.015",
)


def _rows(given: Given) -> Rows:
    _, label = labels(given.train, "theft")
    own, ask = as_numbers(given.train, given.score, (*LABELS["theft"], *ANY_LABEL))
    for frame in (own, ask):
        _summaries(frame)
        _shape(frame)
    return Rows(own, label, np.arange(len(own)), ask[own.columns], window="一户一行")


def _summaries(frame: pd.DataFrame) -> None:
    """The seven summary columns from daily columns, when the table holds readings instead."""
    days = [column for column in frame.columns if DAY.match(str(column)) and not str(column).endswith("_month")]
    if len(days) < 5 or "mean_usage" in frame:
        return
    kwh = frame[days].to_numpy(float)
    seen = np.isfinite(kwh)
    count = np.maximum(seen.sum(axis=1), 1)
    filled = np.where(seen, kwh, 0.0)
    frame["mean_usage"] = filled.sum(axis=1) / count
    frame["max_usage"] = np.where(seen, kwh, -np.inf).max(axis=1)
    frame["min_usage"] = np.where(seen, kwh, np.inf).min(axis=1)
    frame["std_usage"] = np.sqrt((np.where(seen, kwh - frame["mean_usage"].to_numpy()[:, None], 0.0) ** 2).mean(axis=1))
    frame["median_usage"] = pd.DataFrame(kwh).median(axis=1).to_numpy()
    frame["zero_days"] = (filled <= 0).mean(axis=1)
    frame["missing_days"] = 1 - seen.mean(axis=1)
    half = len(days) // 2
    frame["halves"] = filled[:, half:].sum(axis=1) / (filled[:, :half].sum(axis=1) + SMALL)
    frame.replace([np.inf, -np.inf], np.nan, inplace=True)


def _shape(frame: pd.DataFrame) -> None:
    if not {"mean_usage", "max_usage", "min_usage", "std_usage", "median_usage"} <= set(frame.columns):
        return
    mean, top, low = frame["mean_usage"], frame["max_usage"], frame["min_usage"]
    spread, middle = frame["std_usage"], frame["median_usage"]
    for name in ("mean_usage", "max_usage", "min_usage", "std_usage", "median_usage"):
        frame[f"log_{name}"] = np.log1p(frame[name].clip(lower=0))
    frame["variation"] = spread / (mean + SMALL)
    frame["skew"] = (mean - middle) / (spread + SMALL)
    frame["median_to_mean"] = middle / (mean + SMALL)
    frame["min_to_mean"] = low / (mean + SMALL)
    frame["max_to_median"] = top / (middle + SMALL)
    frame["height_of_peak"] = (top - mean) / (spread + SMALL)
    frame["depth_of_low"] = (mean - low) / (spread + SMALL)
    frame["range"] = top - low
    frame["median_in_range"] = (middle - low) / (top - low + SMALL)


TASK = Task(
    "theft",
    "窃电嫌疑",
    _rows,
    (
        Member("梯度提升", boosting(15, 30, 0.3, 180, 0.07)),
        Member("极端随机树", trees(5, 200, 0.4)),
    ),
    folds=4,
    tried=TRIED,
)
