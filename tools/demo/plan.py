"""Everything decided before the first day: who, where, what happens, what is planted."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tools.demo.answers import Answers
from tools.demo.arrays import Array
from tools.demo.customers import Customers, build_customers
from tools.demo.daytypes import day_kinds
from tools.demo.energy import EnergySource, Surroundings
from tools.demo.faults import Faults
from tools.demo.lifecycle import run_ordinary_business
from tools.demo.load import Load
from tools.demo.network import Network, build_network
from tools.demo.outages import ordinary_outages
from tools.demo.scale import Scale
from tools.demo.solar import plan_solar
from tools.demo.story_churn import Consultation, plant_churn
from tools.demo.story_defects import DefectPlanter, planted_size
from tools.demo.story_events import (
    EAST,
    LAKE,
    Event,
    Stage,
    plant_missing_event,
    plant_outage_event,
    plant_solar_event,
    plant_stop_event,
    plant_weather_event,
)
from tools.demo.story_service import ComplaintCluster, plant_complaints, plant_hidden_solar, plant_outages
from tools.demo.timeline import Timeline
from tools.demo.weather import sunshine, temperatures


@dataclass
class Plan:
    """The province before its first day."""

    scale: Scale
    seed: int
    planted: bool
    c: Customers
    network: Network
    timeline: Timeline
    faults: Faults
    around: Surroundings
    source: EnergySource
    t_avg: Array
    plain_shape: Array
    """Load shapes without the planted weather."""
    answers: Answers
    events: list[Event] = field(default_factory=list)
    consultations: list[Consultation] = field(default_factory=list)
    clusters: list[ComplaintCluster] = field(default_factory=list)

    @property
    def size(self) -> float:
        """Planted counts are relative to the small scale."""
        return planted_size(self.c.count)


def make_plan(scale: Scale, seed: int, plant: bool) -> Plan:
    """Draw the province and its stories."""
    network = build_network(scale, seed)
    c = build_customers(scale, network, seed)
    timeline, faults, answers = Timeline.start(c), Faults(), Answers()
    t_avg = temperatures(seed)
    load = Load(c, day_kinds(), t_avg, seed)
    outages = ordinary_outages(network, seed)
    consultations = plant_churn(c, timeline, faults, answers, seed) if plant else []
    followed = _curve_customers(c, timeline, scale.curves)
    if plant:
        DefectPlanter(c, network, timeline, faults, answers, seed).plant()
        timeline.taken.update(np.flatnonzero(c.anchor).tolist())
    run_ordinary_business(c, timeline, seed)
    reserved = set(np.flatnonzero((c.kind == 0) & (c.county == EAST)).tolist()) if plant else set()
    solar = plan_solar(c, timeline, seed, reserved | set(np.flatnonzero(c.anchor).tolist()))
    around = Surroundings(load, timeline, outages, solar, sunshine(seed))
    source = EnergySource(c, network, followed, seed)
    plan = Plan(scale, seed, plant, c, network, timeline, faults, around, source, t_avg, load.shape, answers)
    plan.consultations = consultations
    if plant:
        around.solar = plant_hidden_solar(c, timeline, solar, answers, seed, plan.size)
        plant_outages(network, outages, answers, seed, plan.size)
        plan.clusters = plant_complaints(answers, seed, plan.size)
        _plant_events(plan)
    return plan


def _plant_events(plan: Plan) -> None:
    stage = Stage(plan.c, plan.network, plan.source, plan.around, plan.faults, plan.seed)
    cool, plan.t_avg = plant_weather_event(stage, plan.t_avg)
    storm = plant_outage_event(stage)
    roofs = plant_solar_event(stage)
    stop = plant_stop_event(stage)
    missing = plant_missing_event(stage)
    plan.events = sorted([cool, storm, roofs, stop, missing], key=lambda e: e.month.index)


def _curve_customers(c: Customers, timeline: Timeline, wanted: int) -> Array:
    """Customers with curves: the largest factories (those of the main story first), others with a story, the rest."""
    big = np.arange(c.big)
    story = np.isin(big, list(timeline.taken))
    anchor = c.anchor[: c.big]
    order = np.lexsort((big, ~story, ~anchor, ~(anchor & (c.county[: c.big] == LAKE))))
    return np.sort(big[order[:wanted]])
