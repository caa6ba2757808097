"""Labels: the Chinese names of members (units, industries, areas, customers)."""

from __future__ import annotations

from collections.abc import Iterable

from core.domain.org import OrgTree
from core.domain.period import Period
from knowledge.catalog import Catalog
from tools.fetch import Gate, Query
from tools.indicators.resolved import Resolved

_NAMED = {
    "tg": ("equipment", "transformer", "tg_no", "tg_name"),
    "customer": ("marketing", "customer", "cons_no", "cons_name"),
}
MOST = 200


class Labels:
    """Names from the dictionary, the organisation tree, and for areas and customers from their archives."""

    def __init__(self, gate: Gate, catalog: Catalog, tree: OrgTree) -> None:
        self._gate = gate
        self._catalog = catalog
        self._tree = tree
        self._found: dict[tuple[str, str], str] = {}

    def prepare(self, resolved: Iterable[Resolved]) -> None:
        """Look up the names of areas and customers that will be printed (at most 200 of each ask)."""
        wanted: dict[str, dict[str, str]] = {}
        for item in resolved:
            if item.by in _NAMED:
                wanted.setdefault(item.by, {}).update(dict.fromkeys(item.member_keys()[:MOST], item.ask.org))
        for dim, keys in wanted.items():
            source, table, key, name = _NAMED[dim]
            for org in dict.fromkeys(keys.values()):
                mine = [k for k in keys if keys[k] == org and k]
                if not mine:
                    continue
                places = ", ".join(f":k{i}" for i in range(len(mine)))
                sql = f"SELECT t.{key} AS {key}, t.{name} AS {name} FROM {table} AS t WHERE t.{key} IN ({places})"
                outcome = self._gate.run(Query(source, sql, {f"k{i}": k for i, k in enumerate(mine)}, org, "名称"))
                if outcome.status == "ok":
                    self._found.update({(dim, str(row[0])): str(row[1]) for row in outcome.rows if row[1]})

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
