"""The one gate to data. Whatever reads a source goes through here: scope, deadline, masking, row limit, audit.

A query is one SELECT in canonical names. The gate never raises for a refused or failed query: it returns an outcome
whose status keeps 无数据, 无权限 and 取数失败 apart, so that no caller can mistake an error for a zero.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from core.domain.actor import Actor, Role
from core.domain.org import OrgTree
from core.errors import BadRequest, GmaError, LimitReached, Refused
from core.settings import Settings
from tools.sources.connect import Connections

if TYPE_CHECKING:
    import pandas as pd

    from tools.sources.backend import Job
    from tools.sources.rewrite import Plan
    from tools.sources.shards import Shards
    from tools.sources.statement import Statement

Scored = TypeVar("Scored")
Status = Literal["ok", "empty", "denied", "error"]

BULK_ROWS = 10_000_000
"""Most rows of a bulk query (analyses); ordinary queries are capped by `Settings.source_rows`."""
LANES = 2
"""Queries of one batch that may wait on the same source at once."""
_SHORT = 0.04
"""After a time-out the rest of a batch waits this share of the deadline on that source."""


@dataclass(frozen=True)
class Query:
    """One SELECT in canonical table and column names, DuckDB dialect, `:name` binds, for one unit.

    `bulk` is for analyses: no sensitive columns, up to `BULK_ROWS` rows, read with `Outcome.frame()`; `rows` is empty.
    """

    source: str
    sql: str
    params: Mapping[str, Any]
    org: str
    purpose: str = ""
    bulk: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a query. `message` is Chinese and empty only for a complete ok; `sql` is the canonical statement.

    A truncated outcome is not the whole result: it must be shown or used as partial.
    """

    status: Status
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    row_count: int
    truncated: bool
    seconds: float
    message: str
    sql: str
    source: str
    datasets: tuple[str, ...] = ()
    table: Any = field(default=None, repr=False, compare=False)

    def records(self) -> list[dict[str, Any]]:
        """Rows as dictionaries by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def frame(self) -> pd.DataFrame:
        """The result as a DataFrame; decimals become floats in bulk results and stay Decimal objects otherwise."""
        import pandas as pd

        if isinstance(self.table, pd.DataFrame):
            return self.table

        return pd.DataFrame.from_records(self.rows, columns=list(self.columns))


@dataclass(frozen=True)
class QueryTrace:
    """What the audit keeps of one query, refused and failed ones included. Holds no result values."""

    at: datetime
    user: str
    role: str
    org: str
    source: str
    sql: str
    params: Mapping[str, Any]
    purpose: str
    status: Status
    row_count: int
    truncated: bool
    seconds: float
    message: str


class Gate:
    """The gate of one actor. Cheap to make; give it a shared `Connections` so that engines and circuits are shared.

    `on_queries` hears of every query in the caller's thread, in order, one batch at a time and before the caller gets
    its outcomes; what it raises stops the caller, so that nobody sees data whose reading was not recorded.
    """

    def __init__(
        self,
        actor: Actor,
        settings: Settings,
        *,
        connections: Connections | None = None,
        on_queries: Callable[[Sequence[QueryTrace]], None] | None = None,
    ) -> None:
        self.actor = actor
        self.settings = settings
        self.connections = connections or Connections(settings)
        self._on_queries = on_queries
        self._lock = threading.Lock()
        self._keys: dict[tuple[str, str, str, str], tuple[str, ...]] = {}
        self._tree: OrgTree | None = None
        self._cutoffs: dict[tuple[str, str], date | None] = {}
        self._directory = False

    @classmethod
    def directory(cls, settings: Settings, connections: Connections) -> Gate:
        """A gate without an actor that reads the list of units, and nothing else: names are no business data."""
        keeper = Actor(user="system", name="单位目录", role=Role.DATAOPS, org="")
        gate = cls(keeper, settings, connections=connections)
        gate._directory = True
        return gate

    def run(self, query: Query) -> Outcome:
        """Run one query. Never raises for what a query or a source can do wrong; see `Outcome.status`."""
        traces: list[QueryTrace] = []
        outcome = self._run(query, traces, None)
        self._tell(traces)
        return outcome

    def unmasked(self, query: Query) -> Outcome:
        """Run one query and leave sensitive columns in the clear. Only `agent.reveal` may call this: it asks who and
        what for, records the act, and hands the value to one person."""
        traces: list[QueryTrace] = []
        outcome = self._run(query, traces, None, masked=False)
        self._tell(traces)
        return outcome

    def scored(self, query: Query, scoring: Callable[[Shards], Scored]) -> tuple[Outcome, Scored | None]:
        """Run a bulk query and a scoring of its rows, where the rows are: on the source's cluster, or in this process.

        The scoring is None unless the status is ok, and never of a part of the rows; `row_count` says how many there
        were. The outcome itself holds no rows.
        """
        traces: list[QueryTrace] = []
        found: list[Scored] = []
        bulk = replace(query, bulk=True)
        outcome = self._run(bulk, traces, None, scoring=lambda shards: found.append(scoring(shards)))
        self._tell(traces)
        return outcome, found[0] if found else None

    def run_many(self, queries: Iterable[Query]) -> list[Outcome]:
        """Run a batch, sources side by side, outcomes in the order of the queries.

        A source that has timed out in the batch is not waited for in full again, so that the batch as a whole keeps
        close to one deadline however many queries a hung source was asked.
        """
        batch = list(queries)
        lanes: dict[str, list[int]] = {}
        for at, query in enumerate(batch):
            lanes.setdefault(query.source, []).append(at)
        traces: list[list[QueryTrace]] = [[] for _ in batch]
        outcomes: dict[int, Outcome] = {}
        late: set[str] = set()

        def lane(places: Sequence[int]) -> None:
            for at in places:
                source = batch[at].source
                seconds = self.settings.source_timeout * _SHORT if source in late else None
                started = time.monotonic()
                outcomes[at] = self._run(batch[at], traces[at], seconds)
                if outcomes[at].status == "error" and time.monotonic() - started >= self.settings.source_timeout * 0.95:
                    late.add(source)

        work = [places[start::LANES] for places in lanes.values() for start in range(LANES) if places[start::LANES]]
        with ThreadPoolExecutor(max_workers=max(1, len(work)), thread_name_prefix="gma-batch") as pool:
            for done in [pool.submit(lane, places) for places in work]:
                done.result()
        self._tell([trace for told in traces for trace in told])
        return [outcomes[at] for at in range(len(batch))]

    def org_tree(self) -> OrgTree:
        """The actor's unit and all below it, in code order; remembered. Raises SourceFailed or Refused."""
        if self._tree is None:
            from tools.sources.units import read_tree

            self._tree = read_tree(self)
        return self._tree

    def cutoff(self, source: str, dataset: str) -> date | None:
        """The newest day of a dataset within the actor's scope, not after the business date; None where unknown."""
        if (source, dataset) not in self._cutoffs:
            from tools.sources.units import read_cutoff

            found = read_cutoff(self, source, dataset)
            if found is None:
                return None
            self._cutoffs[(source, dataset)] = found
        return self._cutoffs[(source, dataset)]

    def _run(
        self,
        query: Query,
        traces: list[QueryTrace],
        seconds: float | None,
        *,
        masked: bool = True,
        scoring: Callable[[Shards], None] | None = None,
    ) -> Outcome:
        started = time.monotonic()
        empty: tuple[str, ...] = ()
        sql, datasets = " ".join(query.sql.split()), empty
        try:
            self._permit(query)
            statement = self._statement(query)
            sql, datasets = statement.text, statement.datasets
            outcome = self._answer(query, statement, traces, seconds, started, masked, scoring)
        except Refused as error:
            outcome = _failed("denied", str(error), query, sql, datasets, started)
        except GmaError as error:
            outcome = _failed("error", str(error), query, sql, datasets, started)
        traces.append(self._trace(query, outcome))
        return outcome

    def _permit(self, query: Query) -> None:
        if self._directory and self._statement(query).datasets == ("org",):
            return
        if not self.actor.reads_data:
            raise Refused(f"{self.actor.role.label}不查看业务数据", "请由业务账号查询")
        if not re.fullmatch(r"\d{2,20}", query.org):
            raise BadRequest(f"供电单位编码“{query.org[:30]}”不对", "请给出数字编码")
        if not self.actor.covers(query.org):
            raise Refused(
                f"无权查看单位 {query.org} 的数据，您的权限范围是 {self.actor.org} 及其下级",
                "请改查本单位或联系安全管理员",
            )

    def _statement(self, query: Query) -> Statement:
        from tools.sources.statement import statement

        source = self.connections.source(query.source)
        found = statement(source.name, query.sql)
        if query.bulk and any(output.sensitive for output in found.outputs):
            raise Refused("批量取数不能含户名、电话、地址等敏感列", "请去掉这些列，或改用普通查询")
        return found

    def _answer(
        self,
        query: Query,
        statement: Statement,
        traces: list[QueryTrace],
        seconds: float | None,
        started: float,
        masked: bool,
        scoring: Callable[[Shards], None] | None,
    ) -> Outcome:
        from tools.sources.backend import Job, typed_binds
        from tools.sources.rewrite import UNIT
        from tools.sources.shading import shade

        label = statement.source.label
        columns = tuple(output.name for output in statement.outputs)
        binds = {**typed_binds(statement, query.params), UNIT: f"{query.org}%"}
        limit = BULK_ROWS if query.bulk else self.settings.source_rows
        if not self.connections.connected(query.source):
            return _empty(query, statement, columns, f"{label}未接入本系统，按无数据处理", started)
        spread = scoring is not None and self.connections.distributed(query.source)
        plan = self.connections.plan(query.source, statement, None if spread else limit + 1)
        if plan.absent:
            missing = "、".join(plan.absent)
            return _empty(query, statement, columns, f"{label}没有提供数据表 {missing}，按无数据处理", started)
        keys = {item.name: self._keyset(item.source, item.dataset, item.key, query, traces) for item in plan.keysets}
        job: Job = Job(statement, binds, keys, limit + 1, query.org, query.bulk)
        if scoring is not None:
            count = self._score(query.source, plan, job, seconds, spread, scoring)
            if not count:
                return _empty(query, statement, columns, f"{label}在所选范围内没有数据", started)
            spent = time.monotonic() - started
            return Outcome(
                "ok", columns, [], count, False, spent, "", statement.text, query.source, statement.datasets
            )  # fmt: skip
        answer = self._ask(query.source, plan, job, seconds)
        found = len(answer.frame) if answer.frame is not None else len(answer.rows)
        if not found:
            return _empty(query, statement, columns, f"{label}在所选范围内没有数据", started)
        truncated = found > limit
        table = answer.frame.iloc[:limit] if answer.frame is not None else None
        message = f"结果超过 {limit} 行，只取了前 {limit} 行，不是全部" if truncated else ""
        rows = shade(statement, answer.rows[:limit]) if masked else answer.rows[:limit]
        spent = time.monotonic() - started
        return Outcome(
            "ok", columns, rows, min(found, limit), truncated, spent, message, statement.text, query.source,
            statement.datasets, table,
        )  # fmt: skip

    def _score(
        self, source: str, plan: Plan, job: Job, seconds: float | None, spread: bool, scoring: Callable[[Shards], None]
    ) -> int:
        """How many rows were scored; none are where there are none."""
        from tools.sources.shards import TableShards

        if spread:
            return self.connections.spread(source, plan, job, scoring)
        table = self._ask(source, plan, job, seconds).frame
        if len(table) >= job.limit:
            raise LimitReached(
                f"范围内超过 {job.limit - 1} 行，一台机器不能全部评分",
                "请缩小单位，或用 gma screen --engine 在集群上评分",
            )
        if len(table):
            scoring(TableShards(table))
        return len(table)

    def _ask(self, source: str, plan: Plan, job: Job, seconds: float | None) -> Any:
        return self.connections.run(source, plan, job, seconds)

    def _keyset(self, source: str, dataset: str, key: str, query: Query, traces: list[QueryTrace]) -> tuple[str, ...]:
        """Keys of another source within the unit; read once per gate and unit, through this same gate."""
        place = (source, dataset, key, query.org)
        with self._lock:
            if place in self._keys:
                return self._keys[place]
        inner = Query(source, f"SELECT DISTINCT {key} FROM {dataset}", {}, query.org, "权限范围", bulk=True)
        outcome = self._run(inner, traces, None)
        if outcome.status in {"denied", "error"} or outcome.truncated:
            label = self.connections.source(source).label
            raise BadRequest(f"要先从{label}取得范围内的{key}，没有取到：{outcome.message}", "请稍后重试")
        values = () if outcome.status == "empty" else tuple(str(value) for value in outcome.frame()[key].dropna())
        with self._lock:
            self._keys[place] = values
        return values

    def _trace(self, query: Query, outcome: Outcome) -> QueryTrace:
        from core.settings import LOCAL

        return QueryTrace(
            datetime.now(LOCAL), self.actor.user, self.actor.role.value, query.org, query.source, outcome.sql,
            dict(query.params), query.purpose, outcome.status, outcome.row_count, outcome.truncated, outcome.seconds,
            outcome.message,
        )  # fmt: skip

    def _tell(self, traces: Sequence[QueryTrace]) -> None:
        if self._on_queries is not None and traces:
            self._on_queries(traces)


def _failed(status: Status, message: str, query: Query, sql: str, datasets: tuple[str, ...], started: float) -> Outcome:
    return Outcome(status, (), [], 0, False, time.monotonic() - started, message, sql, query.source, datasets)


def _empty(query: Query, statement: Statement, columns: tuple[str, ...], message: str, started: float) -> Outcome:
    spent = time.monotonic() - started
    return Outcome("empty", columns, [], 0, False, spent, message, statement.text, query.source, statement.datasets)
