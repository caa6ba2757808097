"""A canonical statement: parsed, allowed, resolved. Nothing here knows an actor, a unit or an engine."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from core.errors import BadRequest, Refused
from tools.sources import Dataset, Sensitive, Source, all_sources

if TYPE_CHECKING:
    from sqlglot import exp

DIALECT = "duckdb"
Kind = Literal["decimal", "date", "time", "bool", "other"]


@dataclass(frozen=True)
class Output:
    """One column of the result: its name, which masking rule it falls under, and how its values are typed."""

    name: str
    sensitive: Sensitive | None
    kind: Kind


@dataclass(frozen=True)
class Statement:
    """One allowed SELECT. `tree` is qualified and must be copied before it is changed; `text` is what provenance keeps.

    `datasets` are the canonical tables it reads, `binds` its parameters, `dated` those compared with a DATE or
    TIMESTAMP column, `patterns` those compared with free text (their values may hold no digits).
    """

    source: Source
    text: str
    tree: exp.Expr
    datasets: tuple[str, ...]
    outputs: tuple[Output, ...]
    binds: frozenset[str]
    dated: dict[str, Kind]
    patterns: frozenset[str]
    plain_cust_type: bool
    """Whether an output `cust_type` is the customer's own column, so that it may decide how names are masked."""


@lru_cache(maxsize=512)
def statement(source_name: str, sql: str) -> Statement:
    """Parse and resolve one statement; the result depends on nothing else, so it is remembered.

    Raises Refused for what is not allowed and BadRequest for what cannot be understood.
    """
    from sqlglot.optimizer.annotate_types import annotate_types

    from tools.sources.grammar import check_grammar
    from tools.sources.lineage import outputs_of

    source = all_sources()[source_name]
    tree = _parse(sql)
    check_grammar(tree)
    datasets = _datasets(tree, source)
    text = tree.sql(dialect=DIALECT, comments=False)
    text = re.sub(r"\$([A-Za-z_]\w*)", r":\1", text) if "$" not in sql else sql.strip().rstrip(";")
    resolved = _qualify(tree, source)
    check_grammar(resolved)
    resolved = annotate_types(resolved, schema=_schema(source), dialect=DIALECT)
    outputs, patterns = outputs_of(resolved, source)
    return Statement(
        source,
        text,
        resolved,
        datasets,
        outputs,
        frozenset(_binds(resolved)),
        _dated(resolved),
        patterns,
        _plain_cust_type(resolved),
    )


def _parse(sql: str) -> exp.Expr:
    import sqlglot
    from sqlglot.errors import SqlglotError

    from tools.sources.grammar import MAX_LENGTH

    if len(sql) > MAX_LENGTH:
        raise Refused("查询语句太长太复杂", "请拆成几条较小的查询")
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        trees = [tree for tree in sqlglot.parse(sql, dialect=DIALECT) if tree is not None]
    except (SqlglotError, RecursionError, ValueError) as error:
        raise BadRequest("查询语句有语法错误，数据没有读取", "请检查语句的括号、引号和关键字") from error
    if len(trees) != 1:
        raise Refused("一次只允许一条 SELECT 查询", "请去掉分号后面的内容")
    return trees[0]


def _datasets(tree: exp.Expr, source: Source) -> tuple[str, ...]:
    from sqlglot import exp

    found: dict[str, None] = {}
    for cte in tree.find_all(exp.CTE):
        if source.dataset(cte.alias.lower()):
            raise Refused(f"WITH 的名字 {cte.alias} 与数据表重名", "请换一个名字")
    for table in tree.find_all(exp.Table):
        name = table.name.lower()
        if name in _visible(table):
            continue
        if source.dataset(name) is None:
            raise Refused(f"{source.label}没有数据表 {name}，或它不对外开放", "请只用数据约定里列出的表名")
        found[name] = None
    return tuple(found)


def _visible(table: exp.Expr) -> set[str]:
    """Names of the common table expressions that a table reference can see from its place."""
    from sqlglot import exp

    names: set[str] = set()
    node = table
    while node.parent is not None:
        parent = node.parent
        if isinstance(parent, exp.With):
            before = parent.expressions[: parent.expressions.index(node)]
            names.update(cte.alias.lower() for cte in before)
        elif not isinstance(node, exp.With) and parent.args.get("with_"):
            names.update(cte.alias.lower() for cte in parent.args["with_"].expressions)
        node = parent
    return names


def _schema(source: Source) -> dict[str, object]:
    return {dataset.name: {column.name: column.type for column in dataset.columns} for dataset in source.datasets}


def _qualify(tree: exp.Expr, source: Source) -> exp.Expr:
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.qualify import qualify

    try:
        return qualify(tree, schema=_schema(source), dialect=DIALECT)
    except (SqlglotError, RecursionError) as error:
        named = re.search(r"[Cc]olumn '?\"?([\w.\"]+)", str(error))
        what = f"列 {named[1].strip(chr(34))} 不存在或指代不明" if named else "有无法辨认的列"
        raise BadRequest(f"查询语句{what}，数据没有读取", f"请按数据约定检查{source.label}的列名") from error


def _binds(tree: exp.Expr) -> Iterator[str]:
    from sqlglot import exp

    for node in tree.find_all(exp.Placeholder):
        yield str(node.this)


def _dated(tree: exp.Expr) -> dict[str, Kind]:
    """Binds that stand beside a DATE or TIMESTAMP in a comparison."""
    from sqlglot import exp

    out: dict[str, Kind] = {}
    for bind in tree.find_all(exp.Placeholder):
        parent = bind.parent
        if isinstance(parent, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE | exp.Between | exp.In):
            kinds = {kind_of(node) for node in parent.iter_expressions() if id(node) != id(bind)}
            out.update({str(bind.this): kind for kind in kinds if kind in {"date", "time"}})
    return out


def _plain_cust_type(tree: exp.Expr) -> bool:
    from sqlglot import exp

    if not isinstance(tree, exp.Select) or len(list(tree.find_all(exp.Select))) != 1:
        return False
    tables = {table.alias: table.name for table in tree.find_all(exp.Table)}
    customers = [alias for alias, name in tables.items() if name == "customer"]
    plain = (item.unalias() for item in tree.selects if item.alias_or_name == "cust_type")
    found = [item for item in plain if isinstance(item, exp.Column) and item.name == "cust_type"]
    return bool(found) and [found[0].table] == customers


def kind_of(node: exp.Expr) -> Kind:
    """How the values of a typed expression come out."""
    from sqlglot import exp

    found = node.type.this if node.type else None
    if found in exp.DataType.TEMPORAL_TYPES:
        return "date" if found in {exp.DataType.Type.DATE, exp.DataType.Type.DATE32} else "time"
    if found == exp.DataType.Type.DECIMAL:
        return "decimal"
    return "bool" if found == exp.DataType.Type.BOOLEAN else "other"


def dataset_of(source: Source, name: str) -> Dataset:
    """The dataset that an allowed statement names."""
    dataset = source.dataset(name)
    if dataset is None:
        raise Refused(f"{source.label}没有数据表 {name}", "请只用数据约定里列出的表名")
    return dataset
