"""Labels: the Chinese names of members (units, industries, areas, customers)."""

from __future__ import annotations

from collections.abc import Sequence

from core.domain.fact import Fact
from core.domain.org import OrgTree
from core.domain.period import Period
from knowledge.catalog import Catalog
from tools.fetch import Gate, Query

_NAMED = {
    "tg": ("equipment", "transformer", "tg_no", "tg_name"),
    "customer": ("marketing", "customer", "cons_no", "cons_name"),
}
MOST = 2_000
"""Members of one answer that are given a name; the rest keep their key."""
CHUNK = 400


class Labels:
    """Names from the dictionary, the organisation tree, and for areas and customers from their archives."""

    def __init__(self, gate: Gate, catalog: Catalog, tree: OrgTree) -> None:
        self._gate = gate
        self._catalog = catalog
        self._tree = tree
        self._found: dict[tuple[str, str], str] = {}

    def named(self, answers: Sequence[Sequence[Fact]]) -> list[list[Fact]]:
        """The facts with the names of areas and customers put in; only members that became facts are looked up."""
        wanted: dict[tuple[str, str], dict[str, None]] = {}
        for facts in answers:
            for fact in facts:
                if fact.by and fact.by.dim in _NAMED and fact.by.key:
                    wanted.setdefault((fact.by.dim, fact.org), {})[fact.by.key] = None
        for (dim, org), keys in wanted.items():
            found = list(keys)[:MOST]
            for start in range(0, len(found), CHUNK):
                self._look_up(dim, org, found[start : start + CHUNK])
        return [[self._labelled(fact) for fact in facts] for facts in answers]

    def _look_up(self, dim: str, org: str, keys: list[str]) -> None:
        source, table, key, name = _NAMED[dim]
        places = ", ".join(f":k{i}" for i in range(len(keys)))
        sql = f"SELECT t.{key} AS {key}, t.{name} AS {name} FROM {table} AS t WHERE t.{key} IN ({places})"
        outcome = self._gate.run(Query(source, sql, {f"k{i}": k for i, k in enumerate(keys)}, org, "名称"))
        if outcome.status == "ok":
            self._found.update({(dim, str(row[0])): str(row[1]) for row in outcome.rows if row[1]})

    def _labelled(self, fact: Fact) -> Fact:
        if fact.by is None or (fact.by.dim, fact.by.key) not in self._found:
            return fact
        label = self._found[(fact.by.dim, fact.by.key)]
        return fact.model_copy(update={"by": fact.by.model_copy(update={"label": label})})

    def of(self, dim: str, key: str) -> str:
        """The label of a member; its key where no name is known, 未分类 where it has no key."""
        if dim == "org":
            unit = self._tree.get(key)
            return unit.short if unit else key
        if dim in {"month", "day"}:
            return Period.parse(key).label
        return self._found.get((dim, key)) or self._catalog.labels(dim, key)

    def org(self, code: str) -> str:
        """The full name of a unit; '' where the actor's tree does not hold it."""
        found = self._tree.get(code)
        return found.name if found else ""
