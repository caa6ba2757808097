"""The numeral gate under mutation: clean reports and files raise no alarm, every false one does.

Three reports by default; `whole` takes every unit and reportable month, and every other kind of report. Each file is
read once and made false in what was read; some of the mutations are also made in real files, which are written and
read again. Groups are told by format and kind: `docx.digit`, `content.rank`, `pptx-file.unit`, `clean.pdf`.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from agent.events import Done
from core.domain.period import Period
from core.domain.report import CheckResult, ReportContent
from core.errors import Broken
from evals.exam import Exam
from evals.kinds import KINDS, request
from evals.mutations import LABELS, NUMERIC
from evals.mutations.contents import truly_counted
from evals.mutations.score import Outcome, content_outcomes, false_alarms, file_outcomes, page_outcomes
from evals.suites import Result, Score
from tools.checks import check_pages, run_checks
from tools.checks.context import context_of
from tools.checks.readers import read_file, readers
from tools.documents import exporters

LABEL = "数字门"
USER = "analyst01"
UNITS = ("云州公司", "清河区", "东陵县", "临江市", "望湖区")
MONTHS = 14
EACH, IN_FILES = 4, 2
"""Mutations of each kind in each file that was read, and in a real file of each format."""
REREAD = 9
"""Real files that are made false, a third of them in each format."""


def run(exam: Exam) -> Result:
    result = Result()
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    files = 0
    formats = [name for name, item in exporters().items() if item.suffix in readers()]
    with tempfile.TemporaryDirectory() as folder:
        for number, (report, content) in enumerate(_reports(exam)):
            rng = Random(report)
            result.scores.append(_clean(f"{report}.content", _content_alarms(content)))
            result.scores.append(_clean(f"{report}.counted", _content_alarms(truly_counted(content))))
            outcomes = list(content_outcomes(content, EACH, rng))
            for name in formats:
                path = exam.runner.document(exam.runner.actor(USER), report, name)
                begun = time.perf_counter()
                pages = read_file(Path(path))
                context = context_of(content, exam.runner.labels(report))
                wrong = false_alarms(check_pages(pages, context))
                files += 1
                result.scores.append(_clean(f"{report}.{name}", wrong, time.perf_counter() - begun))
                outcomes += page_outcomes(pages, context, EACH, rng)
                if number * len(formats) < REREAD:
                    outcomes += file_outcomes(Path(path), context, IN_FILES, rng, Path(folder))
            for at, outcome in enumerate(outcomes):
                result.scores.append(_score(report, at, outcome))
                for key in (outcome.mutation.kind, outcome.where, _half(outcome)):
                    made[key] += 1
                    caught[key] += outcome.caught
    result.measures |= {key: round(100 * caught[key] / made[key], 2) for key in made}
    alarms = sum(not score.ok for score in result.scores if score.group.startswith("clean."))
    result.measures |= {"false_alarms": alarms, "clean_files": files, "mutations": made["numeric"] + made["others"]}
    return result


def _content_alarms(content: ReportContent) -> list[CheckResult]:
    return false_alarms(run_checks(content, {}))


def _clean(case: str, wrong: Sequence[CheckResult], seconds: float = 0.0) -> Score:
    said = "；".join(f"{item.place}{item.text}" for item in wrong[:3])
    return Score(case, f"clean.{case.rpartition('.')[2]}", said and f"误报：{said}", seconds=seconds)


def _half(outcome: Outcome) -> str:
    return "numeric" if outcome.mutation.kind in NUMERIC else "others"


def _score(report: str, at: int, outcome: Outcome) -> Score:
    mutation = outcome.mutation
    missed = f"没有查出（{LABELS[mutation.kind]}）：{mutation.before[:60]} → {mutation.after[:60]}"
    return Score(f"{report}.{outcome.where}.{at}", f"{outcome.where}.{mutation.kind}", "" if outcome.caught else missed)


def _reports(exam: Exam) -> Iterator[tuple[str, ReportContent]]:
    """Drafted reports: three monthly ones, or with `whole` every unit and month, and every other kind of each unit."""
    last = exam.settings.business_date().replace(day=1)
    months = Period.month(last.year, last.month).mom().trailing_months(MONTHS)
    wanted = [("R1", unit, month) for month in reversed(months) for unit in UNITS]
    others = [(kind, unit, months[-1]) for kind in KINDS[1:] for unit in UNITS]
    for kind, unit, month in [*wanted, *others] if exam.whole else [wanted[0], wanted[4], wanted[11]]:
        actor = exam.runner.actor(USER)
        text = request(kind, unit, month)
        answer = [event.answer for event in exam.runner.ask(actor, text) if isinstance(event, Done)][-1]
        if answer.report is None:
            raise Broken(f"考卷要的报告没有做成：{text}（{answer.text[:80]}）。", "请先让报告考卷通过，再考数字门。")
        yield answer.report.id, exam.runner.report(actor, answer.report.id).content
