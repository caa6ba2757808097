"""H8 窃电与计量: a rise of the areas' loss rate turns sold energy into losses."""

from __future__ import annotations

from tools.analysis.causes import Cause, Effect
from tools.analysis.causes.case import Case
from tools.analysis.causes.evidence import measured

METHOD = "可算台区损失率的同比变化 × 本期供入电量"


def run(case: Case) -> Effect:
    reason = case.failed("loss")
    table = case.table("loss")
    if reason or not len(table) or not float(table.supply_now.iloc[0] or 0) or not float(table.supply_was.iloc[0] or 0):
        return Effect(None, METHOD, unknown=reason or "没有可算台区的线损数据", queries=case.sql("loss"))
    row = table.iloc[0]
    now = float(row.loss_now) / float(row.supply_now)
    was = float(row.loss_was) / float(row.supply_was)
    effect = case.number((was - now) * float(row.supply_now))
    facts = (
        measured(case, "台区线损率", now * 100, "%", ("loss",), "可算台区日的损失 ÷ 供入", kind="rate"),
        measured(
            case,
            "上年同期台区线损率",
            was * 100,
            "%",
            ("loss",),
            "可算台区日的损失 ÷ 供入",
            kind="rate",
            period=case.was,
        ),
    )
    said = f"台区线损率{{{{{facts[0].id}}}}}，上年同期{{{{{facts[1].id}}}}}"
    up = effect < 0 and abs(float(effect)) >= abs(float(case.change)) * 0.02
    return Effect(
        effect,
        METHOD,
        (said + "，损失升高",) if up else (),
        () if up else (said + "，没有明显升高",),
        facts,
        queries=case.sql("loss"),
    )


CAUSE = Cause(
    "H8", "窃电与计量故障", 70, "台区线损与用户电量比对", "采集2.0", run, "对损失升高的台区开展用电检查和计量核查。"
)
