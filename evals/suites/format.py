"""The format check on a corpus of Word files: clean ones of ours and of other hands, and every rule broken in several
ways in copies of them; what a program can mend is mended and checked again.

The short form takes a weekly report in three shells and three foreign files, and a sample of the faults where the exam
has one; `whole` takes the eight kinds in three
shells, and foreign files that LibreOffice wrote anew where it is installed.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from agent.events import Done
from evals.exam import Exam
from evals.formats import breaks
from evals.formats.corpus import faulty
from evals.formats.foreign import STYLES, build
from evals.formats.score import alarms, fate
from evals.office import convert, installed
from evals.suites import Result, Score
from tools.documents.shells import SHELLS, Dress

LABEL = "格式校验"
USER = "analyst01"
ASKS = (
    "帮我做一份2026年10月19日至25日望湖区的营销周报",
    "帮我做一份2026年10月云州公司的营销指标月报",
    "帮我做一份2026年10月望湖区用电异常分析专题报告",
    "帮我做一份云州公司2026年第三季度经营规划报告",
    "帮我做一份2026年10月云州公司大客户流失预警与挽回方案",
    "帮我做一份2026年10月云州公司电费回收专项报告",
    "帮我做一份2026年10月云州公司优质服务分析报告",
    "帮我做一份2026年10月云州公司线损分析专题报告",
)
SEEDS, EACH = 8, 7
"""Foreign files of each style, and files with each fault, in the long form; one of each in the short form."""
REWRITTEN = 12
"""Foreign files that LibreOffice writes anew in the long form."""


def run(exam: Exam) -> Result:
    result = Result()
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    mended: Counter[bool] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = list(_ours(exam, folder / "ours"))
        foreign = [
            build(style, seed, folder / "foreign" / f"{style}{seed}.docx")
            for seed in range(SEEDS if exam.whole else 1)
            for style in STYLES
        ]
        if exam.whole:
            foreign += rewritten(foreign[:REWRITTEN], folder / "rewritten")
        alarmed = _clean(result, ours, foreign)
        work = folder / "work"
        work.mkdir()
        bases = _mixed(ours, foreign)
        for item in faulty(bases, exam.chosen(breaks()), EACH if exam.whole else 1, work):
            begun = time.perf_counter()
            done = fate(item, ours=item.base in ours, out=work / "mended.docx")
            made[item.fault.rule] += 1
            caught[item.fault.rule] += done.found
            if item.fault.mends:
                mended[not done.unmended and done.found] += 1
            wrong = "没有查出" if not done.found else done.unmended
            result.scores.append(Score(item.name, item.fault.rule, wrong, seconds=time.perf_counter() - begun))
            item.path.unlink()
        clean = len(ours) + len(foreign)
    result.measures |= {f"recall_{rule}": round(100 * caught[rule] / made[rule], 2) for rule in sorted(made)}
    result.measures |= {
        "recall": min(round(100 * caught[rule] / made[rule], 2) for rule in made),
        "rules": len(made),
        "false_alarms": round(100 * alarmed / clean, 2),
        "mended": round(100 * mended[True] / max(mended.total(), 1), 2),
        "faulty_files": made.total(),
        "clean_files": clean,
    }
    return result


def _clean(result: Result, ours: Sequence[Path], foreign: Sequence[Path]) -> int:
    """Files of which something is said that should not be."""
    alarmed = 0
    for path in (*ours, *foreign):
        begun = time.perf_counter()
        found = alarms(path, ours=path in ours)
        alarmed += bool(found)
        said = "；".join(f"{item.rule} {item.place}{item.text}" for item in found[:3])
        result.scores.append(Score(path.stem, "clean", said and f"误报：{said}", seconds=time.perf_counter() - begun))
    return alarmed


def _mixed(ours: Sequence[Path], foreign: Sequence[Path]) -> list[Path]:
    """Ours and others in turn."""
    most = max(len(ours), len(foreign))
    pairs = ((ours[at % len(ours)], foreign[at % len(foreign)]) for at in range(most))
    return list(dict.fromkeys(path for pair in pairs for path in pair))


def _ours(exam: Exam, folder: Path) -> Iterator[Path]:
    """Reports of every kind in every shell; one report in the short form."""
    folder.mkdir()
    actor = exam.runner.actor(USER)
    for number, text in enumerate(ASKS if exam.whole else ASKS[:1], 1):
        for event in exam.runner.ask(actor, text):
            if isinstance(event, Done) and event.answer.report is not None:
                for shell in SHELLS:
                    path = exam.runner.document(actor, event.answer.report.id, "docx", Dress(shell=shell))
                    yield Path(shutil.copy(path, folder / f"R{number}-{shell}.docx"))


def rewritten(paths: Sequence[Path], folder: Path) -> list[Path]:
    """The files as LibreOffice writes them; none where it is not installed."""
    return [path for path in convert(paths, "docx", folder) if path.exists()] if installed() else []
