"""Search of calibers, terms and templates: is a wanted document among the first three."""

from __future__ import annotations

import time

from evals.exam import Exam
from evals.suites import Result, Score

LABEL = "检索"
FIRST = 3


def run(exam: Exam) -> Result:
    book = exam.cases("retrieval")
    actor = exam.runner.actor(book["as"])
    index = exam.runner.services.index()
    result = Result()
    ranks = []
    for number, case in enumerate(exam.chosen(book["cases"]), 1):
        begun = time.monotonic()
        hits = [hit.doc.id for hit in index.search(case["q"], actor=actor, k=10)]
        seconds = round(time.monotonic() - begun, 3)
        place = next((at for at, found in enumerate(hits, 1) if found in case["want"]), 0)
        ranks.append(1 / place if place else 0.0)
        wrong = "" if 0 < place <= FIRST else f"前三是 {'、'.join(hits[:FIRST])}，应有 {'、'.join(case['want'])}"
        result.scores.append(Score(f"retrieval-{number:02d}", case["want"][0].split("/")[0], wrong, case["q"], seconds))
    result.measures["mean_reciprocal_rank"] = round(sum(ranks) / len(ranks), 3) if ranks else 0.0
    return result
