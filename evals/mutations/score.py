"""One run of the mutation test: clean reports in every format raise no alarm, false ones do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from core.domain.report import CheckResult, ReportContent
from evals.mutations import KINDS, Mutation
from evals.mutations.contents import content_mutations
from evals.mutations.files import file_mutations
from evals.mutations.pages import mutations, names_of
from tools.checks import content_checks, page_checks
from tools.checks.context import Context, context_of
from tools.checks.readers import read_file
from tools.checks.reading import Pages

RULES = frozenset({"numeral_gate", "directions", "attribution", "units", "superlatives", "table_sums"})
"""The rules on content that make up the numeral gate; others (wording, privacy) do not count as having caught."""


@dataclass(frozen=True)
class Outcome:
    """One mutation's fate: where it was made (a format, `content`, or a format's real file) and whether it was seen."""

    where: str
    mutation: Mutation
    caught: bool


def page_outcomes(pages: Pages, context: Context, each: int, rng: Random) -> Iterator[Outcome]:
    """`each` mutations of every kind of one file that was read once; they are made in what was read."""
    for kind in KINDS:
        for mutation, false in mutations(pages, context, kind, each, rng):
            yield Outcome(pages.format, mutation, alarmed(false, context))


def content_outcomes(content: ReportContent, each: int, rng: Random) -> Iterator[Outcome]:
    """`each` mutations of every kind of a report's own text."""
    rules = [check for check in content_checks() if check.id in RULES]
    for kind in KINDS:
        for mutation, false in content_mutations(content, kind, each, rng):
            context = context_of(false)
            hits = (hit.level or check.level for check in rules for hit in check.run(context))
            yield Outcome("content", mutation, "error" in hits)


def file_outcomes(path: Path, context: Context, each: int, rng: Random, folder: Path) -> Iterator[Outcome]:
    """`each` mutations of every kind made in the file itself, which is written and read again."""
    names = names_of(context)
    for kind in KINDS:
        for mutation, false in file_mutations(path, context.content, names, kind, each, rng, folder):
            pages = read_file(false)
            yield Outcome(f"{pages.format}-file", mutation, alarmed(pages, context))
            false.unlink()


def alarmed(pages: Pages, context: Context) -> bool:
    """Whether the gate on files finds an error."""
    gate = next(check for check in page_checks() if check.id == "rendered_gate")
    return any((hit.level or gate.level) == "error" for hit in gate.run(pages, context))


def false_alarms(results: Sequence[CheckResult]) -> list[CheckResult]:
    """What the gate says against a clean report or file, warnings included."""
    return [item for item in results if not item.passed and item.rule in RULES | {"rendered_gate", "version"}]
