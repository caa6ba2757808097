"""Minting: numbers of the sources become facts with status, comparison and provenance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from core.domain.fact import By, Compare, Fact, FactStatus
from core.domain.indicator import Indicator, Measure
from core.domain.period import Period, shift_months
from knowledge.catalog import SOURCE_LABELS, Catalog
from tools.indicators.answers import Answer
from tools.indicators.ask import Ask
from tools.indicators.compare import change, daily_change
from tools.indicators.coverage import Coverage
from tools.indicators.expression import evaluate, renamed
from tools.indicators.labels import Labels
from tools.indicators.windows import Bucket, Layout


@dataclass(frozen=True)
class Leg:
    """One measure's numbers; `member` is set where the members were asked one query each."""

    name: str
    measure: Measure
    alias: str
    answer: Answer
    member: str | None = None


@dataclass(frozen=True)
class Resolved:
    """An ask with everything that its facts need. `value` is the indicator's expression over column aliases."""

    ask: Ask
    indicator: Indicator
    by: str
    layout: Layout
    legs: tuple[Leg, ...]
    value: str
    children: tuple[str, ...]
    problem: str = ""

    @property
    def grouped(self) -> bool:
        return self.by not in {"", "month", "day"}

    def of(self, key: str) -> list[tuple[Leg, str]]:
        """The legs of one member and the key it has in each leg's answer."""
        return [(leg, "" if leg.member is not None else key) for leg in self.legs if leg.member in {None, key}]

    def keys(self) -> list[str]:
        """Member keys that any leg returned; for units all children, also those without rows."""
        if not self.grouped:
            return [""]
        found = dict.fromkeys(self.children)
        for leg in self.legs:
            if leg.member is None and self.by != "org":
                found.update(dict.fromkeys(leg.answer.members))
            elif leg.member is None:
                strays = (key for key in leg.answer.members if key and key not in found)
                found.update(dict.fromkeys(strays))
        return list(found)


