"""The house's rules that a machine can check: small rooms, plain names, words in prompts, one home for a threshold."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("agent", "core", "evals", "knowledge", "tools", "ui")
BANNED = {"utils", "helpers", "common", "manager", "misc"}
LONGEST = 500
SOURCES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_small_named_plainly_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert not {path.stem, *path.relative_to(ROOT).parts[:-1]} & BANNED
    tree = ast.parse(text)
    assert ast.get_docstring(tree) or not tree.body, "a module opens with what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            swallowed = all(isinstance(item, ast.Pass) for item in node.body)
            assert not swallowed, f"line {node.lineno}: an error is swallowed"


def test_prompts_are_markdown_with_front_matter() -> None:
    from agent.prompt import prompt

    files = sorted((ROOT / "prompts").glob("*"))
    assert files and all(path.suffix == ".md" for path in files if path.is_file())
    for path in files:
        assert prompt(path.stem).version


def test_help_is_instant_because_nothing_heavy_is_imported() -> None:
    code = "import sys; import ui.cli.parser as p; p.build_parser(); print(' '.join(sys.modules))"
    done = subprocess.run([_python(), "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(done.stdout.split())
    assert not loaded & {"pandas", "duckdb", "sqlalchemy", "langgraph", "chainlit", "chromadb", "pydantic"}


def test_no_work_at_import_time_reaches_the_disk(tmp_path: Path) -> None:
    code = "import agent.runner, ui.cli.parser, tools.fetch, knowledge.search"
    environment = {"GMA_HOME": str(tmp_path / "x")}
    done = subprocess.run([_python(), "-c", code], capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def _python() -> str:
    return sys.executable
