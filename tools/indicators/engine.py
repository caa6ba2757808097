"""The engine: asks → statements → facts. Aggregation happens in the sources; only answers travel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.domain.fact import Fact
from core.domain.indicator import Indicator, Measure
from core.domain.org import OrgTree
from core.domain.supplement import Supplement
from core.errors import BadRequest, GmaError
from knowledge.catalog import Catalog
from knowledge.definitions import PERIOD_NAMES, value_names
from tools.fetch import Gate, Query
from tools.indicators.answers import Answer, answer_of
from tools.indicators.ask import Ask
from tools.indicators.coverage import Coverage
from tools.indicators.expression import as_sql, renamed
from tools.indicators.labels import Labels
from tools.indicators.minting import Mint
from tools.indicators.resolved import Leg, Resolved
from tools.indicators.standing import Standing, reads, tables
from tools.indicators.statement import Frame, Statement, frame_of
from tools.indicators.supplied import Supplied
from tools.indicators.wholeness import Wholeness
from tools.indicators.windows import Layout, layout

__all__ = ["DIMENSIONS", "Ask", "Engine"]

DIMENSIONS = {
    "org": "单位",
    "industry": "行业",
    "tariff_class": "用电类别",
    "voltage": "电压等级",
    "tg": "台区",
    "month": "月",
    "day": "日",
    "biz_type": "业务类型",
    "customer": "客户",
    "cause": "原因",
}
"""What people call each dimension."""


@dataclass(frozen=True)
class _Slot:
    """Where a measure's numbers will be: statement, alias, and the member it stands for when split by query."""

    name: str
    statement: int
    alias: str
    member: str | None = None


@dataclass
class _Planned:
    ask: Ask
    indicator: Indicator
    by: str
    layout: Layout
    slots: list[_Slot]
    problem: str = ""


