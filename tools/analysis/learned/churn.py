"""客户流失 (churn): one row per customer with contract, price, margin and consumption."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tools.analysis.learned import Given, Member, Rows, Task
from tools.analysis.learned.estimators import boosting, trees
from tools.analysis.learned.tables import ANY_LABEL, LABELS, labels
from tools.analysis.learned.tabular import as_numbers, gap, ratio

RATIOS = (
    ("month_to_year", "cons_last_month", "cons_12m", 12.0),
    ("forecast_to_year", "forecast_cons_12m", "cons_12m", 1.0),
    ("next_year_to_year", "forecast_cons_year", "cons_12m", 1.0),
    ("paid_to_forecast", "imp_cons", "forecast_cons_12m", 12.0),
    ("margin_per_kwh", "net_margin", "forecast_cons_12m", 1.0),
    ("use_of_power", "cons_12m", "pow_max", 1 / 8760),
    ("rent_per_kw", "forecast_meter_rent_12m", "pow_max", 1.0),
    ("price_p1_ratio", "forecast_price_energy_p1", "mean2015_price_p1_var", 1.0),
    ("power_price_ratio", "forecast_price_pow_p1", "mean2015_price_p1_fix", 1.0),
)
GAPS = (
    ("price_p1_rise", "forecast_price_energy_p1", "mean2015_price_p1_var"),
    ("price_p2_rise", "forecast_price_energy_p2", "mean2015_price_p2_var"),
    ("power_price_rise", "forecast_price_pow_p1", "mean2015_price_p1_fix"),
    ("peak_gap", "mean2015_price_p1_var", "mean2015_price_p2_var"),
    ("valley_gap", "mean2015_price_p2_var", "mean2015_price_p3_var"),
    ("margin_gap", "margin_gross_pow_ele", "margin_net_pow_ele"),
    ("year_gap", "forecast_cons_year", "forecast_cons_12m"),
    ("changed_after", "date_modif_prod", "date_activ"),
    ("renewal_to_end", "date_end", "date_renewal"),
    ("renewal_after", "date_renewal", "date_activ"),
    ("changed_to_renewal", "date_modif_prod", "date_renewal"),
)
TRIED = (
    "LightGBM：单独 AUC 0.724，与梯度提升（0.724）相当，混入后 +0.001，未采用（另需系统库）",
    "只用随机森林或极端随机树：AUC 0.69–0.70；随机森林混入后 −0.001，未采用",
    "十折代替四折、保序回归、Platt 校准：前十分之一的概率偏低都不小于 beta 校准",
)


def _rows(given: Given) -> Rows:
    _, label = labels(given.train, "churn")
    drop = (*LABELS["churn"], *ANY_LABEL)
    own, ask = as_numbers(given.train, given.score, drop)
    for frame, table in ((own, given.train), (ask, given.score)):
        for name, top, bottom, scale in RATIOS:
            ratio(frame, name, top, bottom, scale)
        for name, left, right in GAPS:
            gap(frame, name, left, right)
        shared = [column for column in given.train.columns if column in given.score.columns]
        frame["empty_cells"] = table[shared].isna().sum(axis=1).to_numpy(float)
    group = np.arange(len(own))
    return Rows(pd.DataFrame(own), label, group, pd.DataFrame(ask), window="一户一行")


TASK = Task(
    "churn",
    "客户流失",
    _rows,
    (
        Member("梯度提升", boosting(14, 20, 0.2, 150, 0.05)),
        Member("梯度提升（深）", boosting(31, 12, 0.15, 160, 0.06)),
        Member("极端随机树", trees(2, 200, 0.4)),
    ),
    folds=4,
    tried=TRIED,
)
