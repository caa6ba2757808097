"""H3 气温（本单位）: how the unit's own temperature departed from what its neighbours had.

The unit's usual distance to the other units' temperature is taken from the days before the period; without neighbours
in sight the whole difference to last year counts here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.analysis.causes import Cause, Effect
from tools.analysis.causes.case import Case
from tools.analysis.causes.evidence import measured
from tools.analysis.causes.response import felt, within

METHOD = "本单位气温相对同级单位的偏离 × 日电量的气温响应（制冷26℃、采暖15℃度日回归，测算）"
if TYPE_CHECKING:
    import pandas as pd

LEAST = 0.5
"""A departure below this many degrees is no sign of own weather."""


def run(case: Case) -> Effect:
    queries = ("weather", "peer_weather", "daily")
    own = felt(case)
    if case.response is None or not len(own):
        reason = case.failed("weather", "daily") or "没有气温数据（五个系统不含气温，须人工导入）"
        return Effect(None, METHOD, unknown=reason, queries=case.sql("weather", "daily"))
    now = within(own, case.period)
    usual = expected(case)
    effect = case.number(case.response.weather(now) - case.response.weather(usual))
    gap = float(now.mean() - usual.mean())
    fact = measured(
        case, "平均气温偏离", gap, "℃", queries, "本单位与同级单位气温之差减去平时之差", decimals=1, kind="load"
    )
    fit = measured(
        case,
        "气温响应拟合优度",
        case.response.explained * 100,
        "%",
        ("daily", "weather"),
        "日电量回归的R²",
        kind="rate",
    )
    far = abs(gap) >= LEAST
    said = f"平均气温偏离{{{{{fact.id}}}}}（拟合优度{{{{{fit.id}}}}}）"
    return Effect(
        effect,
        METHOD,
        (said,) if far else (),
        () if far else (said + "，与同级单位一致",),
        (fact, fit),
        queries=case.sql(*queries),
    )


def expected(case: Case) -> pd.Series:
    """The temperatures that the unit would have had with its neighbours; last year's where it has none."""
    own, peers = felt(case), felt(case, "peer_weather")
    if not len(peers):
        before = within(own, case.was)
        return before
    past = own.index < case.period.start
    distance = float((own[past] - peers.reindex(own.index)[past]).mean())
    return within(peers, case.period) + distance


CAUSE = Cause("H3", "本单位气温异常", 40, "与同级单位气温比对，按度日响应测算", "气温（人工导入）、采集2.0", run)
