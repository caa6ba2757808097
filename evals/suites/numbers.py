"""Figures: questions in words, answers counted a second time by independent SQL on the bare files."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.domain.period import Period
from evals.answers import Answered, ask
from evals.exam import Exam
from evals.scorers import second_count
from evals.scorers.figures import near, shown, unsupported, wrong_value
from evals.suites import Result, Score
from knowledge.catalog import catalog

if TYPE_CHECKING:
    import duckdb

LABEL = "数字"


def run(exam: Exam) -> Result:
    book = exam.cases("numbers")
    result = Result()
    invented = 0
    asked = [*_generated(book, exam.whole), *book["questions"]]
    with second_count.bare(exam.settings.demo_dir) as files:
        for case in exam.chosen(asked):
            begun = time.monotonic()
            answer = ask(exam.runner, case.get("as", book["as"]), case["text"])
            seconds = round(time.monotonic() - begun, 3)
            extra = unsupported(answer.text, answer.facts)
            invented += len(extra)
            fault = _generated_fault(files, case, answer) if "case" in case else _written_fault(files, case, answer)
            if not fault and extra:
                fault = f"没有事实支持的数字：{'、'.join(extra)}"
            group = "指标" if "case" in case else "另写"
            result.scores.append(
                Score(case["id"], group, fault, case["text"], seconds, answer.tokens, len(answer.tools))
            )
    result.measures["wrong_published"] = invented
    return result


def _generated(book: dict[str, Any], whole: bool) -> Iterator[dict[str, Any]]:
    """Every indicator that has a second count, by units and periods; wordings take turns. Short form: two each."""
    wordings = itertools.cycle(book["wordings"])
    pairs = list(itertools.product(book["scopes"], book["periods"]))
    turns = itertools.cycle(pairs)
    for case in second_count.indicator_cases():
        if case.get("members"):
            continue
        name = catalog().indicators[case["indicator"]].name
        for scope, period in pairs if whole else (next(turns), next(turns)):
            yield {
                "id": f"{case['indicator']}-{scope['code']}-{period['code']}",
                "text": next(wordings).format(org=scope["say"], period=period["say"], name=name),
                "case": case,
                "org": scope["code"],
                "period": period["code"],
            }


def _generated_fault(files: duckdb.DuckDBPyConnection, case: dict[str, Any], answer: Answered) -> str:
    period = Period.parse(case["period"])
    due = second_count.second(files, case["case"], case["org"], period)
    want = {"indicator": case["case"]["indicator"], "org": case["org"]}
    fault = wrong_value(answer.facts, want, due)
    if fault or due is None:
        return fault
    fact = next(fact for fact in answer.facts if fact["indicator"] == want["indicator"])
    rule = catalog().indicators[want["indicator"]].compare.change
    for name, before in (("yoy", period.yoy()), ("mom", period.mom())):
        then = second_count.base(files, case["case"], case["org"], before)
        expected, found = second_count.changed(rule, due, then), fact["compare"][name]
        if (expected is None) != (found is None) or (expected is not None and not near(Decimal(str(found)), expected)):
            return f"{name} 应为 {expected}，却是 {found}"
    return "" if shown(answer.text, due) else "回答里没有写出这个数"


def _written_fault(files: duckdb.DuckDBPyConnection, case: dict[str, Any], answer: Answered) -> str:
    rows = files.execute(case["sql"]).fetchall()
    if not rows:
        return "独立计算没有结果" if answer.facts else ""
    if len(rows[0]) == 1:
        due = Decimal(str(rows[0][0]))
        fault = wrong_value(answer.facts, {"indicator": case["indicator"]}, due)
        return fault or ("" if shown(answer.text, due) else "回答里没有写出这个数")
    found = {
        (fact["by"] or {}).get("key"): fact["value"] for fact in answer.facts if fact["indicator"] == case["indicator"]
    }
    for key, value in rows:
        name = next((one for one in found if one is not None and _same_key(one, str(key))), None)
        if name is None:
            return f"没有列出 {key}"
        if not near(Decimal(str(found[name] or 0)), Decimal(str(value))):
            return f"{key} 应为 {value}，却是 {found[name]}"
    return ""


def _same_key(left: str, right: str) -> bool:
    if left == right:
        return True
    try:
        return Decimal(left) == Decimal(right)
    except ArithmeticError:
        return False
