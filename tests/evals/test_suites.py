"""Every suite sits a short form on the tiny province; a stored run, a missed gate and a harvest behave as promised."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.settings import Settings
from evals.attacks import corpus
from evals.exam import CASES, Exam, sit, sitting
from evals.exports.boxes import measurable
from evals.harvest import harvest
from evals.office import installed
from evals.suites import names

GMA = [sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main(sys.argv[1:]))"]
SAMPLES = {"understanding": 60, "numbers": 10, "path": 6, "refusal": 10, "retrieval": 10, "injection": 10, "cost": 2}
SLACK = {"retrieval": 0.1, "understanding": 0.03}
"""The share that the gates of these suites allow to be wrong; the others allow none."""


def gma(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"GMA_HOME": str(home)}
    return subprocess.run([*GMA, *words], capture_output=True, text=True, env=environment, timeout=300)


@pytest.fixture(scope="module")
def exam(demo_home: Path) -> Iterator[Exam]:
    with sitting(Settings(home=demo_home), sample=1) as opened:
        yield opened


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_short_form_is_right(name: str, exam: Exam) -> None:
    exam.sample = SAMPLES[name]
    body = sit(exam, [name])[name]
    wrong = [(score["case"], score["asked"], score["wrong"]) for score in body["scores"] if score["wrong"]]
    assert not body["skipped"] and body["cases"] >= min(SAMPLES[name], 2)
    assert len(wrong) <= SLACK.get(name, 0) * body["cases"], wrong


def test_one_report_is_made_published_and_counted_again(exam: Exam) -> None:
    exam.sample = 1
    body = sit(exam, ["reports"])["reports"]
    assert body["measures"] == {"produced": 100.0, "format": 100.0, "wrong_published": 0}, body["scores"]


def test_a_report_is_exported_in_every_shell_and_format_and_opened(exam: Exam, tmp_path: Path) -> None:
    exam.sample, exam.sheets = 1, tmp_path if measurable() else None
    body = sit(exam, ["documents"])["documents"]
    exam.sheets = None
    measures = body["measures"]
    assert [score["wrong"] for score in body["scores"] if score["wrong"]] == []
    assert measures["files"] == body["cases"] == 8 and measures["reports"] == 1 and measures["short"] == 0
    assert measures["produced"] == measures["opened"] == measures["gated"] == 100 and measures["standard"] >= 99
    assert measures["letters"] == measures["misplaced"] == 0
    assert measures["office_files"] == (4 if installed() else 0)
    assert len(list(tmp_path.glob("*.png"))) == (7 if installed() else 3) * measurable()


def test_suites_that_need_something_say_that_it_is_missing(exam: Exam) -> None:
    bodies = sit(exam, ["planning", "external"])
    assert "GMA_LLM_BASE_URL" in bodies["planning"]["skipped"] and "--file" in bodies["external"]["skipped"]


def test_an_endpoint_that_does_not_answer_is_no_wrong_answer(demo_home: Path) -> None:
    settings = Settings(home=demo_home, llm_base_url="http://127.0.0.1:9/v1", llm_model="local", llm_timeout=4)
    with sitting(settings, sample=8) as opened:
        body = sit(opened, ["planning"])["planning"]
    assert body["cases"] == 0 and "连续 3 题没有应答" in body["skipped"] and "连接不上" in body["skipped"]


def test_the_books_are_as_large_as_promised() -> None:
    texts: set[str] = set()
    for path in CASES.glob("understanding_*.yaml"):
        book = yaml.safe_load(path.read_text(encoding="utf-8"))
        found = [turn["text"] for case in book["cases"] for turn in case.get("turns", [case])]
        texts |= {f"{path.stem}{number}{text}" for number, text in enumerate(found)}
    attacks = list(corpus(yaml.safe_load((CASES / "injection.yaml").read_text(encoding="utf-8"))))
    assert len(texts) >= 300
    assert len({attack.id for attack in attacks}) == len(attacks) >= 1000
    assert {"understanding", "numbers", "reports", "refusal", "injection", "retrieval", "path", "cost"} <= set(names())


def test_a_run_is_stored_and_compared(fresh_home: Path) -> None:
    for _ in range(2):
        done = gma(fresh_home, "evals", "run", "--suite", "understanding", "--sample", "20", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
    body = json.loads(done.stdout)
    kept = json.loads(Path(body["file"]).read_text(encoding="utf-8"))
    assert kept["llm"] == "rule" and kept["source"] and set(kept["prompts"]) >= {"understand", "write"}
    runs = sorted(path.stem for path in (fresh_home / "evals").glob("*.json"))
    compared = gma(fresh_home, "evals", "compare", runs[0], "latest")
    assert compared.returncode == 0 and "| 理解力 |" in compared.stdout
    assert not (fresh_home / "record.sqlite").exists(), "an exam leaves the examined home's record alone"
    missing = gma(fresh_home, "evals", "compare", "nothing", "latest")
    assert missing.returncode == 1 and "没有考核记录" in missing.stderr


def test_a_missed_gate_exits_one(fresh_home: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Fare\n1\n3\n", encoding="utf-8")
    lines: list[dict[str, Any]] = [
        {"id": 1, "question": "mean of Fare", "file": "t.csv", "answer": "2.0"},
        {"id": 2, "question": "Fit a regression of Fare", "file_name": "t.csv", "common_answers": [["r", "1"]]},
    ]
    questions = tmp_path / "q.jsonl"
    questions.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    done = gma(fresh_home, "evals", "run", "--suite", "external", "--file", str(questions), "--json")
    body = json.loads(done.stdout)["suites"]["external"]
    assert done.returncode == 0 and (body["right"], body["cases"]) == (1, 2)
    assert body["measures"] == {"answered": 50.0, "right_of_answered": 100.0}
    questions.write_text('{"id": 1}\n', encoding="utf-8")
    wrong = gma(fresh_home, "evals", "run", "--suite", "external", "--file", str(questions))
    assert wrong.returncode == 1 and "第 1 行" in wrong.stderr
    unknown = gma(fresh_home, "evals", "run", "--suite", "nothing")
    assert unknown.returncode == 1 and "没有名为" in unknown.stderr


def test_returns_and_edits_become_cases(exam: Exam, tmp_path: Path) -> None:
    runner = exam.runner
    author, reviewer = runner.actor("analyst01"), runner.actor("manager01")
    drafted = list(runner.ask(author, "帮我做一份2026年10月临江市的营销指标月报"))[-1].answer  # type: ignore[union-attr]
    assert drafted.report is not None, drafted.text
    list(runner.submit(author, drafted.report.id))
    detail = runner.report(reviewer, drafted.report.id)
    section = next(item for item in detail.content.sections if item.blocks and item.blocks[0].kind == "paragraph")
    edit = f"## {section.heading}\n\n以下情况请重点关注。\n"
    digest = drafted.report.hash
    edited = list(runner.decide(reviewer, drafted.report.id, "edit", digest, "说清重点", edit))[-1].answer  # type: ignore[union-attr]
    assert edited.report is not None and edited.report.version == 2, edited.text
    list(runner.decide(reviewer, drafted.report.id, "return", edited.report.hash, "原因没有写清"))
    cases = harvest(runner.store, tmp_path / "new.yaml")
    mine = [case for case in cases if case["report"] == drafted.report.id]
    assert [case["kind"] for case in mine] == ["edit", "return"]
    assert mine[0]["section"] == section.heading and "重点关注" in mine[0]["after"] and mine[0]["before"]
    assert mine[1]["why"] == "原因没有写清" and mine[1]["version"] == 2
    assert yaml.safe_load((tmp_path / "new.yaml").read_text(encoding="utf-8"))["cases"] == cases
