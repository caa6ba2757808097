"""From a canonical statement to the engine's own SQL: every dataset becomes a scoped, mapped sub-query.

The row policy stands in the syntax tree: a reference `customer AS c` is replaced by
`(SELECT real AS canonical, … FROM real_table WHERE <unit code> LIKE :prefix) AS c`, with only the referenced columns,
so that engines prune columns and push predicates down as before.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.errors import BadRequest
from tools.sources import Dataset, Source
from tools.sources.mapping import DatasetMap, SourceMap
from tools.sources.statement import Statement, dataset_of

if TYPE_CHECKING:
    from sqlglot import exp

UNIT = "__unit"
"""Bind that holds the LIKE pattern of the scope, e.g. `99401%`."""
_END = f"__{secrets.token_hex(8)}"
_TOKEN = re.compile(rf"__(bind|keys)_(\w+?){_END}")
_PLAIN = {"oracle", "snowflake", "sqlite"}
"""Engines whose own names stay unquoted: they fold case, or (SQLite) read an unknown quoted name as a text."""


@dataclass(frozen=True)
class Keyset:
    """Keys of another source that bound a dataset: the values of `key` in `dataset` of `source` within the scope."""

    name: str
    source: str
    dataset: str
    key: str


@dataclass(frozen=True)
class Plan:
    """Engine SQL with marks for binds and key sets still in it; `fill` replaces them. No literal can imitate a mark."""

    sql: str
    keysets: tuple[Keyset, ...]
    absent: tuple[str, ...]


@dataclass
class _Work:
    source: Source
    site: SourceMap
    dialect: str
    catalog: str
    keysets: dict[str, Keyset] = field(default_factory=dict)


def rewrite(statement: Statement, site: SourceMap, dialect: str, catalog: str = "", limit: int | None = None) -> Plan:
    """The statement for one engine. `limit` caps the rows where the statement sets no LIMIT of its own.

    `catalog` qualifies unmapped tables (DuckDB attaches a file under a name). Raises BadRequest for a bad mapping.
    """
    from sqlglot import exp

    work = _Work(statement.source, site, dialect, catalog)
    absent = tuple(name for name in statement.datasets if site.dataset(name).absent)
    if absent:
        return Plan("", (), absent)
    tree = statement.tree.copy()
    for table, used in _references(tree, statement):
        dataset = dataset_of(statement.source, table.name)
        inner = _scoped(dataset, [name for name in used if name], work)
        table.replace(exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier(table.alias, quoted=True))))
    if limit is not None and isinstance(tree, exp.Query) and not tree.args.get("limit"):
        tree = tree.limit(limit, copy=False)
    if dialect != "duckdb":
        _expand_group_by_all(tree)
    for bind in list(tree.find_all(exp.Placeholder)):
        bind.replace(exp.Var(this=f"__bind_{bind.this}{_END}"))
    return Plan(tree.sql(dialect=dialect, comments=False), tuple(work.keysets.values()), ())


def fill(plan: Plan, mode: Mapping[str, str]) -> str:
    """Replace the marks; `mode` gives the engine's text for each name (`b:name` for binds, `k:name` for keys)."""
    return _TOKEN.sub(lambda match: mode[f"{match[1][0]}:{match[2]}"], plan.sql)


def _references(tree: exp.Expr, statement: Statement) -> list[tuple[exp.Table, list[str]]]:
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    out: list[tuple[exp.Table, list[str]]] = []
    for scope in traverse_scope(tree):
        for name, (_, origin) in scope.selected_sources.items():
            if isinstance(origin, exp.Table):
                used = sorted({column.name for column in scope.columns if column.table == name})
                out.append((origin, used))
    found, declared = len(out), sum(table.name in statement.datasets for table in tree.find_all(exp.Table))
    ctes = {cte.alias for cte in tree.find_all(exp.CTE)}
    if found != declared or any(table.name in ctes for table, _ in out):
        raise BadRequest("查询语句里有表放在了看不清的位置，数据没有读取", "请把它改写成普通的 FROM 或 JOIN")
    return out


