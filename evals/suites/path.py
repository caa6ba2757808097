"""The way a request walks: which tools it used, how many times, and the steps of a report in their order."""

from __future__ import annotations

import time

from evals.answers import ask
from evals.exam import Exam
from evals.scorers.path import wrong
from evals.suites import Result, Score

LABEL = "路径"


def run(exam: Exam) -> Result:
    book = exam.cases("path")
    result = Result()
    for case in exam.chosen(book["cases"]):
        begun = time.monotonic()
        answer = ask(exam.runner, case.get("as", book["as"]), case["text"])
        seconds = round(time.monotonic() - begun, 3)
        fault = wrong(case, answer.tools, answer.steps)
        group = "报告" if "steps" in case else "问答"
        result.scores.append(
            Score(case["id"], group, fault, case["text"], seconds, answer.tokens, len(answer.answer.tools))
        )
    calls = [score.tools for score in result.scores if score.group == "问答"]
    result.measures["calls_per_question"] = round(sum(calls) / len(calls), 2) if calls else 0.0
    return result
