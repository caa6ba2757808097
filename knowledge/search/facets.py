"""Filters of a search as arrays: what documents have in common is decided once for each value, not for each row."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.domain.actor import Actor
from knowledge.search.document import Doc, visible

V = TypeVar("V", bound=Hashable)
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Wanted:
    """The filter of a search: `org` keeps that unit and those below it; kinds, period and template are kept when equal.

    None keeps all.
    """

    kinds: Sequence[str] | None = None
    org: str | None = None
    period: str | None = None
    template: str | None = None


@dataclass(frozen=True)
class Column(Generic[V]):
    """One property of all rows: its distinct values, and which of them each row has."""

    values: tuple[V, ...]
    rows: NDArray[np.int32]

    @classmethod
    def of(cls, each: Iterable[V]) -> Column[V]:
        seen: dict[V, int] = {}
        rows = np.array([seen.setdefault(value, len(seen)) for value in each], dtype=np.int32)
        return cls(tuple(seen), rows)

    def where(self, keep: Callable[[V], bool]) -> Mask:
        accepted = np.array([keep(value) for value in self.values], dtype=np.bool_)
        return accepted[self.rows] if len(accepted) else np.zeros(0, dtype=np.bool_)


def section_of(doc: Doc) -> tuple[str, str]:
    """Template and heading of a section of a report; ("", "") for what stands for itself."""
    heading = str(doc.facts.get("heading", ""))
    return (doc.template, heading) if heading else ("", "")


@dataclass(frozen=True)
class Facets:
    """Who may see a row, and what it is. `section` is what the sections of many reports have in common, `recent` grows
    with the end of a report's period."""

    scope: Column[tuple[str, str]]
    kind: Column[str]
    period: Column[str]
    template: Column[str]
    section: Column[tuple[str, str]]
    recent: NDArray[np.int32]

    @classmethod
    def of(cls, docs: Sequence[Doc]) -> Facets:
        return cls(
            Column.of((doc.org, doc.label) for doc in docs),
            Column.of(str(doc.kind) for doc in docs),
            Column.of(doc.period for doc in docs),
            Column.of(doc.template for doc in docs),
            Column.of(section_of(doc) for doc in docs),
            np.unique([str(doc.facts.get("period_end", "")) for doc in docs], return_inverse=True)[1].astype(np.int32),
        )

    def mask(self, actor: Actor, wanted: Wanted) -> Mask:
        """The rows that take part: visible to the actor and wanted."""
        kinds, org = wanted.kinds, wanted.org

        def open_to(scope: tuple[str, str]) -> bool:
            return visible(actor, *scope) and (org is None or (bool(scope[0]) and scope[0].startswith(org)))

        mask = self.scope.where(open_to)
        if kinds is not None:
            mask &= self.kind.where(lambda value: value in kinds)
        if wanted.period is not None:
            mask &= self.period.where(lambda value: value == wanted.period)
        if wanted.template is not None:
            mask &= self.template.where(lambda value: value == wanted.template)
        return mask
