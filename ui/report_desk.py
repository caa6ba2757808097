"""Reports for the chat and the API: one place that puts a report, its people and its actor together for the views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.review import compare, review_of
from core.domain.actor import Actor
from ui.unit_names import people_names
from ui.views.reading import editable, report_card, report_reading, review_part

if TYPE_CHECKING:
    from agent.runner import Runner


def card_of(runner: Runner, actor: Actor, report: str) -> dict[str, Any]:
    """The report card as this actor sees it now; NotFound outside the actor's unit."""
    detail = runner.report(actor, report)
    people = {detail.summary.author, *(decision.reviewer for decision in detail.decisions)}
    review = review_of(runner, actor, report)
    return {**report_card(detail, actor, people_names(runner, people)), **review_part(detail, actor, review)}


def reading_of(runner: Runner, actor: Actor, report: str) -> dict[str, Any]:
    """The whole report for reading, with its card."""
    detail = runner.report(actor, report)
    return {**report_reading(detail, runner.labels(report)), "card": card_of(runner, actor, report)}


def paragraphs_of(runner: Runner, actor: Actor, report: str) -> list[dict[str, Any]]:
    """Paragraphs in token form, for a reviewer's edit."""
    return editable(runner.report(actor, report))


def difference_of(runner: Runner, actor: Actor, report: str, first: int, second: int) -> dict[str, Any]:
    """What changed between two versions."""
    return compare(runner, actor, report, first, second)
