"""Connections to the five sources, shared by every gate of a process: backends, circuits, and attempts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BadRequest
from core.settings import Settings
from tools.sources import Source, all_sources
from tools.sources.backend import Answer, Backend, Distributed, Job
from tools.sources.mapping import DatasetMap, SiteMap, SourceMap, load_site
from tools.sources.rewrite import Plan
from tools.sources.statement import Statement
from tools.sources.trouble import Breaker, Overdue, Result, Trouble, within

if TYPE_CHECKING:
    from tools.sources.rollup import Rollup
    from tools.sources.shards import Shards

PLANS = 1_000
"""How many planned statements are remembered."""
OFFER_KEPT = 600.0
"""Seconds after which a source is asked again whether it has an optional dataset."""
PAUSE = 0.2
"""Seconds before a temporary failure is tried again."""


class Connections:
    """Opens each source on its first query. Safe to share between threads; `close` gives everything back."""

    def __init__(
        self, settings: Settings, *, site: SiteMap | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.settings = settings
        self.site: SiteMap = load_site(settings) if site is None else site
        self._clock = clock
        self._offers: dict[tuple[str, str], tuple[float, bool]] = {}
        self._lock = threading.Lock()
        self._backends: dict[str, Backend] = {}
        self._plans: dict[tuple[str, str, int | None], Plan] = {}
        self._breakers = {name: Breaker(clock) for name in all_sources()}

    def source(self, name: str) -> Source:
        """The declared source. Raises BadRequest for an unknown name."""
        found = all_sources().get(name)
        if found is None:
            raise BadRequest(f"没有名为 {name} 的数据源", f"可用的有 {'、'.join(all_sources())}")
        return found

    def connected(self, name: str) -> bool:
        """Whether the site has this source at all (`absent` in the mapping says it has not)."""
        return not self.site.get(name, SourceMap()).absent

    def backend(self, name: str) -> Backend:
        """The backend of a source, made once; nothing is opened yet. Raises Trouble for an unusable URL."""
        with self._lock:
            if name not in self._backends:
                self._backends[name] = self._make(self.source(name))
            return self._backends[name]

    def plan(self, name: str, statement: Statement, limit: int | None) -> Plan:
        """The statement in the source's own SQL, remembered by its text. Raises BadRequest for a bad mapping."""
        lacking = tuple(dataset for dataset in statement.datasets if not self.offers(name, dataset))
        if lacking:
            return Plan("", (), lacking)
        key = (name, statement.text, limit)
        with self._lock:
            found = self._plans.get(key)
        if found is None:
            found = self.backend(name).plan(statement, limit)
            with self._lock:
                if len(self._plans) >= PLANS:
                    self._plans.clear()
                self._plans[key] = found
        return found

    def offers(self, name: str, dataset: str) -> bool:
        """Whether a source has an optional dataset; the answer is kept for `OFFER_KEPT` seconds.

        Raises Trouble while the source does not answer.
        """
        from tools.sources.rewrite import UNIT
        from tools.sources.statement import statement

        declared = self.source(name).dataset(dataset)
        if declared is None or not declared.optional:
            return True
        now, known = self._clock(), self._offers.get((name, dataset))
        if known and now - known[0] < OFFER_KEPT:
            return known[1]
        asked = statement(name, f"SELECT {', '.join(column.name for column in declared.columns)} FROM {dataset}")
        try:
            plan = self.backend(name).plan(asked, 1)
            # no unit code begins with this text, so the scope lets no row through
            found = not plan.absent
            if found:
                self.run(name, plan, Job(asked, {UNIT: "-"}, {}, 1, "-"))
        except BadRequest:
            found = False
        self._offers[(name, dataset)] = (now, found)
        return found

    def run(self, name: str, plan: Plan, job: Job, seconds: float | None = None) -> Answer:
        """Run a planned job within the deadline, trying again after temporary failures.

        Raises Trouble (also while the circuit is open) or BadRequest.
        """
        source = self.source(name)
        deadline = time.monotonic() + (self.settings.source_timeout if seconds is None else seconds)
        return self._admitted(source, lambda: self._attempts(name, source, plan, job, deadline))

    def distributed(self, name: str) -> bool:
        """Whether the source lies on a cluster that can score its rows itself. Raises Trouble as `backend` does."""
        return isinstance(self.backend(name), Distributed)

    def spread(self, name: str, plan: Plan, job: Job, scoring: Callable[[Shards], None]) -> int:
        """Score the rows of a planned job where a distributed source holds them, once, within `cluster_timeout`.

        How many rows there were. Raises Trouble or BadRequest.
        """
        source, backend = self.source(name), self.backend(name)
        assert isinstance(backend, Distributed)
        return self._admitted(
            source,
            lambda: within(
                self.settings.cluster_timeout, lambda cancel: backend.spread(plan, job, cancel, scoring), source.label
            ),
        )

    def close(self) -> None:
        """Close what is open; sources open again on the next query."""
        with self._lock:
            backends, self._backends = list(self._backends.values()), {}
        for backend in backends:
            backend.close()

    def _admitted(self, source: Source, work: Callable[[], Result]) -> Result:
        """Do work that asks a source unless its circuit is open; only the source's own failures count."""
        breaker = self._breakers[source.name]
        if not breaker.admit():
            raise Trouble(f"{source.label}连续多次取数失败，已暂停访问", "约 30 秒后会自动重试，仍不行请联系数据运维员")
        healthy = False
        try:
            result = work()
            healthy = True
            return result
        except Trouble as error:
            healthy = not error.sick
            raise
        except BadRequest:
            healthy = True
            raise
        finally:
            breaker.report(healthy)

    def _attempts(self, name: str, source: Source, plan: Plan, job: Job, deadline: float) -> Answer:
        backend = self.backend(name)
        for attempt in range(self.settings.source_retries + 1):
            left = deadline - time.monotonic()
            try:
                return within(left, lambda cancel: backend.run(plan, job, cancel), source.label)
            except Overdue:
                raise
            except Trouble as error:
                again = error.temporary and attempt < self.settings.source_retries
                if not again or time.monotonic() + PAUSE >= deadline:
                    raise
                time.sleep(PAUSE)
        raise Trouble(f"{source.label}取数失败", "请稍后重试")

    def _make(self, source: Source) -> Backend:
        from tools.sources.duck import DuckBackend

        site = self.site.get(source.name, SourceMap())
        url = self.settings.source_url(source.name)
        spill = self.settings.home / "spill"
        if site.file is not None:
            return DuckBackend(source, None, site, spill)
        if url.startswith("spark:"):
            from tools.sources.spark import SparkBackend

            return SparkBackend(source, url, site)
        if url.startswith(("http://", "https://")):
            from tools.sources.rest import RestBackend

            return RestBackend(source, url, site, self.settings.source_timeout)
        return _database(source, url, site, spill, self.settings)


def _database(source: Source, url: str, site: SourceMap, spill: Path, settings: Settings) -> Backend:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    from tools.sources.duck import DuckBackend
    from tools.sources.engine import EngineBackend

    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise Trouble(f"{source.label}的数据源地址写法不对", f"请检查 GMA_SOURCE_{source.name.upper()}_URL") from error
    if parsed.get_backend_name() == "duckdb":
        path = Path(parsed.database or "")
        return DuckBackend(source, path, site, spill, _rollup(source, path, site, settings))
    return EngineBackend(source, url, site, settings.source_timeout)


def _rollup(source: Source, path: Path, site: SourceMap, settings: Settings) -> Rollup | None:
    """The roll-up of a source's daily energy; None where it is switched off or the site maps the dataset itself."""
    from tools.sources.additive import DATASET
    from tools.sources.rollup import WAIT, Rollup

    if not settings.source_rollup or source.dataset(DATASET) is None or site.dataset(DATASET) != DatasetMap():
        return None
    wait = min(WAIT, settings.source_timeout / 10)
    return Rollup(source.name, path, settings.home / "rollup", wait=wait)
