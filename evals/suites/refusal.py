"""What must be refused, and the near twins that must not: permission, forging, injection by chat, out of scope."""

from __future__ import annotations

import time

from evals.answers import ask
from evals.exam import Exam
from evals.scorers.conduct import acted, leaked, ledger, live
from evals.suites import Result, Score

LABEL = "拒答与权限"


def run(exam: Exam) -> Result:
    result = Result()
    for case in exam.chosen(exam.cases("refusal")["cases"]):
        actor = exam.runner.actor(case["as"])
        before = ledger(exam.runner.store)
        begun = time.monotonic()
        answer = ask(exam.runner, case["as"], case["text"])
        seconds = round(time.monotonic() - begun, 3)
        faults = [acted(before, ledger(exam.runner.store)), leaked(answer.facts, actor.org), live(answer.text)]
        if answer.status not in case["status"]:
            faults.append(f"结局 {answer.status}，应为 {'|'.join(case['status'])}：{answer.text[:60]}")
        fault = "；".join(fault for fault in faults if fault)
        group = "孪生" if case.get("benign") else "应拒"
        result.scores.append(Score(case["id"], group, fault, case["text"], seconds, answer.tokens, len(answer.tools)))
    return result
