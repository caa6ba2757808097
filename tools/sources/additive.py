"""Which statements a roll-up answers exactly, and the same statements over the roll-up.

A roll-up holds one row per unit, transformer area and day: how many readings there are, how many of them are known,
and their exact sums. A SELECT over the dataset alone may read it instead when the reading columns stand only in SUM
(plain, or chosen by a CASE over keys) or COUNT, and everything else is made of keys. Nothing else is recognised; what
is not recognised reads the dataset itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tools.sources import Column, Dataset, columns
from tools.sources.mapping import DatasetMap, SourceMap
from tools.sources.rewrite import Plan, rewrite
from tools.sources.statement import Statement

if TYPE_CHECKING:
    from sqlglot import exp

DATASET = "energy_day"
KEYS = ("org_code", "tg_no", "date")
READINGS = ("fwd_kwh", "rev_kwh")
ROWS = "n"
"""Roll-up column: how many rows there are; `known(reading)` of them have the reading."""
TABLE = "energy_day_rollup"

_PARTS = frozenset({"kind", "hint", "expressions", "operation_modifiers", "from_", "where", "group", "having", "order"})
_PLAIN = """
Column Identifier Literal Boolean Null Placeholder Alias Paren Case If Cast DataType DataTypeParam Var Interval
And Or Not EQ NEQ GT GTE LT LTE Is In Between Like StartsWith Substring Left Right Coalesce Add Sub Tuple
Year Month Day Quarter DateTrunc TimestampTrunc TimeToStr Order Ordered Where Group Having
"""


def known(reading: str) -> str:
    """The roll-up column that counts the rows in which a reading is not null."""
    return f"{reading}_n"


def over_rollup(statement: Statement, catalog: str, limit: int) -> Plan | None:
    """The plan of an equal statement over `catalog`.main.`TABLE`; None where the roll-up does not answer it exactly."""
    from sqlglot import exp

    if statement.datasets != (DATASET,):
        return None
    tree = statement.tree.copy()
    for table in [item for item in tree.find_all(exp.Table) if item.name == DATASET]:
        select = table.parent.parent if isinstance(table.parent, exp.From) else None
        if not isinstance(select, exp.Select) or not _additive(select, table):
            return None
        for aggregate in list(select.find_all(exp.Count)):
            _count_rows(aggregate, table.alias)
    inner = replace(statement, source=replace(statement.source, datasets=(_declared(statement),)), tree=tree)
    site = SourceMap({DATASET: DatasetMap(table=f"{catalog}.main.{TABLE}")})
    return rewrite(inner, site, "duckdb", catalog, limit)


def _declared(statement: Statement) -> Dataset:
    dataset = statement.source.dataset(DATASET)
    assert dataset is not None
    counts: tuple[Column, ...] = columns(" ".join(f"{name}:int" for name in (ROWS, *map(known, READINGS))))
    return replace(dataset, columns=(*dataset.columns, *counts))


def _additive(select: exp.Select, table: exp.Table) -> bool:
    from sqlglot import exp

    if any(value and key not in _PARTS for key, value in select.args.items()):
        return False
    if any(value and key not in {"this", "alias"} for key, value in table.args.items()):
        return False
    group = select.args.get("group")
    if group is not None and any(value and key != "expressions" for key, value in group.args.items()):
        return False
    outside = [node for part in _clauses(select) for node in _outside(part)]
    aggregates = [node for node in outside if isinstance(node, exp.AggFunc)]
    if not aggregates and group is None:
        return False
    return all(_exact(node, table.alias) for node in aggregates) and all(
        _plain(node, table.alias) for node in outside if not isinstance(node, exp.AggFunc)
    )


def _clauses(select: exp.Select) -> Iterator[exp.Expr]:
    yield from select.expressions
    for key in ("where", "group", "having", "order"):
        if select.args.get(key):
            yield select.args[key]


def _outside(part: exp.Expr) -> Iterator[exp.Expr]:
    """Every node of a clause; aggregates are given whole, not entered."""
    from sqlglot import exp

    yield from part.walk(prune=lambda node: isinstance(node, exp.AggFunc))


def _plain(node: exp.Expr, alias: str) -> bool:
    """Whether a node is made of keys and constants; a bare name in ORDER BY is a column of the result."""
    from sqlglot import exp

    if type(node).__name__ not in _PLAIN.split():
        return False
    if not isinstance(node, exp.Column):
        return True
    if not node.table:
        return node.find_ancestor(exp.Order) is not None
    return node.table == alias and node.name in KEYS


def _keyed(node: exp.Expr, alias: str) -> bool:
    return all(_plain(item, alias) for item in node.walk())


def _exact(aggregate: exp.Expr, alias: str) -> bool:
    from sqlglot import exp

    value = aggregate.this
    if type(aggregate).__name__ not in {"Sum", "Count", "Min", "Max"} or aggregate.expressions or value is None:
        return False
    match aggregate:
        case exp.Min() | exp.Max():
            return _keyed(value, alias)
        case exp.Sum():
            return _reading(value, alias) or (isinstance(value, exp.Case) and _chosen(value, alias))
        case exp.Count() if isinstance(value, exp.Distinct):
            return len(value.expressions) == 1 and not value.args.get("on") and _keyed(value.expressions[0], alias)
        case exp.Count():
            return isinstance(value, exp.Star) or _number(value) or _reading(value, alias)
        case _:
            return False


def _reading(node: exp.Expr, alias: str) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Column) and node.table == alias and node.name in READINGS


def _number(node: exp.Expr) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Literal) and not node.is_string


def _chosen(case: exp.Case, alias: str) -> bool:
    """CASE over keys whose branches are readings, NULL or 0: the choice is the same for every row of a roll-up row."""
    from sqlglot import exp

    branches = [item.args["true"] for item in case.args["ifs"]]
    branches += [case.args["default"]] if case.args.get("default") else []
    tests = [item.this for item in case.args["ifs"]] + ([case.this] if case.this else [])

    def fits(node: exp.Expr) -> bool:
        zero = _number(node) and node.this == "0"
        return zero or isinstance(node, exp.Null) or _reading(node, alias)

    return all(map(fits, branches)) and all(_keyed(test, alias) for test in tests)


def _count_rows(count: exp.Expr, alias: str) -> None:
    """COUNT of rows or of a reading becomes the sum of the roll-up's counts: 0 where there are none, as COUNT is."""
    from sqlglot import exp

    if isinstance(count.this, exp.Distinct):
        return
    name = known(count.this.name) if isinstance(count.this, exp.Column) else ROWS
    total = exp.Sum(this=exp.column(name, table=alias, quoted=True))
    count.replace(exp.cast(exp.Coalesce(this=total, expressions=[exp.Literal.number(0)]), "BIGINT"))
