"""Files and reports made false in one place are stopped; the same files as exported are not.

Three mutations of each kind in each format by default; `GMA_MUTATIONS=40` makes that many. The long form over every
unit and month is `gma evals run --suite gate --whole`.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from core.domain.report import ReportContent
from evals.mutations import KINDS, NUMERIC
from evals.mutations.contents import truly_counted
from evals.mutations.score import Outcome, alarmed, content_outcomes, file_outcomes, page_outcomes
from tools.checks import check_pages, run_checks
from tools.checks.context import context_of
from tools.checks.readers import read_file
from tools.checks.reading import Pages
from tools.documents import DocumentMeta, export

EACH = int(os.environ.get("GMA_MUTATIONS", "3"))
LEAST = 98.0


def missed(outcomes: list[Outcome]) -> dict[str, list[str]]:
    """Changes that went unseen, by kind; kinds outside numbers and units may miss two in a hundred."""
    made = Counter(outcome.mutation.kind for outcome in outcomes)
    assert set(made) == set(KINDS)
    lost: dict[str, list[str]] = {}
    for outcome in outcomes:
        if not outcome.caught:
            lost.setdefault(outcome.mutation.kind, []).append(f"{outcome.mutation.before} → {outcome.mutation.after}")
    others = sum(count for kind, count in made.items() if kind not in NUMERIC)
    share = 100 * (1 - sum(len(found) for kind, found in lost.items() if kind not in NUMERIC) / others)
    return {} if share >= LEAST and not set(lost) & set(NUMERIC) else lost


def test_the_three_formats_are_read(read: dict[str, Pages]) -> None:
    assert set(read) == {"docx", "pdf", "pptx"}


def test_files_as_exported_raise_no_alarm(read: dict[str, Pages], content: ReportContent) -> None:
    context = context_of(content)
    wrong = [item for pages in read.values() for item in check_pages(pages, context) if not item.passed]
    assert [item for item in wrong if item.level == "error" or item.rule in {"rendered_gate", "version"}] == []


@pytest.mark.parametrize("name", ["docx", "pdf", "pptx"])
def test_false_files_are_stopped(read: dict[str, Pages], content: ReportContent, name: str) -> None:
    outcomes = list(page_outcomes(read[name], context_of(content), EACH, Random(7)))
    assert missed(outcomes) == {}
    assert len(outcomes) >= 0.9 * EACH * len(KINDS)


@pytest.mark.parametrize("name", ["docx", "pptx"])
def test_false_files_are_stopped_when_read_again(
    files: dict[str, Path], content: ReportContent, name: str, tmp_path: Path
) -> None:
    outcomes = list(file_outcomes(files[name], context_of(content), 1, Random(11), tmp_path))
    assert missed(outcomes) == {} and {outcome.where for outcome in outcomes} == {f"{name}-file"}


def test_a_false_print_is_stopped(
    content: ReportContent, labels: dict[str, str], meta: DocumentMeta, tmp_path: Path
) -> None:
    changed = [
        fact.model_copy(update={"value": fact.value + 10_000_000}) if fact.id == "F14" and fact.value else fact
        for fact in content.facts
    ]
    other = content.model_copy(update={"facts": tuple(changed)})
    path = export("pdf", other, labels, meta, tmp_path / "false.pdf")
    assert not alarmed(read_file(path), context_of(other))
    assert alarmed(read_file(path), context_of(content))


def test_true_counts_raise_no_alarm_and_false_ones_do(content: ReportContent, labels: dict[str, str]) -> None:
    counted = truly_counted(content)
    texts = [text.source for text in context_of(counted).texts]
    assert sum("，有以下" in text for text in texts) >= 2
    assert [item for item in run_checks(counted, labels) if not item.passed and item.level == "error"] == []
    outcomes = [item for item in content_outcomes(counted, EACH, Random(3)) if item.mutation.kind == "counted"]
    assert outcomes and all(outcome.caught for outcome in outcomes)


def test_false_texts_are_stopped(content: ReportContent) -> None:
    outcomes = list(content_outcomes(content, EACH, Random(5)))
    assert missed(outcomes) == {}
