"""Reports over HTTP: list, record, card, reading text, documents. Decisions stay with chat and command line."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse

from agent.review import review_of
from core.store.reports import ReportDetail, ReportSummary
from ui.api.people import CurrentActor
from ui.desk import desk
from ui.report_desk import card_of, difference_of, paragraphs_of, reading_of
from ui.views.fact_card import fact_card

router = APIRouter(prefix="/reports", tags=["reports"])
ReportId = Annotated[str, Path(pattern=r"^[\w\-]{1,80}$")]
Format = Literal["docx", "html", "pdf", "pptx", "evidence"]
MIME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "evidence": "application/json",
}

SUFFIXES = {"evidence": "-证据包.json"}


@router.get("")
async def reports(actor: CurrentActor) -> list[ReportSummary]:
    """Reports of the actor's unit and below, newest first; other people's drafts are left out."""
    return await desk().call(lambda: desk().runner.reports(actor))


@router.get("/{report}")
async def report(report: ReportId, actor: CurrentActor) -> ReportDetail:
    """One report: content, facts, findings, checks, versions, decisions, state and hash."""
    return await desk().call(lambda: desk().runner.report(actor, report))


@router.get("/{report}/card")
async def card(report: ReportId, actor: CurrentActor) -> dict[str, Any]:
    """What the chat's report card and approval card show, as of now."""
    return await desk().call(lambda: card_of(desk().runner, actor, report))


@router.get("/{report}/reading")
async def reading(report: ReportId, actor: CurrentActor) -> dict[str, Any]:
    """The report's text in blocks, with the card of every printed figure."""
    return await desk().call(lambda: reading_of(desk().runner, actor, report))


@router.get("/{report}/editable")
async def editable(report: ReportId, actor: CurrentActor) -> dict[str, Any]:
    """Paragraphs that a reviewer may change, in token form."""
    return {"paragraphs": await desk().call(lambda: paragraphs_of(desk().runner, actor, report))}


@router.get("/{report}/review")
async def review(report: ReportId, actor: CurrentActor) -> dict[str, Any]:
    """The checklist of the current version with its evidence, waivers and remarks; once decided, the kept one."""
    return await desk().call(lambda: review_of(desk().runner, actor, report))


@router.get("/{report}/diff")
async def diff(
    report: ReportId,
    actor: CurrentActor,
    first: Annotated[int, Query(alias="from", ge=1)],
    second: Annotated[int, Query(alias="to", ge=1)],
) -> dict[str, Any]:
    """What changed between two versions: printed texts and facts."""
    return await desk().call(lambda: difference_of(desk().runner, actor, report, first, second))


@router.get("/{report}/facts/{fact}")
async def fact(report: ReportId, fact: Annotated[str, Path(pattern=r"^F\d+$")], actor: CurrentActor) -> dict[str, Any]:
    """The card of one figure."""

    def read() -> dict[str, Any]:
        found = desk().runner.fact(actor, report, fact)
        return fact_card(found, desk().runner.report(actor, report).content.fact_map())

    return await desk().call(read)


@router.get("/{report}/document")
async def document(report: ReportId, actor: CurrentActor, format: Annotated[Format, Query()] = "docx") -> FileResponse:
    """A document of the current version; the released file once the report is published. Every export is audited."""

    def make() -> tuple[Any, str]:
        path = desk().runner.document(actor, report, format)
        return path, desk().runner.report(actor, report).summary.title

    path, title = await desk().call(make)
    return FileResponse(path, media_type=MIME[format], filename=f"{title}{SUFFIXES.get(format, f'.{format}')}")
