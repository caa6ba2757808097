"""Many conversations in one process: a line in, a line out, refusals included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

GMA = [sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main(sys.argv[1:]))"]


def gma(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"GMA_HOME": str(home), "GMA_TODAY": "2026-11-23"}
    return subprocess.run([*GMA, *words], capture_output=True, text=True, env=environment, timeout=300)


def test_conversations_keep_their_context_and_their_actor(fresh_home: Path, tmp_path: Path) -> None:
    asked, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [
        {"id": "a", "as": "analyst01", "turns": [{"text": "望湖区2026年10月售电量"}, {"text": "和去年同期比呢"}]},
        {"id": "b", "as": "staff01", "turns": [{"text": "清河区10月售电量"}]},
        {"id": "c", "as": "analyst01", "turns": [{"text": ""}]},
    ]
    asked.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    done = gma(fresh_home, "evals", "ask", "--file", str(asked), "--out", str(out))
    assert done.returncode == 0, done.stderr
    found = {item["id"]: item["turns"] for item in map(json.loads, out.read_text(encoding="utf-8").splitlines())}
    first, second = found["a"]
    assert first["status"] == second["status"] == "answered" and first["thread"] == second["thread"]
    assert second["understood"]["org"] == "9940104" and second["understood"]["compare"] == "yoy"
    assert first["facts"][0]["value"] == second["facts"][0]["value"]
    assert found["b"][0]["status"] == "refused" and found["c"][0]["status"] == "clarify"
    keys = "status text thread understood facts findings report tools llm seconds"
    assert set(first) == set(keys.split())


def test_a_wrong_line_is_named(fresh_home: Path, tmp_path: Path) -> None:
    asked = tmp_path / "in.jsonl"
    asked.write_text('{"id": "a", "as": "analyst01", "turns": []}\n{"id": 1}\n', encoding="utf-8")
    done = gma(fresh_home, "evals", "ask", "--file", str(asked), "--out", str(tmp_path / "out.jsonl"))
    assert done.returncode == 1 and "第 2 行" in done.stderr
