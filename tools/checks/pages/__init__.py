"""Rules on written files: each file exports `CHECK`. The format rules F01—F30 of `knowledge/standards` are one file
each, of the rule's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from knowledge.standards.packs import format_rules
from tools.checks import Hit, PageCheck
from tools.checks.context import Context
from tools.checks.reading import Pages


def form_check(id: str, run: Callable[[Pages, Context | None], Iterable[Hit]]) -> PageCheck:
    """A format rule; its label stands in the rule pack."""
    return PageCheck(id, format_rules()[id].label, run)
