"""Beside the decision: the checklist of a version, waivers, remarks, and what changed between two versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.approval import waive
from core.domain.actor import Actor
from core.domain.checklist import STATE_LABELS, Checklist, Comment, Waiver
from core.domain.difference import difference
from core.domain.fact import Fact, json_number
from core.domain.report import ReportContent
from core.domain.tokens import UnknownToken, plain
from core.errors import BadRequest, NotFound
from core.remarks import comment, resolve
from core.store import Unit
from core.store.reports import VersionSummary
from tools.checklist import checklist_of
from tools.documents.numbering import exhibit_names, with_references

if TYPE_CHECKING:
    from agent.runner import Runner

__all__ = ["comment_on", "compare", "review_of", "settle_comment", "waive_finding"]


def review_of(runner: Runner, actor: Actor, report: str) -> dict[str, Any]:
    """The checklist of the current version with its remarks; once decided, the one that was kept with the decision."""
    with runner.store.begin() as unit:
        row = unit.reports.row(report, actor)
        kept = _kept(unit, report, row.version)
        checklist = kept or checklist_of(unit, row)
        comments = unit.reviews.comments(report)
        waivers = unit.reviews.waivers(report, row.version)
        names = {user: unit.accounts.name_of(user) for user in _people(comments, waivers)}
    return {
        "checklist": _listed(checklist, kept is not None, names),
        "comments": [{**item.model_dump(mode="json"), "by": names[item.actor]} for item in comments],
        "waivers": [{**item.model_dump(mode="json"), "by": names[item.actor]} for item in waivers],
    }


def waive_finding(runner: Runner, actor: Actor, report: str, digest: str, finding: str, reason: str) -> Waiver:
    """See `core.approval.waive`."""
    return waive(runner.store, actor, report, digest, finding, reason, checklist_of)


def comment_on(runner: Runner, actor: Actor, report: str, text: str, section: str = "") -> Comment:
    """See `core.remarks.comment`."""
    return comment(runner.store, actor, report, text, section)


def settle_comment(runner: Runner, actor: Actor, report: str, remark: str, answer: str) -> Comment:
    """See `core.remarks.resolve`."""
    return resolve(runner.store, actor, report, remark, answer)


def compare(runner: Runner, actor: Actor, report: str, first: int, second: int) -> dict[str, Any]:
    """What changed from version `first` to version `second`: printed texts and facts."""
    with runner.store.begin() as unit:
        row = unit.reports.row(report, actor)
        for number in (first, second):
            if not 1 <= number <= row.version:
                raise NotFound(f"报告 {report} 没有第 {number} 版。", f"现有第 1 至第 {row.version} 版。")
        if first == second:
            raise BadRequest("两个版本号相同，没有可比的内容。", "请给出两个不同的版本号。")
        old, new = unit.reports.content(report, first), unit.reports.content(report, second)
        hashes = [unit.reports.version(report, number) for number in (first, second)]
        labels: dict[str, str] = unit.runs.load(row.run, "labels", {})
    found = difference(old, new)
    return {
        "report": report,
        "from": _version(hashes[0]),
        "to": _version(hashes[1]),
        "texts": [
            {
                "section": item.section,
                "heading": item.heading,
                "change": item.change,
                "old": _printed(item.old, old, labels),
                "new": _printed(item.new, new, labels),
                "old_source": item.old,
                "new_source": item.new,
            }
            for item in found.texts
        ],
        "facts": [
            {
                "id": item.id,
                "name": item.name,
                "change": item.change,
                "fields": list(item.fields),
                "old": _value(item.old),
                "new": _value(item.new),
            }
            for item in found.facts
        ],
    }


def _kept(unit: Unit, report: str, version: int) -> Checklist | None:
    act = unit.reports.act(report, version, "decision")
    return unit.reviews.kept(act.id) if act else None


def _listed(checklist: Checklist, kept: bool, names: Mapping[str, str]) -> dict[str, Any]:
    body = checklist.model_dump(mode="json")
    for item in body["items"]:
        item["stateLabel"] = STATE_LABELS[item["state"]]
        for remark in item["remarks"]:
            if remark["waiver"]:
                remark["waiver"]["by"] = names.get(remark["waiver"]["actor"], remark["waiver"]["actor"])
    states = [item.state for item in checklist.items]
    return {**body, "kept": kept, "counts": {state: states.count(state) for state in STATE_LABELS}}  # type: ignore[arg-type]


def _people(comments: list[Comment], waivers: list[Waiver]) -> set[str]:
    return {item.actor for item in comments} | {item.actor for item in waivers}


def _version(row: Any) -> dict[str, Any]:
    summary = VersionSummary(number=row.number, hash=row.hash, made_by=row.made_by, created_at=row.created_at)
    return summary.model_dump(mode="json")


def _printed(text: str, content: ReportContent, labels: dict[str, str]) -> str:
    """The text with its figures; as written where a token leads nowhere."""
    try:
        return plain(with_references(text, exhibit_names(content)), content.fact_map(), labels)
    except UnknownToken:
        return text


def _value(fact: Fact | None) -> dict[str, Any] | None:
    if fact is None:
        return None
    shown = plain("{{" + fact.id + "}}", {fact.id: fact}) if fact.has_value else ""
    return {"value": json_number(fact.value), "unit": fact.unit, "text": shown, "status": fact.status}