class Mint:
    """Makes the facts of resolved asks; the only place where statuses are decided."""

    def __init__(
        self, catalog: Catalog, coverage: Coverage, today: date, ids: Callable[[], str], labels: Labels
    ) -> None:
        self._catalog = catalog
        self._coverage = coverage
        self._today = today
        self._ids = ids
        self._labels = labels

    def facts(self, item: Resolved) -> list[Fact]:
        """One fact, or one for each member or bucket in its order."""
        failed = self._failure(item)
        if failed:
            return [self._blank(item, *failed)]
        drafts: list[dict[str, Any]] = []
        for bucket in item.layout.buckets:
            for key in item.keys():
                draft = self._draft(item, bucket, key)
                if draft:
                    drafts.append(draft)
        if item.grouped and item.by != "org":
            drafts.sort(key=lambda d: (d["value"] is None, -(d["value"] or Decimal(0))))
        if not drafts:
            return [self._blank(item, "empty", f"{item.ask.period.label}没有可按此维度拆分的数据")]
        return [Fact(id=self._ids(), **draft) for draft in drafts[: item.ask.limit]]

    def _failure(self, item: Resolved) -> tuple[FactStatus, str] | None:
        if item.problem:
            return "empty", item.problem
        for status in ("denied", "error"):
            bad = [leg.answer for leg in item.legs if leg.answer.status == status]
            if bad:
                names = "、".join(dict.fromkeys(SOURCE_LABELS.get(answer.source, answer.source) for answer in bad))
                said = "；".join(dict.fromkeys(answer.reason for answer in bad if answer.reason))
                return status, said if names in said or status == "denied" else f"{names}取数失败：{said}"  # type: ignore[return-value]
        return None

    def _draft(self, item: Resolved, bucket: Bucket, key: str) -> dict[str, Any] | None:
        indicator, period = item.indicator, bucket.period
        if period.start > self._today:
            return {**self._common(item, bucket, key, 0, None), "value": None, "status": "empty",
                    "reason": f"统计期{period.label}尚未开始（业务日期{self._today.isoformat()}），没有数据"}
        value = self._value(item, bucket.cur, key, bucket.cur)
        rows = sum(n for n in {id(leg.answer): leg.answer.rows(k, bucket.cur) for leg, k in item.of(key)}.values())
        newest = self._newest(item, bucket.cur, key, period)
        status, reason = self._status(item, value, rows, newest, period, key)
        base_rows = bool(item.grouped and item.by != "org" and not rows)
        if base_rows:
            if not any(self._value(item, role, key, bucket.cur) for role in (bucket.yoy, bucket.mom) if role):
                return None
            if indicator.kind in {"amount", "count"} and status == "empty":
                value, status, reason = Decimal(0), "ok", ""
        compare = self._compare(item, bucket, key, value if status in {"ok", "partial"} else None)
        if status == "partial" and indicator.compare.change == "pct" and indicator.compare.ytd == "sum":
            compare = Compare(rule=compare.rule, ytd=compare.ytd, yoy_base=compare.yoy_base, mom_base=compare.mom_base,
                              ytd_base=compare.ytd_base)
        return {
            **self._common(item, bucket, key, rows, newest),
            "value": value if status in {"ok", "partial"} else None,
            "compare": compare,
            "status": status,
            "reason": reason,
        }

    def _value(self, item: Resolved, role: str, key: str, cur: str) -> Decimal | None:
        """The indicator's value in one window; None where a leg has no data there."""
        window = item.layout.windows[role]
        numbers: dict[str, Decimal | None] = {"days": Decimal(window.days), "hours": Decimal(window.days * 24)}
        for leg, at in item.of(key):
            number = leg.answer.number(at, leg.alias, role)
            silent = leg.measure.coverage in {"event", "stock"}
            if number is None or not leg.answer.rows(at, role):
                number = Decimal(0) if silent and self._coverage.covers(leg.measure.dataset, window) else None
            elif role != cur and not self._starts(leg.measure, window):
                number = None
            numbers[leg.alias] = number
        return evaluate(item.value, numbers)

    def _starts(self, measure: Measure, window: Period) -> bool:
        """Whether a base window is covered from its start; archives and balances always are."""
        span = self._coverage.span(measure.dataset)
        if measure.since or span is None:
            return True
        return span.starts_by(_read(measure, window), self._coverage.slack(measure.dataset))

    def _newest(self, item: Resolved, role: str, key: str, period: Period) -> datetime | None:
        """The oldest among the legs' newest moments: up to then every leg is known."""
        found = []
        for leg, at in item.of(key):
            newest = leg.answer.newest(at, role)
            span = self._coverage.span(leg.measure.dataset)
            if newest is None and span and leg.measure.coverage != "stock":
                newest = datetime.combine(min(span.last, period.end), time())
            if newest:
                found.append(newest)
        if found:
            return min(found)
        return datetime.combine(min(period.end, self._today), time())

    def _status(
        self, item: Resolved, value: Decimal | None, rows: int, newest: datetime | None, period: Period, key: str
    ) -> tuple[FactStatus, str]:
        if value is None:
            return "empty", self._why_empty(item, period, key)
        late = self._late(item, period, key)
        if late:
            return "partial", late
        if period.end >= self._today and not self._all_reach(item, period):
            return "partial", f"统计期{period.label}尚未结束（业务日期{self._today.isoformat()}），为截至目前的数据"
        return "ok", ""

    def _why_empty(self, item: Resolved, period: Period, key: str) -> str:
        legs = item.of(key)
        gone = [leg for leg, at in legs if not leg.answer.rows(at, _role(item, period))
                and leg.measure.coverage not in {"event", "stock"} or not self._coverage.covers(leg.measure.dataset, period)]
        if gone:
            names = "、".join(dict.fromkeys(self._catalog.datasets[leg.measure.dataset].label for leg in gone))
            span = self._coverage.span(gone[0].measure.dataset)
            held = f"（现有数据{span.first.isoformat()}至{span.last.isoformat()}）" if span else ""
            return f"{period.label}没有{names}数据{held}"
        return f"{period.label}没有可计算的对象（分母为零）"

    def _late(self, item: Resolved, period: Period, key: str) -> str:
        for leg, at in item.of(key):
            dataset, measure = leg.measure.dataset, leg.measure
            span = self._coverage.span(dataset)
            if span is None:
                continue
            label = self._catalog.datasets[dataset].label
            if not measure.since and not span.starts_by(_read(measure, period), self._coverage.slack(dataset)):
                return f"{label}自{span.first.isoformat()}起才有数据，未覆盖整个统计期"
            if not span.reaches(period, self._coverage.slack(dataset)):
                return f"{label}数据截至{span.last.isoformat()}，未覆盖整个统计期"
            newest = leg.answer.newest(at, _role(item, period))
            if measure.coverage == "daily" and newest and newest.date() < min(period.end, span.last):
                return f"{label}数据截至{newest.date().isoformat()}，未覆盖整个统计期"
        return ""

    def _all_reach(self, item: Resolved, period: Period) -> bool:
        spans = [self._coverage.span(leg.measure.dataset) for leg in item.legs if leg.measure.coverage != "stock"]
        return bool(spans) and all(span is not None and span.reaches(period, 0) for span in spans)

    def _compare(self, item: Resolved, bucket: Bucket, key: str, value: Decimal | None) -> Compare:
        rule = item.indicator.compare
        windows, shown = item.layout.windows, bucket.period

        def at(role: str) -> Decimal | None:
            return self._value(item, role, key, bucket.cur) if role else None

        yoy, mom, ytd, ytd_base = at(bucket.yoy), at(bucket.mom), at(bucket.ytd), at(bucket.ytd_yoy)
        if value is None:
            return Compare(rule=rule.change, yoy_base=yoy, mom_base=mom)
        daily = None
        if rule.daily and bucket.mom:
            daily = daily_change(value, shown.days, mom, windows[bucket.mom].days)
        return Compare(
            rule=rule.change,
            yoy=change(value, yoy, rule.change),
            mom=change(value, mom, rule.change),
            ytd=ytd,
            ytd_yoy=change(ytd, ytd_base, rule.change),
            mom_daily=daily,
            yoy_base=yoy,
            mom_base=mom,
            ytd_base=ytd_base,
        )

    def _common(
        self, item: Resolved, bucket: Bucket, key: str, rows: int, newest: datetime | None
    ) -> dict[str, Any]:
        indicator = item.indicator
        answers = list({id(leg.answer): leg.answer for leg, _ in item.of(key)}.values()) or [
            leg.answer for leg in item.legs
        ]
        dim = item.by if item.grouped else item.by or ""
        member = key if item.grouped else bucket.key
        org = member if item.by == "org" else item.ask.org
        period, window = bucket.period, item.layout.windows[bucket.cur]
        hours = {"days": str(window.days), "hours": str(window.days * 24)}
        params = {name: value for answer in answers for name, value in answer.params.items()}
        return {
            "indicator": indicator.id,
            "name": indicator.name,
            "unit": indicator.unit,
            "decimals": indicator.decimals,
            "kind": indicator.kind,
            "direction": indicator.direction,
            "period": period,
            "org": org,
            "org_name": self._labels.org(org),
            "by": By(dim=dim, key=member, label=self._labels.of(dim, member)) if dim else None,
            "caliber": indicator.caliber,
            "caliber_version": f"{indicator.version}/{self._catalog.thresholds.version}",
            "source": "+".join(dict.fromkeys(answer.source for answer in answers)) or "+".join(indicator.sources),
            "datasets": tuple(dict.fromkeys(leg.measure.dataset for leg in item.legs)),
            "query": "\n".join(answer.sql for answer in answers),
            "params": {**params, "org": answers[0].org if answers else item.ask.org},
            "row_count": rows,
            "as_of": newest,
            "method": renamed(item.value, lambda name: hours.get(name) or f"{name}__{bucket.cur}"),
        }

    def _blank(self, item: Resolved, status: FactStatus, reason: str) -> Fact:
        """A fact without a number: why there is none is all it says."""
        bucket = Bucket(item.ask.period)
        common = self._common(item, bucket, "", 0, None) if "cur" in item.layout.windows else None
        if common is None:
            bucket = Bucket(item.ask.period, cur=next(iter(item.layout.windows)))
            common = self._common(item, bucket, "", 0, None)
        common |= {"by": None, "org": item.ask.org, "org_name": self._labels.org(item.ask.org)}
        return Fact(id=self._ids(), value=None, status=status, reason=reason,
                    compare=Compare(rule=item.indicator.compare.change), **common)


def _role(item: Resolved, period: Period) -> str:
    return next(bucket.cur for bucket in item.layout.buckets if bucket.period == period)


def _read(measure: Measure, window: Period) -> Period:
    """The range of days that a measure reads for a window."""
    start = shift_months(window.start, -measure.lookback_months)
    return Period(start=start, end=window.end, grain="range")
