"""How requests are read, whole, turn by turn: cases to improve on, and later batches scored before they were seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.domain.period import Period
from evals.exam import Exam
from evals.reading import Reader
from evals.scorers.understanding import wrong
from evals.suites import Result, Score

LABEL = "理解力"
PARTS = ("development", "heldout", "fresh", "unseen", "practice", "final", "blind", "desk", "field")


def run(exam: Exam) -> Result:
    result = Result()
    for part in PARTS:
        book = exam.cases(f"understanding_{part}")
        readers: dict[str, Reader] = {}
        for case in exam.chosen(book["cases"]):
            user = case.get("as", book["as"])
            if user not in readers:
                readers[user] = Reader(exam.runner, user)
            result.scores += marks(readers[user], case, part)
    for part in PARTS:
        of = [score for score in result.scores if score.group.startswith(part)]
        result.measures[part] = round(100 * sum(score.ok for score in of) / len(of), 2) if of else 0.0
    return result


def marks(reader: Reader, case: dict[str, Any], part: str) -> Iterator[Score]:
    """One score a turn; a conversation goes on from what was read, right or wrong."""
    reader.fresh()
    turns = case.get("turns", [case])
    for number, turn in enumerate(turns, 1):
        reading = reader.read(turn["text"])
        name = case["id"] if len(turns) == 1 else f"{case['id']}.{number}"
        yield Score(
            case=name,
            group=f"{part}:{case['id'].rpartition('-')[0]}",
            wrong=wrong(turn, reading.told, defaults(reader)),
            asked=turn["text"],
            seconds=round(reading.seconds, 4),
            tokens=reading.use.tokens,
        )


def defaults(reader: Reader) -> dict[str, tuple[str, ...]]:
    """What an unnamed unit or period may stand at: the actor's own unit, the last whole month."""
    today = reader.slots()["today"]
    month = Period.month(today.year, today.month).mom()
    return {"org": (reader.actor.org,), "period": (f"{month.start}..{month.end}",)}
