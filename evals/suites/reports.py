"""Whole reports, from the request to the published Word file: made, well formed, its figures counted again."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from agent.events import Answer, Done
from core.domain.period import Period
from core.domain.report import ReportContent
from evals.exam import Exam
from evals.kinds import request
from evals.scorers import second_count
from evals.scorers.figures import near
from evals.suites import Result, Score

if TYPE_CHECKING:
    import duckdb

LABEL = "报告"
AUTHOR, REVIEWER = "analyst01", "manager01"
LAST = "2026-10"
OTHERS = ("R2", "R3", "R6", "R7", "R8")
UNITS = ("99401", "9940101", "9940102", "9940103", "9940104")


def run(exam: Exam) -> Result:
    """Short form: every unit's last monthly report. Long form: those of fourteen months, and every other kind that one
    person may approve."""
    months = Period.parse(LAST).trailing_months(14 if exam.whole else 1)
    result = Result()
    made = formed = wrong = 0
    names = {org.code: org.name for org in _units(exam)}
    with second_count.bare(exam.settings.demo_dir) as files:
        asked = [("R1", code, month) for month in reversed(months) for code in UNITS]
        asked += [(kind, code, months[-1]) for kind in OTHERS for code in UNITS] if exam.whole else []
        for kind, code, month in exam.chosen(asked):
            text = request(kind, names[code], month)
            begun = time.monotonic()
            fault, format_fault, content = _published(exam, text)
            figures = _wrong_figures(files, content) if content else []
            made, formed, wrong = made + (not fault), formed + (not fault and not format_fault), wrong + len(figures)
            said = "；".join([*filter(None, (fault, format_fault)), *figures[:3]])
            seconds = round(time.monotonic() - begun, 2)
            result.scores.append(
                Score(f"{kind}-{code}-{month.code}", kind if kind in OTHERS else month.code, said, text, seconds)
            )
    total = len(result.scores) or 1
    result.measures |= {
        "produced": round(100 * made / total, 2),
        "format": round(100 * formed / total, 2),
        "wrong_published": wrong,
    }
    return result


def _units(exam: Exam) -> Any:
    from tools.sources.units import all_units

    return all_units(exam.settings, exam.runner.services.connections)


def _published(exam: Exam, text: str) -> tuple[str, str, ReportContent | None]:
    """(why it was not published, what is wrong with its Word file, its content)."""
    from tools.checks import check_file

    runner = exam.runner
    author, reviewer = runner.actor(AUTHOR), runner.actor(REVIEWER)
    drafted = _last(runner.ask(author, text))
    if drafted.status != "drafted" or drafted.report is None:
        return f"停在 {drafted.status}：{drafted.text[:80]}", "", None
    waiting = _last(runner.submit(author, drafted.report.id))
    if waiting.status != "waiting_approval" or waiting.report is None:
        return f"没有送审：{waiting.text[:80]}", "", None
    decided = _last(runner.decide(reviewer, waiting.report.id, "approve", waiting.report.hash, "考核：批准。"))
    if decided.status != "published":
        return f"没有发布：{decided.text[:80]}", "", None
    detail = runner.report(author, waiting.report.id)
    path = runner.document(author, waiting.report.id, "docx")
    results = check_file(path, detail.content, runner.labels(waiting.report.id))
    failed = [item for item in results if not item.passed and item.level == "error"]
    return "", f"{failed[0].label}：{failed[0].text}" if failed else "", detail.content


def _wrong_figures(files: duckdb.DuckDBPyConnection, content: ReportContent) -> list[str]:
    """The facts of the report itself (its unit, no split) that a second count does not confirm."""
    cases = {case["indicator"]: case for case in second_count.indicator_cases() if not case.get("members")}
    wrong = []
    for fact in content.facts:
        # what has parents is computed from other facts, what an analysis counted is not the indicator itself
        derived = fact.by or fact.parents or fact.computed_by.startswith("analysis")
        if derived or fact.org != content.org or fact.indicator not in cases or fact.value is None:
            continue
        due = second_count.second(files, cases[fact.indicator], fact.org, fact.period)
        if due is None or not near(Decimal(fact.value), due):
            wrong.append(f"{fact.name} {fact.period.label} 应为 {due}，报告为 {fact.value}")
    return wrong


def _last(events: Any) -> Answer:
    answer = [event.answer for event in events if isinstance(event, Done)]
    return answer[-1]
