"""Q11 户变关系错误: on one line one area loses what its neighbour gains (domain.md §2.2).

Each area is compared with what the ordinary rate of its line (of all areas where it has none) would lose. A pair is
named when one area's excess loss is about the other's gain and both rates lie beyond the caliber's limits.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import Any

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.indicators.answers import decimal
from tools.quality import Answers, Defect, Detected, Detector, together
from tools.quality.areas import lines, losses


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    return {"losses": losses(scope), "lines": lines(scope)}


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    line_of = {row["tg_no"]: row["line_id"] for row in answers.rows("lines")}
    found = []
    for high, low, kwh in pairs(scope, answers.rows("losses"), line_of, float(spec.limits["match_share"])):
        name, moved = f"{high['tg_no']}/{low['tg_no']}", decimal(round(kwh))
        found.append(Defect(name, high["org_code"], scope.period.start, scope.period.end, 1, moved, "一高一负"))
    return together(found)


def pairs(
    scope: Scope, areas: list[dict[str, Any]], line_of: dict[str, str], share: float
) -> list[tuple[dict[str, Any], dict[str, Any], float]]:
    """(area that loses, area that gains, kWh); each area in at most one pair, the best matches of a line first."""
    known = [area for area in areas if area["cents_in"] and area["tg_no"] in line_of]
    everywhere = _usual(scope, known)
    by_line: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for area in known:
        by_line[line_of[area["tg_no"]]].append(area)
    return [pair for mine in by_line.values() for pair in _of_line(scope, mine, share, everywhere)]


def _usual(scope: Scope, areas: list[dict[str, Any]], otherwise: float = 0.0) -> float:
    """The median rate of the areas within the caliber's limits, in percent."""
    high_pct, low_pct = _limits(scope)
    plain = [rate for rate in map(_rate, areas) if low_pct < rate < high_pct]
    return median(plain) if plain else otherwise


def _limits(scope: Scope) -> tuple[float, float]:
    get = scope.catalog.thresholds.get
    return float(get("line_loss.high_pct")), float(get("line_loss.negative_pct"))


def _of_line(
    scope: Scope, areas: list[dict[str, Any]], share: float, everywhere: float
) -> list[tuple[dict[str, Any], dict[str, Any], float]]:
    high_pct, low_pct = _limits(scope)
    usual = _usual(scope, areas, everywhere)
    apart = [(area, area["cents_loss"] / 100 - usual / 100 * area["cents_in"] / 100) for area in areas]
    ups = [item for item in apart if _rate(item[0]) >= high_pct]
    downs = [item for item in apart if _rate(item[0]) <= low_pct]
    matches = sorted(
        ((abs(up + down) / max(up, -down), high, low, (up - down) / 2) for high, up in ups for low, down in downs),
        key=lambda match: match[0],
    )
    out: list[tuple[dict[str, Any], dict[str, Any], float]] = []
    used: set[str] = set()
    for gap, high, low, kwh in matches:
        if gap <= share and not {high["tg_no"], low["tg_no"]} & used:
            used |= {high["tg_no"], low["tg_no"]}
            out.append((high, low, kwh))
    return out


def _rate(area: dict[str, Any]) -> float:
    return float(area["cents_loss"]) / float(area["cents_in"]) * 100


DETECTOR = Detector("wrong_relation", _wants, _judge)
