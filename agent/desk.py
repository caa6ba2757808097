"""Single questions without a conversation: one indicator, anomalies, causes, churn, search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from agent.limits import Limits
from agent.turn import Turn
from core.access import may
from core.domain.actor import Actor
from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.indicator import Indicator
from core.domain.measure_outcome import MeasureOutcome
from core.domain.org import Org
from core.domain.period import Period
from core.domain.supplement import Alert, Supplement
from core.errors import BadRequest, NotFound, Refused, SourceFailed
from core.outcomes import record
from core.outcomes import withdraw as withdraw_outcome
from core.supplements import supply, withdraw
from knowledge.strategies import strategies
from tools.analysis import Bench, Result, all_analyses
from tools.analysis.detectors import detector
from tools.evidence import Scope
from tools.fetch import Query
from tools.indicators.engine import Ask, Engine
from tools.indicators.supplied import reach
from tools.review import alerts_of, minted, review, told

if TYPE_CHECKING:
    from agent.runner import Runner

BEST = "best"
MAIN_FIRST = ("indicator", "name", "value", "unit")


@dataclass
class Body:
    """Facts and findings of one question; `succeeded` is False when nothing could be read."""

    facts: list[Fact]
    findings: list[Finding] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        return not self.facts or any(fact.status not in {"error", "denied"} for fact in self.facts)

    def json(self) -> dict[str, Any]:
        return {
            "status": "answered" if self.succeeded else "failed",
            "facts": [fact.model_dump(mode="json") for fact in self.facts],
            "findings": [finding.model_dump(mode="json") for finding in self.findings],
            **self.extra,
        }


class Desk:
    """Answers for one actor. Names and codes are both understood; a refusal is audited."""

    def __init__(self, runner: Runner, actor: Actor) -> None:
        self._runner = runner
        self._actor = actor
        self._turn = Turn(runner.services, actor, "", "", "", lambda event: None, Limits.from_settings(runner.settings))

    @classmethod
    def open(cls, runner: Runner, user: str) -> Desk:
        return cls(runner, runner.actor(user))

    def bench(self) -> Bench:
        """What analyses work with, in this actor's name."""
        return self._turn.bench()

    def indicator(self, code: str, org: str, period: Period, by: str | None) -> Body:
        found = self._indicator(code)
        unit = self.org(org)
        if by is not None and by not in found.dims:
            can = "、".join(found.dims) or "（无）"
            raise BadRequest(f"{found.name}不能按「{by}」拆分。", f"可用维度：{can}。")
        facts = self._turn.engine.compute([Ask(found.id, unit.code, period, by=by)])
        head = facts[0] if facts and by is None else None
        extra: dict[str, Any] = {
            "indicator": {"id": found.id, "name": found.name, "unit": found.unit, "caliber": found.caliber},
            "org": {"code": unit.code, "name": unit.name},
            "period": {"start": period.start.isoformat(), "end": period.end.isoformat()},
        }
        if head is not None:
            extra["fact"] = head.model_dump(mode="json")
        return Body(facts, extra=extra)

    def detect(self, org: str, period: Period, by: str = "org") -> Body:
        """Anomalies of units, lines, areas or customers (`by`): whole months by month, other periods by day."""
        return self._analysis(detector(by, period), org, period)

    def explain(self, code: str, org: str, period: Period, by: str | None = None) -> Body:
        """Causes of a change; `by` a level, who it comes from there (of the energy sold), `best` the best one."""
        from tools.analysis.dimension_choice import LABELS
        from tools.analysis.drill import deeper, drill
        from tools.analysis.root_cause import explain

        found, unit = self._indicator(code), self.org(org)
        if by is None:
            return _body(explain(self._turn.bench(), found.id, unit.code, period))
        if found.id != "A02" or by not in {*LABELS, BEST}:
            can = "、".join(f"{name}（{label}）" for name, label in LABELS.items())
            hint = f"售电量（A02）可以按 {can} 往下看；{BEST} 由数据选最能说明变化的维度。"
            raise BadRequest(f"{found.name}不能按「{by}」往下看。", hint)
        if by == BEST:
            return _body(deeper(self._turn.bench(), unit.code, period, ()))
        return _body(drill(self._turn.bench(), unit.code, period, by))

    def churn(self, org: str, as_of: date) -> Body:
        return self._analysis("churn_risk", org, Period.day(as_of))

    def campaign(self, org: str, period: Period) -> Body:
        """Measures for customers at risk in order of what they may keep; `note` says what the order is not."""
        return self._analysis("campaign", org, period)

    def screen(self, org: str, period: Period) -> Body:
        """Every customer of a unit in one month: sudden falls and rises, and slow shrinking."""
        return self._analysis("customer_screen", org, period)

    def quality(self, org: str, period: Period, without: Sequence[str] = ()) -> Body:
        """Cross-source checks, detectors and scores of a unit and period; what 数据运维员 must know is owed to them.

        `without` takes cleaning rules back for this look, which the audit row names; the sources never change.
        """
        unit = self.org(org)
        bench = self._turn.bench()
        found = review(bench, Scope(unit.code, period, bench.today, bench.catalog), without)
        made = minted(bench, found)
        with self._runner.store.begin() as transaction:
            counts: dict[str, Any] = {"checks": len(found.checks), "facts": len(made.facts)}
            counts |= {"without": sorted(without)} if without else {}
            transaction.audit.append(self._actor.user, "quality", f"{unit.code}:{period.code}", detail=counts)
            transaction.quality.alert(unit.code, period.code, alerts_of(made.facts))
            owed = transaction.quality.alerts(self._actor)
        extra = told(found) | {"alerts": [alert.model_dump(mode="json") for alert in owed]}
        return Body(made.facts, made.findings, extra | {"org": unit.code, "period": period.code})

    def supply(self, code: str, org: str, period: Period, value: str, note: str) -> Supplement:
        """Supply a value that the source has not got (人工补录); see `core.supplements`."""
        found, unit = self._indicator(code), self.org(org)
        missing = self._source([Ask(found.id, unit.code, period)])[0]
        return supply(self._runner.store, self._actor, missing, value, note)

    def reach(self, code: str) -> str:
        """How far a supplied value of an indicator counts; see `tools.indicators.supplied.reach`."""
        return reach(self._indicator(code))

    def withdraw(self, supplement: str, reason: str) -> Supplement:
        return withdraw(self._runner.store, self._actor, supplement, reason)

    def supplements(self, *, standing: bool = True) -> list[Supplement]:
        """Supplied values of the actor's units."""
        with self._runner.store.begin() as unit:
            return unit.quality.supplements(self._actor, standing=standing)

    def outdone(self, found: Sequence[Supplement]) -> set[str]:
        """Ids of the standing supplements that the source has a number for by now, so that they no longer count."""
        standing = [item for item in found if not item.withdrawn_by and item.indicator in self._turn.catalog.indicators]
        facts = self._source([Ask(item.indicator, item.org, Period.parse(item.period)) for item in standing])
        return {item.id for item, fact in zip(standing, facts, strict=True) if fact.has_value}

    def _source(self, asks: Sequence[Ask]) -> list[Fact]:
        """What the sources say without what people supplied."""
        engine = Engine(self._turn.gate, self._turn.catalog, self._turn.today, self._turn.mint)
        return [facts[0] for facts in engine.compute_each(asks)]

    def record(
        self, customer: str, measure: str, done: str, owner: str, verdict: str, note: str = ""
    ) -> MeasureOutcome:
        """Record what came of a measure for a customer; see `core.outcomes`. `measure` is a label of the library."""
        named = {one.label: cause for cause, one in strategies().causes.items()}
        cause = measure.strip() if measure.strip() in strategies().causes else named.get(measure.strip())
        if cause is None:
            raise BadRequest(f"策略库没有「{measure[:20]}」这项措施。", f"可选：{'、'.join(named)}。")
        try:
            day = date.fromisoformat(done.strip())
        except ValueError as error:
            raise BadRequest(f"「{done[:20]}」不是日期。", "请写成 2026-10-15。") from error
        key, org = self._customer(customer.strip())
        return record(
            self._runner.store, self._actor, customer=key, org=org, measure=cause, done=day, owner=owner,
            verdict=verdict, note=note, today=self._turn.today,
        )  # fmt: skip

    def _customer(self, key: str) -> tuple[str, str]:
        """(number, unit) of a customer that the actor may see."""
        self._may("ask", self._actor.org)
        sql = "SELECT c.cons_no AS cons_no, c.org_code AS org_code FROM customer AS c WHERE c.cons_no = :key"
        found = self._turn.gate.run(Query("marketing", sql, {"key": key}, self._actor.org, "客户档案"))
        if found.status not in {"ok", "empty"}:
            raise SourceFailed(f"现在读不到客户档案：{found.message}", "请待数据源恢复后再记录。")
        rows = found.records() if found.status == "ok" else []
        if not rows:
            raise NotFound(
                f"没有客户「{key[:20]}」，或它不在您的权限范围内。", "请写户号，可从流失预警或挽回方案的名单里取。"
            )
        return str(rows[0]["cons_no"]), str(rows[0]["org_code"])

    def unrecord(self, outcome: str, reason: str) -> MeasureOutcome:
        """Withdraw a recorded outcome with a reason."""
        return withdraw_outcome(self._runner.store, self._actor, outcome, reason)

    def outcomes(self, *, standing: bool = True) -> list[MeasureOutcome]:
        """Recorded outcomes of measures in the actor's units, the newest first."""
        with self._runner.store.read() as unit:
            return unit.outcomes.listed(self._actor, standing=standing)

    def executed(self, org: str, period: Period) -> Body:
        """What came of the measures: outcomes as recorded, effects as measured, success rates."""
        return self._analysis("measure_outcomes", org, period)

    def alerts(self) -> list[Alert]:
        """Quality alerts of the actor's units, newest first."""
        with self._runner.store.begin() as unit:
            return unit.quality.alerts(self._actor)

    def search(self, text: str) -> dict[str, Any]:
        if not text.strip():
            raise BadRequest("没有写要查的内容。", "请写几个关键词，例如「售电量口径」。")
        self._may("search", self._actor.org)
        hits = self._runner.services.index().search(text, actor=self._actor, k=8)
        return {"status": "answered", "query": text, "hits": [_hit(hit) for hit in hits]}

    def _analysis(self, name: str, org: str, period: Period) -> Body:
        return _body(all_analyses()[name](self._turn.bench(), self.org(org).code, period))

    def _indicator(self, code: str) -> Indicator:
        catalog = self._turn.catalog
        found = catalog.find(code)
        if found is None:
            near = "、".join(item.name for item in catalog.search(code)[:3])
            raise NotFound(f"没有指标「{code}」。", f"相近的有：{near}。" if near else "用 gma search 查找指标。")
        return found

    def org(self, text: str) -> Org:
        """A unit by code or name; outside the scope is refused, unknown is not found."""
        self._may("ask", self._actor.org)
        tree = self._turn.tree
        found = named(text, tree.orgs)
        if found is not None:
            return found
        if named(text, self._turn.known_units()) is not None:
            self._refuse(f"单位「{text}」不在您的权限范围（{self._actor.org}）内。")
        names = "、".join(org.short for org in tree.orgs if org.level != "station")
        raise NotFound(f"没有单位「{text}」。", f"可查的单位：{names}。")

    def _may(self, action: str, org: str) -> None:
        verdict = may(self._actor, action, org)
        if not verdict.allowed:
            self._refuse(verdict.reason)

    def _refuse(self, reason: str) -> None:
        with self._runner.store.begin() as unit:
            unit.audit.append(self._actor.user, "query", "-", "refused", {"reason": reason})
        raise Refused(reason, "请换本单位，或联系有权限的同事。")


def named(text: str, units: Sequence[Org]) -> Org | None:
    """The unit of a code or name; part of a name will do where it names one unit (or one of a higher level)."""
    bare = text.removesuffix("公司").removesuffix("供电")
    exact = [unit for unit in units if {text, bare} & {unit.code, unit.name, unit.short}]
    part = [unit for unit in units if len(text) > 1 and text in unit.name]
    found = exact or part
    return found[0] if found and (exact or len({len(unit.code) for unit in part}) == len(part)) else None


def _body(result: Result) -> Body:
    return Body(result.facts, result.findings, {"analysis": result.label})


def _hit(hit: Any) -> dict[str, Any]:
    doc = hit.doc
    return {"id": doc.id, "kind": doc.kind, "title": doc.title, "text": doc.text, "org": doc.org, "period": doc.period}
