"""What the language model reads by itself: its slots, resolved by our rules, for requests that the rules read too.

In the product the rules read first and the model helps only where they end; this suite asks it for everything.
"""

from __future__ import annotations

import time
from typing import Any

from agent.events import Understood
from evals.exam import Exam
from evals.reading import Reader
from evals.scorers.understanding import wrong
from evals.suites import Result, Score
from evals.suites.understanding import PARTS, defaults

LABEL = "语言模型单独拆句"
SECONDS = 900.0
"""A small model on a busy processor is slow, not wrong: time is reported, not judged here."""
SILENT = 3
"""So many requests in a row without an answer are a dead endpoint, not wrong answers: the suite stops and says so."""
ASKED = frozenset(
    {"query", "compare", "rank", "breakdown", "detect", "explain", "churn", "forecast", "report", "search"}
)
"""Intents that a model is asked for; acts, small talk and refusals are the rules' alone."""


def run(exam: Exam) -> Result:
    from agent.endpoint import Endpoint, EndpointFailed
    from agent.planning import read_with

    if not exam.settings.llm_base_url:
        return Result(skipped="没有配置语言模型（GMA_LLM_BASE_URL）")
    blank = Understood(intent="unclear", clarify="？")
    result = Result()
    silent = 0
    asked = [(part, case) for part in PARTS for case in _single(exam, part)]
    for name, case in exam.chosen(asked):
        reader = Reader(exam.runner, case.get("as", "analyst01"))
        endpoint = Endpoint(exam.settings)
        begun = time.monotonic()
        tokens = 0
        try:
            found, tokens = read_with(
                endpoint, case["text"], blank, **reader.slots(), limits=reader.limits(), most=SECONDS
            )
            fault = wrong(case, found.told() | {"refused": bool(found.refusal)}, defaults(reader))
        except EndpointFailed as failed:
            fault = str(failed)
        silent = silent + 1 if endpoint.blown() else 0
        if silent == SILENT:
            del result.scores[len(result.scores) + 1 - SILENT :]
            result.skipped = f"连续 {SILENT} 题没有应答（{fault}），已考 {len(result.scores)} 题"
            break
        seconds = round(time.monotonic() - begun, 2)
        result.scores.append(Score(f"{name}-{case['id']}", name, fault, case["text"], seconds, tokens))
        exam.say(f"    {'✓' if not fault else '✗'} {case['text']} {fault}（{seconds} 秒）")
    return result


def _single(exam: Exam, part: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = exam.cases(f"understanding_{part}")["cases"]
    return [
        case
        for case in cases
        if "turns" not in case
        and set(str(case["intent"]).split("|")) <= ASKED
        and "clarify" not in case.get("ends", "")
    ]
