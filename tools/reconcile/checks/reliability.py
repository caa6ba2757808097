"""可靠性: each outage against the power-off events that the meters of its area reported (§2.3, 8): at least 80 %."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.domain.fact import Fact
from knowledge.quality import CheckSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers
from tools.quality.areas import lines
from tools.reconcile import Check, Compared, Nothing, Odd

OUTAGES = """
SELECT o.event_id, o.org_code, o.tg_no, o.line_id, o.start_time, o.end_time FROM outage_event AS o
WHERE o.start_time >= CAST(:start AS DATE) AND o.start_time < CAST(:after AS DATE)
"""
OFF = """
SELECT v.cons_no, v.start_time FROM meter_event AS v
WHERE v.event_code = '停电' AND v.start_time >= CAST(:before AS DATE) AND v.start_time < CAST(:after AS DATE)
"""
HELD = "SELECT COUNT(*) AS n FROM meter_event AS v"
METERED = """
SELECT c.cons_no, c.tg_no, c.open_date, c.close_date FROM customer AS c
"""


def _wants(scope: Scope, spec: CheckSpec) -> Wants:
    return {
        "outages": scope.want("equipment", OUTAGES),
        "off": scope.want("meter", OFF, bulk=True),
        "held": scope.want("meter", HELD),
        "metered": scope.want("marketing", METERED, bulk=True),
        "lines": lines(scope),
    }


def _judge(scope: Scope, spec: CheckSpec, answers: Answers, known: tuple[Fact, ...]) -> Compared:
    outages = [row for row in answers.rows("outages") if _lasting(row, int(spec.tolerance["momentary_min"]))]
    if not outages:
        raise Nothing(f"{scope.period.label}没有持续停电事件")
    if not answers.rows("held") or not answers.rows("held")[0]["n"]:
        raise Nothing("没有电能表事件数据")
    served = _Served(answers)
    off: dict[str, list[datetime]] = defaultdict(list)
    for row in answers.rows("off"):
        off[row["cons_no"]].append(row["start_time"])
    around = timedelta(minutes=int(spec.tolerance["minutes"]))
    odd = []
    for outage in outages:
        group = served.by(outage)
        told = sum(any(abs(at - outage["start_time"]) <= around for at in off[who]) for who in group if who in off)
        if not group or Decimal(told) / len(group) * 100 >= spec.tolerance["report_pct"]:
            continue
        odd.append(Odd(str(outage["event_id"]), outage["org_code"], "few" if told else "none", Decimal(1)))
    asked = answers.wants
    within = Decimal(len(odd)) / len(outages) * 100 <= spec.tolerance["share_pct"]
    return Compared(
        Decimal(len(outages)), Decimal(len(outages) - len(odd)), len(outages), tuple(odd), within,
        (asked["outages"],), (asked["outages"], asked["off"]),
    )  # fmt: skip


class _Served:
    """Who was supplied through an area or a line at a moment."""

    def __init__(self, answers: Answers) -> None:
        import pandas as pd

        customers, areas = answers.frame("metered"), answers.frame("lines")
        self._all = customers.merge(areas[["tg_no", "line_id"]], on="tg_no", how="left")
        self._open = pd.to_datetime(self._all["open_date"])
        self._close = pd.to_datetime(self._all["close_date"])

    def by(self, outage: dict[str, Any]) -> list[str]:
        """Customers of the outage's area, or of its whole line, that were open when it began."""
        at = outage["start_time"]
        name = "tg_no" if outage["tg_no"] else "line_id"
        here = self._all[name] == outage[name]
        alive = (self._open.isna() | (self._open <= at)) & (self._close.isna() | (self._close > at))
        found: list[str] = self._all[here & alive]["cons_no"].tolist()
        return found


def _lasting(outage: dict[str, Any], momentary: int) -> bool:
    end = outage["end_time"]
    return end is None or end - outage["start_time"] > timedelta(minutes=momentary)


CHECK = Check("reliability", _wants, _judge)
