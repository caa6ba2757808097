"""Resolved asks: an ask together with the answers that its measures received."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.indicator import Indicator, Measure
from core.domain.period import Period
from tools.indicators.answers import Answer
from tools.indicators.ask import Ask
from tools.indicators.windows import Layout


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

    def member_keys(self) -> list[str]:
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

    def role(self, period: Period) -> str:
        """The role of the window of a result period."""
        return next(bucket.cur for bucket in self.layout.buckets if bucket.period == period)