class Engine:
    """Computes indicators for one actor. `today` is the business date; `ids` mints fact ids in order.

    `supplied` gives the standing supplements: used only where the source answered that it has none, added up to higher
    units, and marked on the fact.
    """

    def __init__(
        self,
        gate: Gate,
        catalog: Catalog,
        today: date,
        ids: Callable[[], str],
        supplied: Callable[[], Sequence[Supplement]] = tuple,
    ) -> None:
        self._supplied = supplied
        self._gate = gate
        self._catalog = catalog
        self._today = today
        self._ids = ids
        self._coverage = Coverage(gate, catalog)
        self._tree: OrgTree | None = None

    def compute(self, requests: Sequence[Ask]) -> list[Fact]:
        """`compute_each` as one list."""
        return [fact for facts in self.compute_each(requests) for fact in facts]

    def compute_each(self, requests: Sequence[Ask]) -> list[list[Fact]]:
        """The facts of each ask, in order; a `by` ask gives one fact per member.

        Nothing is raised for data that is missing, forbidden or failing: each such fact carries its status and a
        Chinese reason. Raises NotFound for an unknown indicator, BadRequest for a dimension it cannot be split by.
        """
        statements: dict[Frame, Statement] = {}
        order: list[Frame] = []
        planned = [self._plan(ask, statements, order) for ask in requests]
        queries = []
        for frame in order:
            sql = statements[frame].sql(self._catalog)
            queries.append(Query(frame.source, sql, statements[frame].bound(sql, self._catalog), frame.org, "指标计算"))
        wanted = [
            (m, window) for frame in order for m in statements[frame].columns.values() for _, window in frame.windows
        ]
        self._coverage.load(name for measure, _ in wanted for name in tables(measure, self._catalog))
        wholeness = Wholeness(self._gate, self._catalog, self._coverage, self._orgs())
        more = wholeness.ask(
            read for measure, window in wanted for read in reads(measure, window, self._catalog, self._coverage)
        )
        outcomes = self._gate.run_many([*queries, *more])
        wholeness.learn(outcomes[len(queries) :])
        outcomes = outcomes[: len(queries)]
        answers = [answer_of(o, q.params, q.org) for o, q in zip(outcomes, queries, strict=True)]
        labels = Labels(self._gate, self._catalog, self._orgs())
        supplied = Supplied(self._supplied(), requests, self._catalog, self._unsupplied)
        standing = Standing(self._catalog, self._coverage, wholeness, self._today)
        mint = Mint(self._catalog, standing, self._ids, labels, supplied, self._orgs())
        resolved = [self._resolve(plan, answers, statements, order) for plan in planned]
        return labels.named([mint.facts(item) for item in resolved])

    def _unsupplied(self, asks: Sequence[Ask]) -> list[Fact]:
        """The source's own answers; their ids are not kept."""
        bare = Engine(self._gate, self._catalog, self._today, lambda: "F0")
        return [facts[0] for facts in bare.compute_each([replace(ask, compare=False) for ask in asks])]

    def _plan(self, ask: Ask, statements: dict[Frame, Statement], order: list[Frame]) -> _Planned:
        indicator = self._indicator(ask)
        by = ask.by or indicator.default_by or ""
        windows = layout(ask.period, indicator.compare, by, ask.compare, indicator.span)
        plan = _Planned(ask, indicator, by, windows, [])
        if by and by not in {*indicator.dims, "month", "day"}:
            raise BadRequest(f"「{indicator.name}」不能按这个维度拆分", _offer(indicator))
        plan.problem = self._refusal(indicator, ask, by)
        if plan.problem:
            return plan
        children = tuple(org.code for org in self._orgs().children(ask.org)) if by == "org" else ()
        measures = {name: self._catalog.measure(indicator, name) for name in sorted(value_names(indicator.value))}
        # rows without a unit code cannot be grouped by unit: then every measure is asked once for each unit
        split = by == "org" and any(self._catalog.datasets[m.dataset].org is None for m in measures.values())
        top = self._top(indicator, ask, by, measures)
        for name, measure in measures.items():
            for org, member in [(code, code) for code in children] if split else [(ask.org, None)]:
                frame = frame_of(measure, org, "" if split else by, children, windows.windows, top)
                if frame not in statements:
                    statements[frame] = Statement(frame)
                    order.append(frame)
                alias = statements[frame].alias(name, measure)
                plan.slots.append(_Slot(name, order.index(frame), alias, member))
        return plan

    def _top(self, indicator: Indicator, ask: Ask, by: str, measures: dict[str, Measure]) -> tuple[str, int] | None:
        """The first members are chosen by the source where one statement answers the whole value."""
        if not ask.limit or by in {"", "org", "month", "day"} or any(m.sql for m in measures.values()):
            return None
        if len({frame_of(m, "", by, (), {}) for m in measures.values()}) > 1:
            return None
        return as_sql(indicator.value, lambda name: f"r.{name}__cur"), ask.limit

    def _indicator(self, ask: Ask) -> Indicator:
        found = self._catalog.get(ask.indicator)
        return self._catalog.get(f"{found.id}.{ask.part}") if ask.part else found

    def _refusal(self, indicator: Indicator, ask: Ask, by: str) -> str:
        period = ask.period
        if period.start > self._today:
            return f"统计期{period.label}尚未开始（业务日期{self._today.isoformat()}），没有数据"
        grain = by if by in {"month", "day"} else period.grain
        monthly = "day" not in indicator.grains
        if monthly and (grain in {"day", "week"} or not period.whole_months):
            return f"「{indicator.name}」按月统计，不能查询{period.label}，请改查整月"
        if by == "day" and period.days > 92:
            return "按日展开最多九十二天，请缩短统计期"
        if by == "org" and not self._orgs().children(ask.org):
            return "该单位没有下级单位，不能按单位拆分"
        return ""

    def _resolve(
        self, plan: _Planned, answers: list[Answer], statements: dict[Frame, Statement], order: list[Frame]
    ) -> Resolved:
        legs = [
            Leg(
                slot.name,
                self._catalog.measure(plan.indicator, slot.name),
                slot.alias,
                answers[slot.statement],
                slot.member,
            )
            for slot in plan.slots
        ]
        aliases = {leg.name: leg.alias for leg in legs}
        value = renamed(plan.indicator.value, lambda name: name if name in PERIOD_NAMES else aliases.get(name, name))
        children = tuple(org.code for org in self._orgs().children(plan.ask.org)) if plan.by == "org" else ()
        return Resolved(plan.ask, plan.indicator, plan.by, plan.layout, tuple(legs), value, children, plan.problem)

    def _orgs(self) -> OrgTree:
        if self._tree is None:
            try:
                self._tree = self._gate.org_tree()
            except GmaError:
                self._tree = OrgTree(orgs=())
        return self._tree


def _offer(indicator: Indicator) -> str:
    return f"可以按{'、'.join(DIMENSIONS[dim] for dim in indicator.dims)}拆分" if indicator.dims else "该指标只有总数"
