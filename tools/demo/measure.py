"""Measures what the planted events and defects really did, while the months are built."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from tools.demo.answers import Item
from tools.demo.arrays import Array
from tools.demo.energy import MonthEnergy, Surroundings
from tools.demo.metering import Meters, MonthReadings
from tools.demo.organisation import COUNTIES
from tools.demo.plan import Plan
from tools.demo.story_events import Event
from tools.demo.window import MONTHS, Month


class Measure:
    """Recorded energy of every county and month, and what it would have been without each event."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.recorded = np.zeros((len(COUNTIES), len(MONTHS)), dtype=np.int64)
        self.lost: dict[tuple[str, int], float] = {}

    def month(self, energy: MonthEnergy, readings: MonthReadings) -> None:
        """Book one month; recompute it without the event where one is at work."""
        month, c = readings.month, self.plan.c
        by_customer = readings.total.sum(axis=1)
        for county in range(len(COUNTIES)):
            self.recorded[county, month.index] = by_customer[c.county == county].sum()
        for event in self.plan.events:
            if event.month.index == month.index or (event.lasting and month.index >= event.month.index - 1):
                self.lost[event.code, month.index] = self._lost(event, month, energy, readings)

    def _lost(self, event: Event, month: Month, energy: MonthEnergy, readings: MonthReadings) -> float:
        here = self.plan.c.county == event.county
        if event.code == "H1":
            return float(readings.unseen.sum(axis=(0, 2))[here].sum()) / 100.0 if readings.unseen.size else 0.0
        without = self.plan.source.month(month, self._without(event))
        return float(without.total[here].sum() - energy.total[here].sum())

    def _without(self, event: Event) -> Surroundings:
        around = self.plan.around
        if event.code == "H2":
            return dataclasses.replace(around, outages=around.outages.without_event())
        if event.code == "H3":
            return dataclasses.replace(around, shape=self.plan.plain_shape)
        if event.code == "H7":
            return dataclasses.replace(around, solar=around.solar.without_event())
        timeline = dataclasses.replace(around.timeline, factor=_restored(self.plan, event))
        return dataclasses.replace(around, timeline=timeline)

    def finish(self, meters: Meters) -> None:
        """Put the magnitudes into the answer key."""
        for event in self.plan.events:
            self.plan.answers.events.append(self._item(event))
        for item in self.plan.answers.defects:
            if item.type in ("theft", "lost_current", "stopped_meter"):
                who = int(np.flatnonzero(self.plan.c.cons_no == item.ids[0])[0])
                item.kwh = meters.lost.get(who, 0) / 100.0

    def _item(self, event: Event) -> Item:
        index = event.month.index
        months: dict[str, Any] = {}
        for month in MONTHS:
            lost = self.lost.get((event.code, month.index))
            if lost is None:
                continue
            actual = float(self.recorded[event.county, month.index]) / 100.0
            months[month.ym] = {
                "actual_kwh": round(actual, 2),
                "expected_kwh": round(actual + lost, 2),
                "change_pct": round(-lost / (actual + lost) * 100, 2),
                "yoy_pct": self._yoy(event.county, month.index),
            }
        now = months[event.month.ym]
        return Item(
            "county_drop",
            COUNTIES[event.county].code,
            event.ids,
            event.start,
            event.end,
            event.note,
            self.lost[event.code, index],
            {
                "cause": event.code,
                "ym": event.month.ym,
                "change_pct": now["change_pct"],
                "yoy_pct": now["yoy_pct"],
                "months": months,
            },
        )

    def _yoy(self, county: int, index: int) -> float | None:
        if index < 12:
            return None
        before = int(self.recorded[county, index - 12])
        return round((int(self.recorded[county, index]) / before - 1) * 100, 2)


def _restored(plan: Plan, event: Event) -> Array:
    """Load factors as if the stop event had not been: those of the day before it lasts."""
    factor = plan.timeline.factor.copy()
    for cons_no in event.ids:
        who = int(np.flatnonzero(plan.c.cons_no == cons_no)[0])
        factor[who, event.start :] = factor[who, event.start - 1]
    return factor