def _scoped(dataset: Dataset, used: list[str], work: _Work) -> exp.Select:
    from sqlglot import exp

    mapped = work.site.dataset(dataset.name)
    fields: list[exp.Expr] = [exp.alias_(_real(dataset, name, mapped, work), name, quoted=True) for name in used] or [
        exp.alias_(exp.Literal.number(1), "one", quoted=True)
    ]
    select = exp.select(*fields).from_(_origin(dataset, mapped, work))
    return select.where(_predicate(dataset, mapped, work))


def _predicate(dataset: Dataset, mapped: DatasetMap, work: _Work) -> exp.Expr:
    from sqlglot import exp

    if dataset.scope_via is None or mapped.org is not None:
        unit = _parsed(mapped.org, work) if mapped.org else _real(dataset, dataset.org_column or "", mapped, work)
        return exp.Like(this=unit, expression=exp.Var(this=f"__bind_{UNIT}{_END}"))
    own, source, table, key = dataset.scope_via
    column = _real(dataset, own, mapped, work)
    if source == work.source.name and not work.site.dataset(table).absent:
        keys = _scoped(dataset_of(work.source, table), [key], work)
        return exp.In(this=column, query=exp.Subquery(this=keys))
    name = f"{source}_{table}_{key}"
    work.keysets[name] = Keyset(name, source, table, key)
    return exp.In(this=column, expressions=[exp.Var(this=f"__keys_{name}{_END}")])


def _real(dataset: Dataset, name: str, mapped: DatasetMap, work: _Work) -> exp.Expr:
    from sqlglot import exp

    column = dataset.column(name)
    if column is None:
        raise BadRequest(f"数据表 {dataset.name} 没有列 {name}", "请按数据约定检查列名")
    if name in mapped.missing:
        return exp.cast(exp.Null(), column.type, dialect="duckdb")
    if name in mapped.columns:
        return _parsed(mapped.columns[name], work)
    return exp.column(name, quoted=work.dialect not in _PLAIN)


def _parsed(text: str, work: _Work) -> exp.Expr:
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree = sqlglot.parse_one(text, dialect=work.dialect)
    except SqlglotError as error:
        raise BadRequest(f"映射 {work.source.name}：表达式“{text}”看不懂", "请按该数据库的写法检查") from error
    if tree.find(exp.Query, exp.Command, exp.AggFunc) or not isinstance(tree, exp.Condition):
        raise BadRequest(f"映射 {work.source.name}：“{text}”不是单列或单行表达式", "请只写列名或计算式")
    return exp.Paren(this=tree) if isinstance(tree, exp.Binary) else tree


def _origin(dataset: Dataset, mapped: DatasetMap, work: _Work) -> exp.Expr:
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    where = f"映射 {work.source.name}.{dataset.name}"
    if mapped.query:
        try:
            trees = sqlglot.parse(mapped.query, dialect=work.dialect)
        except SqlglotError:
            trees = []
        if len(trees) != 1 or not isinstance(trees[0], exp.Query):
            raise BadRequest(f"{where}：query 应是一条 SELECT", "请检查语法，或在库里建成视图再写 table")
        return exp.Subquery(this=trees[0], alias=exp.TableAlias(this=exp.to_identifier("site")))
    if mapped.table:
        try:
            return exp.to_table(mapped.table, dialect=work.dialect)
        except SqlglotError as error:
            raise BadRequest(f"{where}：表名“{mapped.table}”看不懂", "请检查写法") from error
    quoted = work.dialect not in _PLAIN
    name = exp.to_identifier(dataset.name, quoted=quoted)
    if not work.catalog:
        return exp.Table(this=name)
    return exp.Table(this=name, db=exp.to_identifier("main"), catalog=exp.to_identifier(work.catalog))


def _expand_group_by_all(tree: exp.Expr) -> None:
    """Engines other than DuckDB lack GROUP BY ALL: name the projections that hold no aggregate."""
    from sqlglot import exp

    for select in tree.find_all(exp.Select):
        group = select.args.get("group")
        if group is None or not group.args.get("all"):
            continue
        keys = [item.unalias().copy() for item in select.selects if not item.find(exp.AggFunc)]
        select.set("group", exp.Group(expressions=keys) if keys else None)
