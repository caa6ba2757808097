"""Mutation check: change one thing of a module at a time and see whether its tests notice.

`python tests/house/mutants.py` runs every target; `python tests/house/mutants.py core/approval.py` one of them. Each
mutant runs in a forked child that loads the changed module in place of the file, so that nothing on disk is touched.
"""

from __future__ import annotations

import ast
import copy
import importlib.abc
import importlib.util
import io
import os
import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
GOAL = 0.9
SECONDS = 120
_PRELOADED = (
    "pytest",
    "pydantic_settings",
    "sqlalchemy.orm",
    "sqlalchemy.dialects.sqlite",
    "yaml",
    "filelock",
    "bcrypt",
)
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
class Target:
    """A module, the tests that must notice, and the top-level names to change (all of them when empty)."""

    path: str
    tests: tuple[str, ...]
    names: tuple[str, ...] = ()


TARGETS = (
    Target("core/approval.py", ("tests/core/test_approval.py", "tests/core/test_waivers.py")),
    Target(
        "core/access.py", ("tests/core/test_access.py::test_the_whole_matrix",), ("GRANTS", "_BUSINESS", "may", "Grant")
    ),
    Target("core/domain/lifecycle.py", ("tests/core/test_lifecycle.py", "tests/core/test_approval.py")),
    Target("core/domain/org.py", ("tests/core/test_actor.py",), ("covers",)),
    Target("core/domain/actor.py", ("tests/core/test_actor.py",)),
)


@dataclass(frozen=True)
class Mutant:
    line: int
    what: str
    source: str


def mutants(path: Path, names: Sequence[str]) -> Iterator[Mutant]:
    """Every single change of the module's own statements."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for top, statement in enumerate(tree.body):
        if names and not _names(statement) & set(names):
            continue
        places = [index for index, node in enumerate(ast.walk(statement)) if not _idle(node, statement)]
        for index in places:
            for what, change in _changes(list(ast.walk(statement))[index]):
                changed = copy.deepcopy(tree)
                node = list(ast.walk(changed.body[top]))[index]
                line = getattr(node, "lineno", getattr(statement, "lineno", 0))
                if change(node, changed):
                    yield Mutant(line, what, ast.unparse(ast.fix_missing_locations(changed)))


def _names(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {target.id for target in targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def _idle(node: ast.AST, top: ast.stmt) -> bool:
    """Imports, annotations and docstrings do nothing."""
    return isinstance(top, ast.Import | ast.ImportFrom) or id(node) in _silent(top)


def _silent(top: ast.stmt) -> set[int]:
    found: set[int] = set()
    for node in ast.walk(top):
        quiet: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef):
            quiet += [node.returns, *(arg.annotation for arg in (*node.args.args, *node.args.kwonlyargs))]
        if isinstance(node, ast.AnnAssign):
            quiet.append(node.annotation)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            quiet.append(node)
        if isinstance(node, ast.JoinedStr):
            quiet.append(node)  # wording of a message
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


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from a changed source."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name, self._path, self._source = name, path, source

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._path, loader=self)

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: Any) -> None:
        exec(compile(self._source, str(self._path), "exec"), module.__dict__)


def survives(target: Target, mutant: Mutant) -> bool:
    """Run the tests on one mutant in a child process; a crash or a hang is a kill."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    signal.alarm(SECONDS)
    code = 1
    try:
        name = target.path.removesuffix(".py").replace("/", ".")
        sys.meta_path.insert(0, _Loader(name, ROOT / target.path, mutant.source))
        import pytest

        with open(os.devnull, "w") as quiet, redirect_stdout(quiet), redirect_stderr(io.StringIO()):
            tests = [str(ROOT / test) for test in target.tests]
            code = int(pytest.main(["-x", "-q", "--no-header", "--tb=no", *tests]))
    finally:
        os._exit(code)


def run(target: Target) -> tuple[int, list[Mutant]]:
    """How many mutants there were and which survived."""
    made = list(mutants(ROOT / target.path, target.names))
    alive = [mutant for mutant in made if survives(target, mutant)]
    return len(made), alive


def main(paths: Sequence[str]) -> int:
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in _PRELOADED:  # loaded once, before the forks
        importlib.import_module(name)
    worst = 1.0
    for target in TARGETS:
        if paths and target.path not in paths:
            continue
        begun = time.monotonic()
        count, alive = run(target)
        share = 1 - len(alive) / count
        worst = min(worst, share)
        took = time.monotonic() - begun
        print(f"{target.path}: {count} mutants, {count - len(alive)} killed, {share:.1%}, {took:.0f} s", flush=True)
        for mutant in alive:
            print(f"    line {mutant.line}: {mutant.what}", flush=True)
    return 0 if worst >= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
