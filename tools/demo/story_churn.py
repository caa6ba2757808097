"""Planted: big customers that leave or shrink, with precursors; and look-alikes that stay."""

from __future__ import annotations

import numpy as np

from tools.demo.answers import Answers, Item
from tools.demo.arrays import stream
from tools.demo.customers import Customers
from tools.demo.faults import Faults
from tools.demo.organisation import STATIONS
from tools.demo.shapes import INDEX
from tools.demo.timeline import Timeline
from tools.demo.window import DAY_SECONDS, DAYS, MONTHS, iso

CHURN_SHARE = 0.12
AFTER_WINDOW = 75
"""Some leave up to this many days after the window: the ones a forecast must find."""
_TURNS = ("after", "recent", "past", "past", "after", "recent", "past", "after", "recent", "past")
Consultation = tuple[int, int, str]
"""Customer, day, wording group of a ticket that hints at leaving."""


def plant_churn(c: Customers, timeline: Timeline, faults: Faults, answers: Answers, seed: int) -> list[Consultation]:
    """Choose leavers and look-alikes; returns the tickets they will open."""
    rng = stream(seed, "churn")
    large = np.quantile(c.base[: c.big], 0.8)
    free = [i for i in range(c.big) if i not in timeline.taken and not c.anchor[i] and c.base[i] < large]
    free = [free[k] for k in rng.permutation(len(free))]
    count = max(2, round(c.big * CHURN_SHARE))
    consultations: list[Consultation] = []
    for number, who in enumerate(free[:count]):
        timeline.taken.add(who)
        turn = _TURNS[number % len(_TURNS)]
        if turn == "after":
            leave = DAYS + int(rng.integers(5, AFTER_WINDOW))
        elif turn == "recent":
            leave = DAYS - int(rng.integers(5, 110))
        else:
            leave = int(rng.integers(250, DAYS - 110))
        kind = str(rng.choice(["close", "shrink", "suspend"], p=[0.5, 0.3, 0.2]))
        _leave(c, timeline, faults, answers, consultations, who, leave, kind, rng)
    for who in free[count : count + max(2, count * 3 // 4)]:
        timeline.taken.add(who)
        _look_alike(c, timeline, faults, answers, who, rng)
    return consultations


def _leave(
    c: Customers,
    timeline: Timeline,
    faults: Faults,
    answers: Answers,
    consultations: list[Consultation],
    who: int,
    leave: int,
    kind: str,
    rng: np.random.Generator,
) -> None:
    lead = int(rng.integers(80, 190))
    begin = max(30, leave - lead)
    low = float(rng.uniform(0.25, 0.5))
    signals = ["电量下降"]
    days = np.arange(begin, min(leave, DAYS))
    timeline.factor[who, days] *= np.interp(days, (begin, leave), (1.0, low))
    shifts = (INDEX["工业三班"], INDEX["工业两班"])
    if int(c.group[who]) in shifts and rng.random() < 0.8:
        turn = begin + int((leave - begin) * 0.4)
        timeline.pattern[who, min(turn, DAYS) :] = INDEX["工业单班"]
        signals.append("夜班消失")
    if rng.random() < 0.75:
        first = next((m.index for m in MONTHS if m.end > max(0, leave - 130)), len(MONTHS))
        last = next((m.index for m in MONTHS if m.end > leave - 5), len(MONTHS)) - 1
        if first <= last:
            faults.late_payers[who] = (first, last)
            signals.append("缴费推迟")
    cut = leave - int(rng.integers(35, 75))
    if rng.random() < 0.7 and begin < cut < DAYS - 2:
        kva = int(timeline.cap_end[who]) * int(rng.integers(50, 66)) // 100
        timeline.change_capacity(c, who, "减容", kva, cut, rng, int(rng.integers(5, 14)))
        signals.append("减容")
    asked = leave - int(rng.integers(20, 60))
    if rng.random() < 0.55 and 0 < asked < DAYS - 1:
        consultations.append((who, asked, "leave"))
        signals.append("用电变更咨询")
    if leave < DAYS - 1:
        if kind == "close":
            timeline.close(c, who, leave, rng, int(rng.integers(6, 16)))
        elif kind == "suspend":
            timeline.change_capacity(c, who, "暂停", 0, leave, rng, int(rng.integers(4, 9)))
            timeline.factor[who, leave:] = 0.0
        else:
            kva = max(50, int(c.cap[who]) // 4)
            timeline.change_capacity(c, who, "减容", kva, leave, rng, int(rng.integers(5, 12)))
            timeline.factor[who, leave:] = float(rng.uniform(0.10, 0.17))
    elif leave < DAYS + 25 and kind == "close":
        timeline.pending(c, who, "销户", 0, (DAYS - int(rng.integers(2, 8))) * DAY_SECONDS + 36_000, 20)
        signals.append("在途销户工单")
    kwh = float(c.base[who] * 365)
    answers.churn.append(
        Item(
            kind,
            STATIONS[c.station[who]].code,
            [c.cons_no[who]],
            begin,
            None,
            "大客户流失：" + "、".join(signals),
            kwh,
            {"leave_date": iso(leave), "label": 1, "signals": signals, "precursor_start": iso(begin)},
        )
    )


def _look_alike(
    c: Customers, timeline: Timeline, faults: Faults, answers: Answers, who: int, rng: np.random.Generator
) -> None:
    """One precursor, no departure."""
    what = int(rng.integers(3))
    day = int(rng.integers(200, DAYS - 60))
    if what == 0:
        first = next(m.index for m in MONTHS if m.end > day)
        faults.late_payers[who] = (first, min(first + 1, len(MONTHS) - 1))
        signal = "缴费推迟"
    elif what == 1:
        length = int(rng.integers(25, 55))
        timeline.factor[who, day : day + length] *= float(rng.uniform(0.45, 0.65))
        signal = "短期电量下降后恢复"
    else:
        kva = int(timeline.cap_end[who]) * 3 // 4
        timeline.change_capacity(c, who, "减容", kva, day, rng, int(rng.integers(5, 14)))
        signal = "减容后电量平稳"
    answers.churn.append(
        Item(
            "decoy",
            STATIONS[c.station[who]].code,
            [c.cons_no[who]],
            day,
            None,
            f"未流失的相似客户：{signal}",
            None,
            {"leave_date": None, "label": 0, "signals": [signal]},
        )
    )
