"""How requests are read: two halves of cases, one to improve on, one only to score; whole requests, turn by turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evals.exam import Exam
from evals.reading import Reader
from evals.scorers.understanding import wrong
from evals.suites import Result, Score

LABEL = "理解力"
HALVES = ("development", "heldout", "fresh", "unseen")


def run(exam: Exam) -> Result:
    result = Result()
    for half in HALVES:
        book = exam.cases(f"understanding_{half}")
        readers: dict[str, Reader] = {}
        for case in exam.chosen(book["cases"]):
            user = case.get("as", book["as"])
            if user not in readers:
                readers[user] = Reader(exam.runner, user)
            result.scores += marks(readers[user], case, half)
    for half in HALVES:
        of = [score for score in result.scores if score.group.startswith(half)]
        result.measures[half] = round(100 * sum(score.ok for score in of) / len(of), 2) if of else 0.0
    return result


def marks(reader: Reader, case: dict[str, Any], half: str) -> Iterator[Score]:
    """One score a turn; a conversation goes on from what was read, right or wrong."""
    reader.fresh()
    turns = case.get("turns", [case])
    for number, turn in enumerate(turns, 1):
        reading = reader.read(turn["text"])
        name = case["id"] if len(turns) == 1 else f"{case['id']}.{number}"
        yield Score(
            case=name,
            group=f"{half}:{case['id'].rpartition('-')[0]}",
            wrong=wrong(turn, reading.told, defaults(reader)),
            asked=turn["text"],
            seconds=round(reading.seconds, 4),
            tokens=reading.use.tokens,
        )


def defaults(reader: Reader) -> dict[str, tuple[str, ...]]:
    """What an unnamed unit or period may stand at: the actor's own unit, the last whole month."""
    last = reader.slots()["today"].replace(day=1)
    from core.domain.period import Period

    month = Period.month(last.year, last.month).mom()
    return {"org": (reader.actor.org,), "period": (f"{month.start}..{month.end}",)}
