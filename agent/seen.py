"""What the rule model sees of one tool result: briefs of facts without numbers, findings, passages and errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.domain.fact import Fact


@dataclass(frozen=True)
class Seen:
    """One fact as the rule model sees it. `order` is the number used for sorting only; it is never written."""

    id: str
    indicator: str
    name: str
    org_name: str
    status: str
    period: str = ""
    label: str = ""
    dim: str = ""
    reason: str = ""
    sources: tuple[str, ...] = ()
    zero: bool = False
    has: frozenset[str] = frozenset()
    order: Decimal | None = None
    yoy: Decimal | None = None
    mom: Decimal | None = None


@dataclass
class Results:
    """All results of a turn, in order."""

    facts: list[Seen] = field(default_factory=list)
    findings: list[dict[str, str]] = field(default_factory=list)
    hits: list[dict[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    places: dict[str, list[str]] = field(default_factory=dict)
    note: str = ""
    about: str = ""
    each: list[Results] = field(default_factory=list)
    """The results of each tool call by itself, where there is more than one unit to speak of."""

    @property
    def units(self) -> list[Results]:
        """The results unit by unit, in the order asked; themselves where one unit was asked about."""
        named: dict[str, Results] = {}
        for one in self.each:
            named.setdefault(one.about, Results(about=one.about)).add(one)
        return list(named.values()) if len(named) > 1 else [self]

    def add(self, other: Results) -> None:
        """Take over what another result holds."""
        self.facts += other.facts
        self.findings += other.findings
        self.hits += other.hits
        self.errors += other.errors
        for name, ids in other.places.items():
            self.places.setdefault(name, []).extend(ids)
        self.note = other.note or self.note

    def take(self, content: str, known: Callable[[str], Fact | None]) -> None:
        """Add one tool result (JSON as the toolbox writes it); text that is no JSON counts as an error sentence."""
        try:
            data = json.loads(content)
        except json.JSONDecodeError:
            data = {"error": content}
        if isinstance(data, list):
            data = {"facts": data}
        if not isinstance(data, dict):
            data = {"error": str(data)}
        one = Results(about=str(data.get("about") or ""), note=str(data.get("note") or ""))
        if data.get("error"):
            one.errors.append(str(data["error"]))
        one.facts += [_seen(item, known(str(item.get("id", "")))) for item in data.get("facts") or []]
        one.findings += list(data.get("findings") or [])
        one.hits += list(data.get("hits") or [])
        one.places.update(data.get("places") or {})
        self.each.append(one)
        self.add(one)


def _seen(item: Mapping[str, Any], fact: Fact | None) -> Seen:
    by = item.get("by") or {}
    compare = item.get("compare") or {}
    has = item.get("has")
    if has is None:
        has = [name for name, value in compare.items() if value is not None]
    value = fact.value if fact else _decimal(item.get("value"))
    if value is None and item.get("rank") is not None:
        value = -Decimal(str(item["rank"]))
    return Seen(
        id=str(item.get("id", "")),
        indicator=str(item.get("indicator", "")),
        name=str(item.get("name", "")),
        org_name=str(item.get("org_name", "")),
        status=str(item.get("status", "ok")),
        period=str(item["period"]) if isinstance(item.get("period"), str) else "",
        label=str(by.get("label", "")),
        dim=str(by.get("dim", "")),
        reason=str(item.get("reason", "")),
        sources=tuple(str(name) for name in item.get("sources", [])),
        zero=bool(item.get("zero", value == 0 if value is not None else False)),
        has=frozenset(has),
        order=value,
        yoy=fact.compare.yoy if fact else _decimal(compare.get("yoy")),
        mom=fact.compare.mom if fact else _decimal(compare.get("mom")),
    )


def _decimal(value: Any) -> Decimal | None:
    return Decimal(str(value)) if isinstance(value, int | float | str) and value != "" else None


def labelled(labels: dict[str, str], text: str) -> str:
    """The token of a text that holds names or digits of its own."""
    name = f"label_{len(labels) + 1}"
    labels[name] = text
    return f"{{{{{name}}}}}"
