"""`gma bench gate`: what the numeral gate costs on an R1 draft and on the files made from it."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.settings import Settings

if TYPE_CHECKING:
    from core.domain.report import ReportContent
    from tools.checks.reading import Pages

REQUEST = "帮我做一份2026年10月云州公司的营销指标月报"
ROUNDS = 5
GOAL = 10.0
"""The share of a draft, in %, that gate, ledger and audit may cost together."""


def bench_gate(settings: Settings) -> dict[str, Any]:
    """Processor milliseconds for each 10,000 printed characters, and the share of a warm R1 draft.

    A context is built anew for each round, as in a draft; files are read and judged.
    """
    from agent.events import Done
    from agent.runner import Runner
    from evals.bench import linked_home
    from evals.mutations.score import RULES
    from tools.checks import content_checks, run_checks
    from tools.checks.context import context_of
    from tools.checks.readers import read_file, readers
    from tools.documents import exporters

    with tempfile.TemporaryDirectory() as folder:
        runner = Runner.open(linked_home(settings, Path(folder)))
        actor = runner.actor("analyst01")
        drafts, report = [], ""
        for _ in range(3):
            begun = time.process_time()
            last = list(runner.ask(actor, REQUEST))[-1]
            drafts.append(time.process_time() - begun)
            assert isinstance(last, Done) and last.answer.report is not None
            report = last.answer.report.id
        content, labels = runner.report(actor, report).content, runner.labels(report)
        laid = context_of(content, labels).expected.pieces
        printed = sum(len(piece.text) for piece in laid) + sum(
            len(cell)
            for sheet in context_of(content, labels).expected.sheets.values()
            for row in sheet.rows
            for cell in row
        )
        rules = [check for check in content_checks() if check.id in RULES]

        def gate() -> None:
            context = context_of(content, labels)
            for check in rules:
                list(check.run(context))

        gated, checked = _seconds(gate), _seconds(lambda: run_checks(content, labels))
        files = {}
        for name, item in exporters().items():
            if item.suffix in readers():
                path = Path(runner.document(actor, report, name))
                pages = read_file(path)
                read = _seconds(partial(read_file, path))
                check = _seconds(partial(_judge, pages, content, labels))
                files[name] = {"read_ms": round(1000 * read, 1), "check_ms": round(1000 * check, 1)}
        runner.close()
    draft = min(drafts[1:])
    return {
        "characters": printed,
        "facts": len(content.facts),
        "gate_ms": round(1000 * gated, 1),
        "gate_ms_per_10000": round(1000 * gated * 10_000 / printed, 1),
        "all_rules_ms": round(1000 * checked, 1),
        "draft_ms": round(1000 * draft, 1),
        "share_pct": round(100 * gated / draft, 2),
        "goal_share_pct": GOAL,
        "files": files,
    }


def _judge(pages: Pages, content: ReportContent, labels: Mapping[str, str]) -> None:
    from tools.checks import check_pages
    from tools.checks.context import context_of

    check_pages(pages, context_of(content, labels))


def _seconds(work: Callable[[], object]) -> float:
    """Median processor seconds after one round that warms up."""
    work()
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times)
