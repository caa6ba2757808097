"""One turn at work: the actor, the services it may use, and the voice that tells the door what happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from langgraph.errors import GraphBubbleUp

from agent.events import Event, LlmUse, Step, ToolUse, Understood
from agent.limits import Limits, LlmCall
from agent.trail import note_llm_call, note_queries
from core.domain.actor import Actor
from core.domain.analysis_version import AnalysisVersion
from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.measure_outcome import MeasureOutcome
from core.domain.org import Org, OrgTree
from core.domain.supplement import Supplement
from core.settings import Settings
from core.store import Store
from knowledge.catalog import Catalog, catalog

if TYPE_CHECKING:
    from agent.llm import Llm
    from knowledge.search.calibers import Door
    from knowledge.template_grammar import Template
    from tools.analysis import Bench
    from tools.fetch import Gate, QueryTrace
    from tools.indicators.engine import Engine


@dataclass
class Services:
    """Built once per process by the runner; every turn borrows them."""

    settings: Settings
    store: Store
    llm: Llm
    connections: Any
    index: Door
    fault: Callable[[str], None] = lambda point: (
        None
    )  # fault-injection point of the kill tests; does nothing in service


@dataclass
class Turn:
    """Handed to every node as the graph's runtime context; never checkpointed."""

    services: Services
    actor: Actor
    run: str
    thread: str
    text: str
    emit: Callable[[Event], None]
    limits: Limits
    started: float = field(default_factory=time.monotonic)
    tools: list[ToolUse] = field(default_factory=list)
    llm_use: LlmUse = field(default_factory=LlmUse)
    _last_fact: int = 0

    def __post_init__(self) -> None:
        self.limits.on_call = self._note_call

    @property
    def settings(self) -> Settings:
        return self.services.settings

    @property
    def store(self) -> Store:
        return self.services.store

    @property
    def today(self) -> date:
        return self.settings.business_date()

    @property
    def catalog(self) -> Catalog:
        return catalog()

    @property
    def library(self) -> Mapping[str, Template]:
        """The report templates: the built-in ones and the site's own."""
        from knowledge.template_library import templates

        return templates(self.settings)

    @cached_property
    def gate(self) -> Gate:
        from tools.fetch import Gate

        return Gate(self.actor, self.settings, connections=self.services.connections, on_queries=self._note_queries)

    @cached_property
    def tree(self) -> OrgTree:
        return self.gate.org_tree()

    @cached_property
    def engine(self) -> Engine:
        from tools.indicators.engine import Engine

        return Engine(self.gate, self.catalog, self.today, self.mint, self._supplements)

    def _supplements(self) -> list[Supplement]:
        """The standing supplements of the actor's units, as the record holds them now."""
        with self.store.begin() as unit:
            return unit.quality.supplements(self.actor)

    def bench(self, known: Sequence[Fact] = ()) -> Bench:
        """What an analysis may use: the gate, the engine, fresh fact ids and the facts minted so far."""
        from tools.analysis import Bench

        return Bench(
            self.gate, self.engine, self.catalog, self.mint, self.today, self.tree, tuple(known), self._version_of,
            self._outcomes,
        )  # fmt: skip

    def _outcomes(self) -> list[MeasureOutcome]:
        """What came of measures in the actor's units, as the record holds it now."""
        with self.store.read() as unit:
            return unit.outcomes.listed(self.actor)

    def _version_of(self, analysis: str, org: str) -> AnalysisVersion | None:
        """The analysis version in service for a unit."""
        with self.store.read() as unit:
            return unit.analyses.current(analysis, org)

    def known_units(self) -> tuple[Org, ...]:
        """All units, also outside the actor's scope: to tell 无权限 from 不存在."""
        from tools.sources.units import all_units

        return all_units(self.settings, self.services.connections)

    def note_llm(self, use: LlmUse) -> LlmUse:
        """Add one llm use to the turn's sum; a fallback stays noted."""
        before = self.llm_use
        return LlmUse(
            kind=use.kind if before.calls == 0 or use.kind == "endpoint" else before.kind,
            name=use.name if before.calls == 0 or use.kind == "endpoint" else before.name,
            calls=before.calls + use.calls,
            tokens=before.tokens + use.tokens,
            fallback=use.fallback or before.fallback,
        )

    def mint(self) -> str:
        """The next fact id of this run."""
        self._last_fact += 1
        return f"F{self._last_fact}"

    def save(self, kind: str, body: Any) -> None:
        """Keep one piece of the run's work; repeated steps replace it."""
        with self.store.begin() as unit:
            unit.runs.save(self.run, kind, body)

    def load(self, kind: str, default: Any = None) -> Any:
        with self.store.begin() as unit:
            return unit.runs.load(self.run, kind, default)

    def save_facts(self, facts: list[Fact], findings: list[Finding] | None = None) -> None:
        body = {
            "facts": [fact.model_dump(mode="json") for fact in facts],
            "findings": [finding.model_dump(mode="json") for finding in findings or []],
        }
        self.save("facts", body)

    def load_facts(self) -> tuple[list[Fact], list[Finding]]:
        """The run's facts and findings; ids continue after the highest one."""
        body = self.load("facts", {"facts": [], "findings": []})
        facts = [Fact.model_validate(item) for item in body["facts"]]
        self._last_fact = max([self._last_fact, *(int(fact.id[1:]) for fact in facts)])
        return facts, [Finding.model_validate(item) for item in body["findings"]]

    def understood(self) -> Understood:
        return Understood.model_validate(self.load("understood"))

    @contextmanager
    def step(self, name: str, label: str) -> Iterator[None]:
        """Tell the door that a step runs and how it ended; the ledger keeps the node's name."""
        self.limits.check()
        self.services.fault(f"before:{name}")
        begun = time.monotonic()
        self.emit(Step(id=name, label=label))
        try:
            yield
        except GraphBubbleUp:
            self.emit(Step(id=name, label=label, status="ok", detail="等待办理", seconds=time.monotonic() - begun))
            raise
        except Exception as error:
            self.emit(Step(id=name, label=label, status="error", detail=str(error), seconds=time.monotonic() - begun))
            raise
        self.emit(Step(id=name, label=label, status="ok", seconds=time.monotonic() - begun))
        self.services.fault(f"after:{name}")

    def substep(self, step: Step) -> None:
        self.emit(step)

    def _note_queries(self, traces: Sequence[QueryTrace]) -> None:
        """Record a batch of queries before anything is made of them, and tell the answer which tools were used."""
        note_queries(self.store, self.actor.user, self.run or "-", traces)
        self.tools += [
            ToolUse(
                name=f"fetch.{trace.source}",
                args={"purpose": trace.purpose, "org": trace.org},
                status=trace.status,
                seconds=trace.seconds,
            )
            for trace in traces
        ]

    def _note_call(self, call: LlmCall) -> None:
        note_llm_call(self.store, self.actor.user, self.run or "-", call)
