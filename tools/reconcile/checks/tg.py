"""台区级: energy into each transformer area against energy out; one that gains energy cannot be right (§2.3, 2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.domain.fact import Fact
from knowledge.quality import CheckSpec, quality_rules
from tools.evidence import Scope, Wants
from tools.quality import Answers
from tools.quality.areas import lines, losses
from tools.quality.detectors.wrong_relation import pairs
from tools.reconcile import Check, Compared, Nothing, Odd, cents


def _wants(scope: Scope, spec: CheckSpec) -> Wants:
    return {"losses": losses(scope), "lines": lines(scope)}


def _judge(scope: Scope, spec: CheckSpec, answers: Answers, known: tuple[Fact, ...]) -> Compared:
    areas = answers.rows("losses")
    usable = [area for area in areas if area["cents_in"]]
    if not usable:
        raise Nothing(f"{scope.period.label}没有可计算线损的台区")
    get = scope.catalog.thresholds.get
    high, low = float(get("line_loss.high_pct")), float(get("line_loss.negative_pct"))
    least = float(get("line_loss.min_supply_kwh_day")) * 100
    share = float(quality_rules().detectors["wrong_relation"].limits["match_share"])
    line_of = {row["tg_no"]: row["line_id"] for row in answers.rows("lines")}
    paired = {area["tg_no"] for a, b, _ in pairs(scope, usable, line_of, share) for area in (a, b)}
    odd = []
    for area in areas:
        cause = _cause(area, high, low, least, paired)
        if cause:
            odd.append(Odd(str(area["tg_no"]), area["org_code"], cause, cents(area["cents_loss"])))
    odd.sort(key=lambda item: (item.gap, item.object))
    gains = sum(item.cause in {"relation", "solar", "master"} for item in odd)
    into, out = (sum(int(area[name]) for area in usable) for name in ("cents_in", "cents_out"))
    within = Decimal(gains) / len(usable) * 100 <= spec.tolerance["share_pct"]
    asked = (answers.wants["losses"],)
    return Compared(cents(into), cents(out), len(areas), tuple(odd), within, asked, asked)


def _cause(area: dict[str, Any], high: float, low: float, least: float, paired: set[str]) -> str:
    """'' for an area in order; negative loss is a matter of relation, solar feed-in or the master meter."""
    if not area["days"] or area["no_master"] or area["no_relation"]:
        if area["no_master"]:
            return "no_master"
        if area["no_relation"]:
            return "no_relation"
        return "missing"
    if area["cents_in"] < least * area["days"]:
        return ""
    rate = area["cents_loss"] / area["cents_in"] * 100
    if rate <= low:
        return "relation" if area["tg_no"] in paired else "solar" if area["cents_pv"] else "master"
    if rate >= high:
        return "relation" if area["tg_no"] in paired else "high"
    return ""


CHECK = Check("tg", _wants, _judge)
