"""Where sensitive columns go in a statement: every use is traced, and only harmless uses pass.

A sensitive column may be counted, tested for null, compared for equality with a value the asker brings, grouped by, or
projected bare under its own name (then the result is masked). Free text may also be searched with LIKE by words
without digits. Anything else (renamed, cut, joined, sorted, aggregated) is refused, because it would carry the value
past the masking rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.errors import Refused
from tools.sources import Sensitive, Source
from tools.sources.statement import Output, kind_of

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

_HINT = "请原样列出该列，或只用 COUNT 计数；结果会按规则脱敏"


@dataclass
class _Trace:
    source: Source
    names: dict[int, dict[str, Sensitive]] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)


def outputs_of(tree: exp.Expr, source: Source) -> tuple[tuple[Output, ...], frozenset[str]]:
    """Columns of the result with their masking rule, and the binds that search free text.

    `tree` is qualified and typed. Raises Refused when a sensitive column is used in any other way.
    """
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    trace = _Trace(source)
    for scope in traverse_scope(tree):
        _trace_scope(scope, trace)
    for column in tree.find_all(exp.Column):
        if id(column) not in trace.seen and column.table:
            raise Refused(f"查询里的列 {column.sql()} 找不到出处", "请写成 表别名.列名")
    sensitive = trace.names[id(tree)]
    if not isinstance(tree, exp.Query):
        raise Refused("只允许一条 SELECT 查询", "请改写成只读查询")
    names = [item.alias_or_name for item in tree.selects]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Refused(f"查询结果有重名列 {'、'.join(twice)}", "请给每一列起不同的名字")
    outputs = tuple(
        Output(name, sensitive.get(name), kind_of(item)) for name, item in zip(names, tree.selects, strict=True)
    )
    return outputs, frozenset(trace.patterns)


def _trace_scope(scope: Scope, trace: _Trace) -> None:
    from sqlglot import exp

    root = scope.expression
    carried = _union(root, trace) if isinstance(root, exp.SetOperation) else _select(root, scope, trace)
    _check_order(root, carried)
    if scope.is_subquery and carried:
        raise Refused(f"敏感列 {'、'.join(carried)} 不能放在子查询里取值", _HINT)
    trace.names[id(root)] = carried


def _select(root: exp.Expr, scope: Scope, trace: _Trace) -> dict[str, Sensitive]:
    carried: dict[str, Sensitive] = {}
    for column in scope.columns:
        if column.table and column.table not in scope.selected_sources:
            continue  # belongs to an outer query, which traces it
        kind = _kind(column, scope, trace)
        trace.seen.add(id(column))
        if kind and not _harmless(column, kind, trace) and _own_projection(column, root):
            carried[column.name] = kind
        elif kind and not _harmless(column, kind, trace):
            raise Refused(f"敏感列 {column.name} 不能改名、运算、排序、连接或参与聚合", _HINT)
    return carried


def _check_order(root: exp.Expr, carried: dict[str, Sensitive]) -> None:
    from sqlglot import exp

    order = root.args.get("order")
    for ordered in order.expressions if order else ():
        names = {column.name for column in ordered.find_all(exp.Column)}
        places = ordered.this.name if isinstance(ordered.this, exp.Literal) else ""
        if places.isdigit() and isinstance(root, exp.Query) and int(places) <= len(root.selects):
            names.add(root.selects[int(places) - 1].alias_or_name)
        if names & carried.keys():
            raise Refused(f"不能按敏感列 {'、'.join(sorted(names & carried.keys()))} 排序", _HINT)


def _kind(column: exp.Column, scope: Scope, trace: _Trace) -> Sensitive | None:
    from sqlglot import exp

    if not column.table:
        root = scope.expression
        own = root.selects if isinstance(root, exp.Query) else []
        for item in (found for found in own if found.alias_or_name == column.name):
            inner = item.unalias()
            if isinstance(inner, exp.Column) and inner.table:
                return _kind(inner, scope, trace)
        return None
    origin = scope.selected_sources[column.table][1]
    if isinstance(origin, exp.Table):
        dataset = trace.source.dataset(origin.name)
        declared = dataset.column(column.name) if dataset else None
        if declared is None:
            raise Refused(f"查询里的列 {column.sql()} 找不到出处", "请按数据约定检查列名")
        return declared.sensitive
    return trace.names.get(id(origin.expression), {}).get(column.name)


def _own_projection(column: exp.Column, root: exp.Expr) -> bool:
    from sqlglot import exp

    parent = column.parent
    if parent is root:
        return column.arg_key == "expressions"
    if isinstance(parent, exp.Alias) and parent.parent is root:
        return parent.arg_key == "expressions" and parent.alias == column.name
    return isinstance(parent, exp.Group) and parent.parent is root


def _harmless(column: exp.Column, kind: Sensitive, trace: _Trace) -> bool:
    from sqlglot import exp

    parent = column.parent
    if isinstance(parent, exp.Group):
        return True
    if isinstance(parent, exp.Distinct) and isinstance(parent.parent, exp.Count):
        return len(parent.expressions) == 1
    if isinstance(parent, exp.Count):
        return True
    values = [node for node in parent.iter_expressions() if node is not column] if parent else []
    given = all(isinstance(node, exp.Literal | exp.Placeholder | exp.Null) for node in values)
    if isinstance(parent, exp.EQ | exp.In | exp.Is):
        return given and not parent.args.get("query")
    if kind == "free_text" and isinstance(parent, exp.Like | exp.ILike) and parent.this is column:
        return given and _wordy(values, trace)
    return False


def _wordy(values: list[exp.Expr], trace: _Trace) -> bool:
    from sqlglot import exp

    for value in values:
        if isinstance(value, exp.Placeholder):
            trace.patterns.add(str(value.this))
        elif any(character.isdigit() for character in value.name):
            return False
    return True


def _union(root: exp.SetOperation, trace: _Trace) -> dict[str, Sensitive]:
    from sqlglot import exp

    if root.args.get("by_name"):
        raise Refused("不允许 UNION BY NAME", "请让两边列数与列名一致，写普通的 UNION")
    out: dict[str, Sensitive] = {}
    sides: list[tuple[list[str], dict[str, Sensitive]]] = []
    for side in (root.left, root.right):
        inner = side.unnest() if isinstance(side, exp.Subquery) else side
        if not isinstance(inner, exp.Query):
            raise Refused("UNION 的一边不是 SELECT", "请改写成普通的 UNION")
        sides.append(([item.alias_or_name for item in inner.selects], trace.names.get(id(inner), {})))
    (left, left_kinds), (right, right_kinds) = sides
    for name, other in zip(left, right, strict=False):
        kind = left_kinds.get(name) or right_kinds.get(other)
        if kind and (name != other or left_kinds.get(name) != right_kinds.get(other)):
            raise Refused(f"敏感列 {name} 与别的列合并在同一列里", _HINT)
        if kind:
            out[name] = kind
    if len(left) != len(right):
        raise Refused("UNION 两边的列数不同", "请让两边列数与列名一致")
    return out
