"""How the five sources are: for the doctor and for the note on data in every report."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from core.errors import GmaError
from tools.sources import Source, all_sources

if TYPE_CHECKING:
    from tools.fetch import Gate
    from tools.sources.connect import Connections


@dataclass(frozen=True)
class SourceState:
    """One source now. `newest` is None where it is unknown or the actor may not read data; `message` is Chinese."""

    name: str
    label: str
    connected: bool
    reachable: bool
    newest: date | None
    seconds: float
    message: str
    demo: bool


def probe(gate: Gate) -> list[SourceState]:
    """Ask every source at once; never raises for a source that is down. Works for administrators, without data."""
    sources = list(all_sources().values())
    with ThreadPoolExecutor(max_workers=len(sources), thread_name_prefix="gma-probe") as pool:
        seen = list(pool.map(lambda source: _ping(gate.connections, source), sources))
    states: list[SourceState] = []
    for source, (reachable, seconds, message) in zip(sources, seen, strict=True):
        newest = gate.cutoff(source.name, source.freshness) if reachable and gate.actor.reads_data else None
        connected = gate.connections.connected(source.name)
        demo = gate.settings.is_demo(source.name) and gate.connections.site.get(source.name) is None
        states.append(SourceState(source.name, source.label, connected, reachable, newest, seconds, message, demo))
    return states


def _ping(connections: Connections, source: Source) -> tuple[bool, float, str]:
    """Ask for no row at all of the freshness dataset: proves address, permission, table and columns."""
    from tools.sources.backend import Job
    from tools.sources.rewrite import UNIT
    from tools.sources.statement import statement

    started = time.monotonic()
    if not connections.connected(source.name):
        return False, 0.0, f"{source.label}未接入"
    dataset = source.dataset(source.freshness)
    names = ", ".join(column.name for column in dataset.columns if not column.sensitive) if dataset else "1"
    asked = statement(source.name, f"SELECT {names} FROM {source.freshness}")
    try:
        plan = connections.backend(source.name).plan(asked, 1)
        if plan.absent:
            return True, 0.0, f"{source.label}没有提供数据表 {source.freshness}"
        # No unit code begins with this text, so the scope lets no row through.
        connections.run(source.name, plan, Job(asked, {UNIT: "-"}, {}, 1, "-"))
    except GmaError as error:
        return False, time.monotonic() - started, str(error)
    return True, time.monotonic() - started, "正常"
