"""H3R 气温（区域）: the region's temperatures against last year's, which all neighbours share."""

from __future__ import annotations

from tools.analysis.causes import Cause, Effect
from tools.analysis.causes.case import Case
from tools.analysis.causes.evidence import measured
from tools.analysis.causes.response import felt, within
from tools.analysis.causes.unit_weather import expected

METHOD = "区域气温与上年同期之差 × 本单位日电量的气温响应（测算）"


def run(case: Case) -> Effect:
    queries = ("weather", "peer_weather", "daily")
    own = felt(case)
    if case.response is None or not len(own):
        reason = case.failed("weather", "daily") or "没有气温数据（五个系统不含气温，须人工导入）"
        return Effect(None, METHOD, unknown=reason, queries=case.sql("weather", "daily"))
    was = within(own, case.was)
    if not len(was):
        return Effect(None, METHOD, unknown="没有上年同期气温", queries=case.sql("weather"))
    usual = expected(case)
    effect = case.number(case.response.weather(usual) - case.response.weather(was))
    facts = (
        measured(
            case, "区域平均气温", float(usual.mean()), "℃", queries, "同级单位日均气温的均值", decimals=1, kind="load"
        ),
        measured(
            case,
            "上年同期平均气温",
            float(was.mean()),
            "℃",
            ("weather",),
            "日均气温的均值",
            decimals=1,
            kind="load",
            period=case.was,
        ),
    )
    now, before = facts
    said = f"区域平均气温{{{{{now.id}}}}}，上年同期{{{{{before.id}}}}}"
    moved = abs(float(effect)) >= abs(float(case.change)) * 0.02
    return Effect(
        effect,
        METHOD,
        (said,) if moved else (),
        () if moved else (said + "，影响很小",),
        facts,
        queries=case.sql(*queries),
    )


CAUSE = Cause("H3R", "区域气温变化", 45, "区域气温与上年同期比对", "气温（人工导入）、采集2.0", run)
