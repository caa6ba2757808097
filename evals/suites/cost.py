"""Cost and time: the median seconds of each kind of request, its tokens and fetches, against ceilings."""

from __future__ import annotations

import statistics
import time

from evals.answers import ask
from evals.exam import Exam
from evals.suites import Result, Score

LABEL = "成本与时间"


def run(exam: Exam) -> Result:
    book = exam.cases("cost")
    result = Result()
    for case in exam.chosen(book["cases"]):
        times = []
        for _ in range(book["rounds"] + 1):
            begun = time.monotonic()
            answer = ask(exam.runner, book["as"], case["text"])
            times.append(time.monotonic() - begun)
        median = round(statistics.median(times[1:]), 3)
        fetches = sum(tool.name.startswith("fetch.") for tool in answer.answer.tools)
        faults = []
        if median > case["seconds"]:
            faults.append(f"{median} 秒，时限 {case['seconds']} 秒")
        if answer.tokens > case["tokens"]:
            faults.append(f"{answer.tokens} 词元，上限 {case['tokens']}")
        if fetches > case["fetches"]:
            faults.append(f"取数 {fetches} 次，上限 {case['fetches']} 次")
        if answer.status in {"failed", "refused"}:
            faults.append(f"结局 {answer.status}：{answer.text[:60]}")
        result.scores.append(
            Score(case["id"], case["id"], "；".join(faults), case["text"], median, answer.tokens, fetches)
        )
        result.measures[case["id"]] = median
    return result
