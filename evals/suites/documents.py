"""Exported files: every kind of report, in every shell and format, opened as its readers open it and measured.

Short form: a weekly report of one county. Long form: eight kinds, every unit, a winter, a summer and a 春节 month.
Word and PowerPoint files also go through LibreOffice, one unit of each kind and month in the long form; PDFs are
measured with poppler. Where a program is missing, its measurements are left out and the suite says so. A report whose
months lie before the data is answered with a sentence instead: that counts as `short`, not as a fault.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from agent.events import Answer, Done
from core.domain.period import Period
from evals.exam import Exam
from evals.exports import boxes
from evals.exports.judging import Faults, by_office, judged
from evals.kinds import KINDS, request
from evals.office import convert, installed
from evals.suites import Result, Score
from tools.checks.context import Context, context_of
from tools.documents import exporters
from tools.documents.shells import SHELLS, Dress

LABEL = "导出文件"
USER = "analyst01"
UNITS = ("云州公司", "清河区", "东陵县", "临江市", "望湖区")
MONTHS = (Period.month(2025, 12), Period.month(2026, 7), Period.month(2026, 2))
"""A winter month, a summer month, and the one with 春节."""
_PAPERS = frozenset({"docx", "pdf"})
_OFFICE = frozenset({".docx", ".pptx"})


@dataclass(frozen=True)
class _Case:
    kind: str
    unit: str
    month: Period
    office: bool

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.unit}-{self.month.code}"


@dataclass(frozen=True)
class _File:
    """One export: `dressed` is its format, and its shell where it has one."""

    path: Path
    dressed: str
    seconds: float = 0.0


def run(exam: Exam) -> Result:
    result = Result()
    asked = short = made = 0
    faulty: Counter[str] = Counter()
    rates: list[Decimal] = []
    office = 0
    for missing in _missing():
        exam.say(f"  {missing}")
    for case in exam.chosen(_cases(exam)):
        asked += 1
        answer = _answer(exam, case)
        if answer.report is None:
            lacking = answer.status in {"answered", "refused", "clarify"} and "数据" in answer.text
            short += lacking
            told = "" if lacking else f"停在 {answer.status}：{answer.text[:80]}"
            result.scores.append(Score(case.name, f"{case.kind}.short", told, _sentence(case)))
            continue
        made += 1
        with tempfile.TemporaryDirectory() as name:
            files = list(_exported(exam, case, answer.report.id, Path(name)))
            content = exam.runner.report(exam.runner.actor(USER), answer.report.id).content
            context = context_of(content, exam.runner.labels(answer.report.id))
            printed = _by_office(files, Path(name) / "office") if case.office and installed() else {}
            office += len(printed)
            for file in files:
                faults, rate, seconds = _judged(file, printed.get(file.path), context)
                rates += [rate] if rate is not None and file.path.suffix == ".docx" else []
                faulty.update(faults.keys())
                said = "；".join(text for found in faults.values() for text in found[:3])
                at = f"{case.name}.{file.dressed}"
                result.scores.append(Score(at, f"{case.kind}.{file.dressed}", said, _sentence(case), seconds))
            if exam.sheets and case.office:
                _sheets(exam.sheets, case, files, printed)
    files_made = sum(not score.group.endswith(".short") for score in result.scores) or 1
    result.measures |= {
        "produced": round(100 * made / max(asked - short, 1), 2),
        "opened": round(100 - 100 * faulty["opened"] / files_made, 2),
        "gated": round(100 - 100 * faulty["gated"] / files_made, 2),
        "standard": float(min(rates, default=Decimal(0))),
        "letters": faulty["letters"],
        "misplaced": faulty["placed"],
        "reports": made,
        "short": short,
        "files": files_made,
        "office_files": office,
    }
    return result


def _cases(exam: Exam) -> Sequence[_Case]:
    if not exam.whole:
        return [_Case("R2", "望湖区", MONTHS[1], True)]
    return [
        _Case(kind, unit, _ending(kind, month), at == (row + column) % len(UNITS))
        for row, kind in enumerate(KINDS)
        for column, month in enumerate(MONTHS)
        for at, unit in enumerate(UNITS)
    ]


def _ending(kind: str, month: Period) -> Period:
    """The month itself; for the quarterly kind the last one of its quarter."""
    start = month.start
    return Period.month(start.year, (start.month + 2) // 3 * 3) if kind == "R4" else month


def _missing() -> Iterator[str]:
    if not installed():
        yield "没有安装 LibreOffice：Word 和 PowerPoint 文件没有经它打开"
    if not boxes.measurable():
        yield "没有安装 poppler：PDF 的版面没有测量"


def _sentence(case: _Case) -> str:
    return request(case.kind, case.unit, case.month)


def _answer(exam: Exam, case: _Case) -> Answer:
    events = exam.runner.ask(exam.runner.actor(USER), _sentence(case))
    return [event.answer for event in events if isinstance(event, Done)][-1]


def _exported(exam: Exam, case: _Case, report: str, folder: Path) -> Iterator[_File]:
    """The report in every format; in every shell where the format has shells."""
    for name in exporters():
        for shell in SHELLS if name in _PAPERS else ("",):
            begun = time.perf_counter()
            path = exam.runner.document(exam.runner.actor(USER), report, name, Dress(shell=shell) if shell else None)
            dressed = f"{name}.{shell}" if shell else name
            copied = folder / f"{case.name}-{dressed.replace('.', '-')}{path.suffix}"
            yield _File(Path(shutil.copy(path, copied)), dressed, time.perf_counter() - begun)


def _by_office(files: Sequence[_File], folder: Path) -> dict[Path, Path]:
    """The office files, printed by LibreOffice in one process."""
    paths = [file.path for file in files if file.path.suffix in _OFFICE]
    return dict(zip(paths, convert(paths, "pdf", folder), strict=True))


def _judged(file: _File, printed: Path | None, context: Context) -> tuple[Faults, Decimal | None, float]:
    begun = time.perf_counter()
    faults, rate = judged(file.path, context)
    if printed is not None:
        for aspect, found in by_office(file.path, printed, context).items():
            faults[aspect] = faults.get(aspect, []) + found
    return faults, rate, round(file.seconds + time.perf_counter() - begun, 3)


def _sheets(folder: Path, case: _Case, files: Sequence[_File], printed: dict[Path, Path]) -> None:
    """One picture a file; Word and PowerPoint files as LibreOffice prints them."""
    from evals.exports.sheets import sheet

    for file in files:
        pages = printed.get(file.path, file.path)
        if pages.suffix == ".pdf" and pages.exists():
            sheet(pages, folder / f"{file.path.stem}.png")
