"""Probability of leaving within three months: from the registered version in service, or learnt for the occasion.

A version speaks of days from the end of its data on. For an earlier day, and where no version is in service, the same
recipe is fitted on what was known on the day itself. Without a version there must be enough leavers, and a backtest by
time that ranks no worse than the rule score; otherwise the rule score stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.analysis_version import AnalysisVersion, VersionContent
from tools.analysis.churn.book import Book
from tools.analysis.churn.signals import signals
from tools.analysis.life.drift import Recent, recent

if TYPE_CHECKING:
    import pandas as pd

    from tools.analysis.life import Study

RULE_MARGIN = 0.02
"""How much worse than the rule score a probability may rank in the backtest and still be shown (AUC)."""


@dataclass(frozen=True)
class Learned:
    """`content` made the `probability`; `version` is the registered one, None when it was learnt for the occasion.
    `refitted` says that the version's recipe was fitted on what was known then. `recent` may be missing."""

    probability: pd.Series
    content: VersionContent
    version: AnalysisVersion | None
    refitted: bool
    recent: Recent | None

    @property
    def said(self) -> str:
        """Where the probability comes from, in Chinese."""
        if self.version is None:
            return f"未登记版本，按截至{self.content.known_until:%Y-%m-%d}的数据临时学得"
        then = f"，按其做法用截至{self.content.known_until:%Y-%m-%d}的数据重新拟合" if self.refitted else ""
        return f"{self.version.said()}{then}"


def learn(book: Book, version: AnalysisVersion | None = None, org: str = "") -> Learned | str:
    """The probabilities of the book's customers, or why there are none (a Chinese sentence)."""
    import pandas as pd

    from tools.analysis.life.churn_risk import LIFE, past
    from tools.analysis.life.trial import train

    study = past(book)
    if version is not None and version.content.known_until <= book.as_of:
        content, refitted = version.content, False
    elif isinstance(study, str):
        return study
    else:
        name = version.content.algorithm if version else None
        made = train(LIFE, study, org, name)
        if isinstance(made, str):
            return f"{made}，暂不给出流失概率"
        content, refitted = made, version is not None
    if version is None and not isinstance(study, str):
        doubt = _doubt(book, study, content)
        if doubt:
            return doubt
    now = signals(book).points
    chance = LIFE.algorithm(content.algorithm).apply(content.body, now)
    lately = None if isinstance(study, str) else recent(LIFE, study, version.content if version else content)
    return Learned(pd.Series(chance, index=now.index), content, version, refitted, lately)


def _doubt(book: Book, study: Study, content: VersionContent) -> str:
    """Why a probability that nobody has put into service is not shown; "" when it may be."""
    from tools.analysis.life.churn_risk import FEWEST, LIFE
    from tools.analysis.life.trial import as_then

    if study.cases.outcome.sum() < FEWEST:
        return f"历史流失样本不足{FEWEST}例，暂不给出流失概率"
    backtest = content.card["backtest"]
    told = as_then(LIFE, study.cases, content, content.card["months"])
    if told is None or "auc" not in backtest:
        return "历史流失样本集中在少数月份，无法按时间检验，暂不给出流失概率"
    rule = _rule_auc(book, told.cases.day, told.cases.group, told.cases.outcome)
    return "" if backtest["auc"] >= rule - RULE_MARGIN else "流失概率在检验月份不如规则评分，未采用"


def _rule_auc(book: Book, day: object, group: object, outcome: object) -> float:
    """AUC of the rule score on the same cases."""
    import numpy as np
    from sklearn.metrics import roc_auc_score

    days, who = np.asarray(day), np.asarray(group)
    score = np.zeros(len(days))
    for when in np.unique(days):
        at = np.flatnonzero(days == when)
        score[at] = signals(book.until(when.astype(object))).score().reindex(who[at]).to_numpy()
    return float(roc_auc_score(np.asarray(outcome), score))
