"""The suite of planted provinces marks what the key says, and marks a wrong answer wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from agent.desk import Desk
from agent.runner import Runner
from core.settings import Settings
from evals.suites import Score
from evals.suites.planted import score

Marks = Callable[[bool], list[Score]]


@pytest.fixture(scope="module")
def marks(demo_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Marks:
    def made(tampered: bool) -> list[Score]:
        home = tmp_path_factory.mktemp("planted")
        demo = home / "demo"
        demo.mkdir()
        for item in demo_source.iterdir():
            if item.name != "answer_key":
                (demo / item.name).symlink_to(item)
        (demo / "answer_key").mkdir()
        for item in (demo_source / "answer_key").iterdir():
            body = json.loads(item.read_text(encoding="utf-8"))
            if tampered and item.stem == "events":
                for event in body:
                    event["cause"] = "H7" if event.get("cause") != "H7" else "H2"
            (demo / "answer_key" / item.name).write_text(json.dumps(body), encoding="utf-8")
        runner = Runner.open(Settings(home=home, today=date(2026, 11, 23), _env_file=None))
        try:
            return score(Desk.open(runner, "analyst01"), home, "t")
        finally:
            runner.close()

    return made


def test_right_answers_are_right_and_a_wrong_key_makes_them_wrong(marks: Marks) -> None:
    right, wrong = marks(False), marks(True)
    tops = [item for item in right if item.group == "top_cause"]
    assert len(tops) == 5 and all(item.ok for item in tops)
    assert {item.group for item in right} >= {"detected", "top_cause", "energy", "leavers"}
    tampered = [item for item in wrong if item.group == "top_cause"]
    assert len(tampered) == 5 and not any(item.ok for item in tampered)
