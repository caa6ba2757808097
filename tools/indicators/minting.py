"""Minting: numbers of the sources become facts with status, comparison and provenance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.domain.fact import By, Compare, Fact, FactStatus
from core.domain.org import OrgTree
from core.domain.supplement import Supplement
from knowledge.catalog import Catalog
from tools.indicators.answers import Answer
from tools.indicators.compare import change, daily_change
from tools.indicators.expression import renamed
from tools.indicators.labels import Labels
from tools.indicators.resolved import Resolved
from tools.indicators.standing import Standing
from tools.indicators.supplied import Supplied, said, whole
from tools.indicators.windows import Bucket

ENGINE = "engine/1"
"""Who computed a measured fact; the number rises when the same query would be read differently."""

DIVIDING = frozenset({"industry", "tariff_class", "voltage", "biz_type"})
"""Dimensions whose members make up the whole."""
UNDIVIDED = "supplement"
"""The member that holds what people supplied."""


class Mint:
    """Makes the facts of resolved asks, in order; `ids` is called once for each fact that is kept."""

    def __init__(
        self,
        catalog: Catalog,
        standing: Standing,
        ids: Callable[[], str],
        labels: Labels,
        supplied: Supplied,
        tree: OrgTree,
    ) -> None:
        self._catalog = catalog
        self._standing = standing
        self._ids = ids
        self._labels = labels
        self._supplied = supplied
        self._tree = tree

    def facts(self, item: Resolved) -> list[Fact]:
        """One fact, or one for each member or bucket in its order."""
        failed = self._standing.failure(item)
        if failed:
            return [self._blank(item, *failed)]
        drafts = [
            draft
            for bucket in item.layout.buckets
            for key in item.member_keys()
            if (draft := self._draft(item, bucket, key)) is not None
        ]
        if item.grouped and item.by != "org":
            # equal ones by their key: the engine groups in any order
            drafts.sort(key=lambda draft: (draft["value"] is None, -(draft["value"] or Decimal(0)), draft["by"].key))
        if not drafts:
            return [self._blank(item, "empty", f"{item.ask.period.label}没有可按此维度拆分的数据")]
        drafts += self._undivided(item)
        return [Fact(id=self._ids(), **draft) for draft in drafts[: item.ask.limit]]

    def _draft(self, item: Resolved, bucket: Bucket, key: str) -> dict[str, Any] | None:
        """The fields of one fact; None for a member that has rows neither now nor in a base period."""
        period, blank = bucket.period, Compare(rule=item.indicator.compare.change)
        early = self._standing.not_begun(period)
        if early:
            common = self._common(item, bucket, key, 0, None)
            return {**common, "value": None, "compare": blank, "status": "empty", "reason": early}
        held = self._standing.value(item, bucket.cur, key, bucket.cur)
        counted = self._counted(item, bucket.cur, key)
        value = self._with(held, counted)
        rows = sum({id(leg.answer): leg.answer.rows(at, bucket.cur) for leg, at in item.of(key)}.values())
        status, reason = self._standing.status(item, value, period, key, counted)
        if counted and held is None:
            part = f"来源没有{period.label}的数据，仅含部分单位或部分时段的人工补录"
            complete = whole(counted, self._org(item, key), period, self._tree)
            status, reason = ("ok", "") if complete else ("partial", part)
        if item.grouped and item.by != "org" and not rows:
            if not any(self._standing.value(item, r, key, bucket.cur) for r in (bucket.yoy, bucket.mom) if r):
                return None
            if item.indicator.kind in {"amount", "count"} and status == "empty" and not self._lacks(item, bucket, key):
                value, status, reason = Decimal(0), "ok", ""
        newest = (
            self._standing.newest(item, key, period)
            if held is not None
            else max((one.at for one in counted), default=self._standing.newest(item, key, period))
        )
        return {
            **self._common(item, bucket, key, rows, newest),
            **self._marks(item, bucket, key, counted),
            "value": value,
            "compare": self._compare(item, bucket, key, value, status),
            "status": status,
            "reason": reason,
        }

    def _lacks(self, item: Resolved, bucket: Bucket, key: str) -> bool:
        """Whether units lack rows of the period, so that a member without rows is not known to be zero."""
        return any(self._standing.lack(item, leg, key, bucket.cur) for leg, _ in item.of(key))

    def _compare(self, item: Resolved, bucket: Bucket, key: str, value: Decimal | None, status: FactStatus) -> Compare:
        """Comparisons by the indicator's rule; an unfinished amount is not compared with whole periods."""
        rule = item.indicator.compare

        def at(role: str) -> Decimal | None:
            if not role:
                return None
            counted = self._counted(item, role, key)
            held = self._standing.value(item, role, key, bucket.cur, counted)
            # a base that the source has nothing for is not what a few units supplied
            part = held is None and not whole(counted, self._org(item, key), item.layout.windows[role], self._tree)
            return None if part else self._with(held, counted)

        yoy, mom, ytd, ytd_base = at(bucket.yoy), at(bucket.mom), at(bucket.ytd), at(bucket.ytd_yoy)
        if value is None:
            return Compare(rule=rule.change, yoy_base=yoy, mom_base=mom)
        known = Compare(rule=rule.change, ytd=ytd, yoy_base=yoy, mom_base=mom, ytd_base=ytd_base)
        if status == "partial" and rule.ytd == "sum":
            return known
        days = item.layout.windows[bucket.mom].days if bucket.mom else 0
        return known.model_copy(
            update={
                "yoy": change(value, yoy, rule.change),
                "mom": change(value, mom, rule.change),
                "ytd_yoy": change(ytd, ytd_base, rule.change),
                "mom_daily": daily_change(value, bucket.period.days, mom, days) if rule.daily and days else None,
            }
        )

    def _undivided(self, item: Resolved) -> list[dict[str, Any]]:
        """What people supplied for the whole has no industry or class: a part of its own, so that parts sum up."""
        bucket = item.layout.buckets[0]
        window = item.layout.windows[bucket.cur]
        if item.by not in DIVIDING:
            return []
        counted = self._supplied.counted(item.indicator, item.ask.org, window)
        if not counted:
            return []
        return [
            {
                **self._common(item, bucket, "", 0, max(one.at for one in counted)),
                "by": By(dim=item.by, key=UNDIVIDED, label="人工补录（未分类）"),
                "org": item.ask.org,
                "org_name": self._labels.org(item.ask.org),
                "value": self._with(None, counted),
                "compare": Compare(rule=item.indicator.compare.change),
                "supplement": said(counted, item.ask.org, window, self._tree),
                "inputs": {"supplements": [one.id for one in counted]},
            }
        ]

    def _org(self, item: Resolved, key: str) -> str:
        return key if item.by == "org" and key else item.ask.org

    def _counted(self, item: Resolved, role: str, key: str) -> list[Supplement]:
        """Supplements of a unit's number in a window; members of other dimensions have none."""
        if item.by not in {"", "org", "month"}:
            return []
        return self._supplied.counted(item.indicator, self._org(item, key), item.layout.windows[role])

    def _with(self, held: Decimal | None, counted: Sequence[Supplement]) -> Decimal | None:
        return sum((one.value for one in counted), held or Decimal(0)) if counted else held

    def _marks(self, item: Resolved, bucket: Bucket, key: str, counted: Sequence[Supplement]) -> dict[str, Any]:
        """Which supplements are in the number, which the source has overtaken, and which cannot be added up."""
        org, window = self._org(item, key), item.layout.windows[bucket.cur]
        plain = item.by in {"", "org", "month"}
        late = self._supplied.outdone(item.indicator, org, window) if plain else []
        apart = self._supplied.apart(item.indicator, org, window) if plain else []
        inputs: dict[str, Any] = {}
        if counted:
            inputs["supplements"] = [one.id for one in counted]
        if late:
            inputs["outdone"] = [one.id for one in late]
        if apart:
            inputs["apart"] = [one.id for one in apart]
        return {"supplement": said(counted, org, window, self._tree) if counted else "", "inputs": inputs}

    def _common(self, item: Resolved, bucket: Bucket, key: str, rows: int, newest: datetime | None) -> dict[str, Any]:
        indicator = item.indicator
        mine = [leg for leg, _ in item.of(key)] or list(item.legs)
        answers: list[Answer] = list({id(leg.answer): leg.answer for leg in mine}.values())
        member = key if item.grouped else bucket.key
        org = member if item.by == "org" and member else item.ask.org
        window = item.layout.windows[bucket.cur]
        constants = {"days": str(window.days), "hours": str(window.days * 24)}
        scope = answers[0].org if answers else item.ask.org
        return {
            "indicator": indicator.id,
            "name": indicator.name,
            "unit": indicator.unit,
            "decimals": indicator.decimals,
            "kind": indicator.kind,
            "direction": indicator.direction,
            "period": bucket.period,
            "org": org,
            "org_name": self._labels.org(org),
            "by": self._by(item, member),
            "caliber": indicator.caliber,
            "caliber_version": f"{indicator.version}/{self._catalog.thresholds.version}",
            "source": "+".join(dict.fromkeys(answer.source for answer in answers)) or "+".join(indicator.sources),
            "datasets": tuple(dict.fromkeys(leg.measure.dataset for leg in mine)),
            "query": "\n".join(answer.sql for answer in answers),
            "params": {**{name: value for answer in answers for name, value in answer.params.items()}, "org": scope},
            "row_count": rows,
            "computed_by": ENGINE,
            "as_of": newest,
            "method": renamed(item.value, lambda name: constants.get(name) or f"{name}__{bucket.cur}"),
        }

    def _by(self, item: Resolved, member: str) -> By | None:
        if not item.by or not (member or item.grouped):
            return None
        return By(dim=item.by, key=member, label=self._labels.of(item.by, member))

    def _blank(self, item: Resolved, status: FactStatus, reason: str) -> Fact:
        """A fact without a number: why there is none is all it says."""
        common = self._common(item, Bucket(item.ask.period, cur=next(iter(item.layout.windows))), "", 0, None)
        common |= {"by": None, "org": item.ask.org, "org_name": self._labels.org(item.ask.org)}
        blank = Compare(rule=item.indicator.compare.change)
        return Fact(id=self._ids(), value=None, status=status, reason=reason, compare=blank, **common)
