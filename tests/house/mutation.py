"""Every single change that a module's own statements allow: an operator, a condition, a constant, a call, a return."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_WORD = re.compile(r"[a-z_]{2,}")
_SWAPS: dict[type, type] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}


@dataclass(frozen=True)
class Mutant:
    """One change: the line and column it stands on, what it is, and where in the tree."""

    line: int
    column: int
    what: str
    top: int
    index: int
    change: Any

    def tree(self, path: Path) -> ast.Module:
        """The module with the change."""
        tree = ast.parse(path.read_text(encoding="utf-8"))
        self.change(list(ast.walk(tree.body[self.top]))[self.index], tree)
        return ast.fix_missing_locations(tree)


def mutants(path: Path, names: Sequence[str] = ()) -> Iterator[Mutant]:
    """Every change of the module, or of the top-level statements that bind one of `names`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for top, statement in enumerate(tree.body):
        if names and not _names(statement) & set(names):
            continue
        silent = _silent(statement)
        for index, node in enumerate(ast.walk(statement)):
            if id(node) in silent or _idle(statement):
                continue
            for what, change in _changes(node):
                line = getattr(node, "lineno", getattr(statement, "lineno", 0))
                yield Mutant(line, getattr(node, "col_offset", 0), what, top, index, change)


def _names(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {target.id for target in targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def _idle(top: ast.stmt) -> bool:
    """Imports do nothing, and what only a type checker reads."""
    return isinstance(top, ast.Import | ast.ImportFrom) or (
        isinstance(top, ast.If) and isinstance(top.test, ast.Name) and top.test.id == "TYPE_CHECKING"
    )


def _silent(top: ast.stmt) -> set[int]:
    """Nodes whose change no caller can notice: annotations, docstrings, wording of messages, sizes of caches."""
    found: set[int] = set()
    for node in ast.walk(top):
        quiet: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef):
            quiet += [node.returns, *node.decorator_list]
            quiet += [arg.annotation for arg in (*node.args.args, *node.args.kwonlyargs)]
        if isinstance(node, ast.AnnAssign):
            quiet.append(node.annotation)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            quiet.append(node)
        if isinstance(node, ast.JoinedStr):
            quiet.append(node)  # wording of a message
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal":
            quiet.append(node)
        if isinstance(node, ast.keyword) and node.arg in {"frozen"}:
            quiet.append(node)
        found |= {id(inner) for one in quiet if one is not None for inner in ast.walk(one)}
    return found


def _changes(node: ast.AST) -> Iterator[tuple[str, Any]]:
    match node:
        case ast.Compare(ops=ops) if type(ops[0]) in _SWAPS:
            yield f"{type(ops[0]).__name__} → {_SWAPS[type(ops[0])].__name__}", _swap_compare
        case ast.BoolOp(op=op):
            yield f"{type(op).__name__} → {_SWAPS[type(op)].__name__}", _swap_op
            for at in range(len(node.values)):
                yield f"operand {at} dropped", _drop(at)
        case ast.BinOp(op=op) if type(op) in _SWAPS:
            yield f"{type(op).__name__} → {_SWAPS[type(op)].__name__}", _swap_op
        case ast.UnaryOp(op=ast.Not()):
            yield "not dropped", _unnot
        case ast.If() | ast.IfExp():
            yield "condition always", _condition(True)
            yield "condition never", _condition(False)
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield "returns None", _return_none
        case ast.Raise():
            yield "raise dropped", _raise_dropped
        case ast.Expr(value=ast.Call()):
            yield "call dropped", _call_dropped
        case ast.Constant(value=bool()):
            yield "bool flipped", _constant(lambda value: not value)
        case ast.Constant(value=int()):
            yield "number raised", _constant(lambda value: value + 1)
        case ast.Constant(value=str(text)) if _WORD.fullmatch(text):
            yield f"“{text}” changed", _constant(lambda value: value + "x")


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _swap_compare(node: Any, tree: ast.Module) -> bool:
    node.ops[0] = _SWAPS[type(node.ops[0])]()
    return True


def _swap_op(node: Any, tree: ast.Module) -> bool:
    node.op = _SWAPS[type(node.op)]()
    return True


def _drop(at: int) -> Any:
    def change(node: Any, tree: ast.Module) -> bool:
        del node.values[at]
        if len(node.values) == 1:
            node.values.append(ast.Constant(isinstance(node.op, ast.And)))
        return True

    return change


def _unnot(node: Any, tree: ast.Module) -> bool:
    return _replace(tree, node, node.operand)


def _condition(value: bool) -> Any:
    def change(node: Any, tree: ast.Module) -> bool:
        node.test = ast.Constant(value)
        return True

    return change


def _return_none(node: Any, tree: ast.Module) -> bool:
    node.value = ast.Constant(None)
    return True


def _raise_dropped(node: Any, tree: ast.Module) -> bool:
    return _replace(tree, node, ast.Pass())


def _call_dropped(node: Any, tree: ast.Module) -> bool:
    return _replace(tree, node, ast.Pass())


def _constant(change: Any) -> Any:
    def apply(node: Any, tree: ast.Module) -> bool:
        node.value = change(node.value)
        return True

    return apply


def _replace(tree: ast.Module, old: ast.AST, new: ast.AST) -> bool:
    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            return new if node is old else self.generic_visit(node)

    Put().visit(tree)
    return True
