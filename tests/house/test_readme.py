"""Every command of the README runs, and every file that it names exists."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?:<!-- recipe:(\w+) -->\n)?```bash\n(.*?)```", README, re.DOTALL)
PLAIN = [block for name, block in BLOCKS if not name]
LINES = [line.split("  #")[0].strip() for block in PLAIN for line in block.splitlines() if line.strip()]
COMMANDS = [line for line in LINES if line.startswith(".venv/bin/gma")]
TARGETS = [line for line in LINES if line.startswith("make ")]


def run(line: str, home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    words = shlex.split(line)
    gma = [sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main(sys.argv[1:]))"]
    environment = os.environ | {"GMA_HOME": str(home), "GMA_TODAY": "2026-11-23"} | settings
    return subprocess.run([*gma, *words[1:]], capture_output=True, text=True, env=environment, cwd=ROOT, timeout=300)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_gma_command_runs(line: str, fresh_home: Path) -> None:
    done = run(line, fresh_home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()


def test_every_make_target_exists() -> None:
    made = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert TARGETS and {line.split()[1] for line in TARGETS} <= made


def test_every_linked_file_exists() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links and all((ROOT / link).exists() for link in links), links


def test_the_recipe_for_an_own_parquet(tmp_path: Path) -> None:
    """The recipe of the README word for word, on a parquet of the same shape."""
    import duckdb

    block = next(block for name, block in BLOCKS if name == "parquet")
    exports = dict(pair.split("=", 1) for line in block.splitlines() if "export" in line for pair in line.split()[1:])
    days = [date(2015, 1, 1) + timedelta(days=at) for at in range(639)]
    parquet = tmp_path / "daily.parquet"
    columns = ", ".join(f'(u * 100 + {at % 7} * 10) AS "{day.isoformat()}"' for at, day in enumerate(days))
    duckdb.sql(f"COPY (SELECT u AS user_id, {columns} FROM range(1, 6) AS t(u)) TO '{parquet}' (FORMAT parquet)")
    exports |= {"PARQUET": str(parquet)}
    exports.pop("GMA_HOME")
    line = next(line for line in block.splitlines() if line.startswith(".venv/bin/gma"))
    done = run(line, tmp_path / "home", **exports)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "初稿已完成" in done.stdout and "智能电表" in done.stdout
