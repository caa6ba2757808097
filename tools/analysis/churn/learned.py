"""Probability of leaving within three months, learnt from the unit's own past: logistic regression on the signals.

Every month before the book's day whose outcome is already known gives one snapshot, seen as it was then. Validation is
by time: the last third of the snapshots is predicted by a model of the earlier ones. Fewer than `FEWEST` leavers, or a
model that ranks worse than the rule score in validation, and there is no probability: the rule score stands alone.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from core.domain.period import month_end, shift_months
from knowledge.churn import churn_rules
from tools.analysis.churn.book import Book
from tools.analysis.churn.signals import outcome, signals

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

HORIZON = 90
FEWEST = 12
MOST_SNAPSHOTS = 14
FEWEST_HISTORY_DAYS = 200
PENALTY = 0.3


@dataclass(frozen=True)
class Card:
    """What the probability rests on: snapshots and leavers, and how well it ranked on later months than it learnt from.

    `auc` and `rule_auc` are areas under the ROC curve of the model and of the rule score on the same later months;
    `top_decile` the share of their leavers among the tenth ranked highest by the model.
    """

    version: str
    first: date
    last: date
    snapshots: int
    rows: int
    leavers: int
    features: tuple[str, ...]
    auc: float
    rule_auc: float
    top_decile: float
    hash: str


@dataclass(frozen=True)
class Learned:
    probability: pd.Series
    card: Card


def learn(book: Book) -> Learned | str:
    """The probabilities of the book's customers, or why there are none (a Chinese sentence)."""
    import numpy as np
    import pandas as pd
    from sklearn.metrics import roc_auc_score

    months = _snapshots(book)
    if len(months) < 4:
        return "历史不足，暂不给出流失概率"
    parts = []
    for day in months:
        seen = signals(book.until(day))
        here = seen.points[~seen.lost]
        table = here.fillna(0.0)
        table["_y"] = outcome(book, day, HORIZON).reindex(here.index).astype(int)
        table["_rule"] = seen.score().reindex(here.index)
        table["_day"] = pd.Timestamp(day)
        parts.append(table)
    rows = pd.concat(parts)
    names = [column for column in rows.columns if not column.startswith("_")]
    if rows._y.sum() < FEWEST:
        return f"历史流失样本不足{FEWEST}例，暂不给出流失概率"
    cut = months[len(months) * 2 // 3]
    # a snapshot whose outcome window reaches into the later months is in neither part
    early = rows[rows._day + pd.Timedelta(days=HORIZON) < pd.Timestamp(cut) + pd.Timedelta(days=1)]
    late = rows[rows._day >= pd.Timestamp(cut)]
    if early._y.nunique() < 2 or late._y.nunique() < 2:
        return "历史流失样本集中在少数月份，无法按时间检验，暂不给出流失概率"
    guess = _fit(early[names], early._y).predict_proba(late[names].to_numpy())[:, 1]
    auc, rule = float(roc_auc_score(late._y, guess)), float(roc_auc_score(late._y, late._rule))
    if auc < rule - 0.02:
        return "流失概率模型在检验月份不如规则评分，未采用"
    order = np.argsort(-guess)[: max(1, round(len(guess) * 0.1))]
    found = float(late._y.to_numpy()[order].sum() / late._y.sum())
    model = _fit(rows[names], rows._y)
    now = signals(book)
    probability = pd.Series(model.predict_proba(now.points[names].fillna(0.0).to_numpy())[:, 1], index=now.points.index)
    kept = [round(float(value), 6) for value in (*model.coef_[0], model.intercept_[0])]
    made = hashlib.sha256(json.dumps([names, kept]).encode()).hexdigest()
    card = Card(
        churn_rules().version, months[0], months[-1], len(months), len(rows), int(rows._y.sum()), tuple(names),
        round(auc, 4), round(rule, 4), round(found, 4), made,
    )  # fmt: skip
    return Learned(probability, card)


def _snapshots(book: Book) -> list[date]:
    """Month ends whose outcome is known on the book's day and that have a level to compare with."""
    import pandas as pd

    first: date = pd.Timestamp(book.energy.columns.min()).date()
    start = first + timedelta(days=FEWEST_HISTORY_DAYS)
    last = month_end(book.as_of - timedelta(days=HORIZON))
    if last + timedelta(days=HORIZON) > book.as_of:
        last = month_end(shift_months(last.replace(day=1), -1))
    days = [month_end(shift_months(last.replace(day=1), -back)) for back in range(MOST_SNAPSHOTS)]
    return sorted(day for day in days if day >= start)


def _fit(table: pd.DataFrame, outcomes: pd.Series):  # type: ignore[no-untyped-def]
    from sklearn.linear_model import LogisticRegression

    x: np.ndarray = table.to_numpy()
    return LogisticRegression(C=PENALTY, max_iter=500).fit(x, outcomes.to_numpy())


def card_text(card: Card) -> str:
    return json.dumps(asdict(card), ensure_ascii=False, default=str, sort_keys=True)
