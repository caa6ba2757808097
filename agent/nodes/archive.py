"""File the release in the knowledge base, where next month's draft finds it, and end the run."""

from __future__ import annotations

from agent.state import RunState
from agent.turn import Turn
from core.domain.lifecycle import Verb
from core.domain.report import ReportContent
from core.errors import Broken
from core.store.database import Unit
from knowledge.archive import archive
from knowledge.experience import Note, learn

_SAID = {Verb.RETURN: "退回意见", Verb.REJECT: "否决意见", Verb.EDIT: "修改说明", Verb.APPROVE: "审批意见"}


def run(state: RunState, turn: Turn) -> RunState:
    report = state["report"]
    with turn.store.begin() as unit:
        release = unit.reports.release(report)
        if release is None:
            raise Broken(f"报告 {report} 没有发布记录，不能归档。", "请审计管理员核对发布台账。")
        content = unit.reports.content(report, release.version)
        reviewer = unit.accounts.name_of(release.reviewer)
        notes = _notes(unit, report, content, release.version)
    index = turn.services.index(house=False)
    template = turn.library.get(content.template)
    sections = archive(content, report, release.version, release.hash, reviewer, release.at, index, template)
    turn.services.fault("inside:archive")
    if notes:
        learn(content, report, template.name if template else content.template, notes, index)
    with turn.store.begin() as unit:
        unit.reports.mark_archived(report, len(sections))
        unit.runs.mark(state["run"], status="done", node="archive", waits_for="")
    return {"done": "archive"}


def _notes(unit: Unit, report: str, content: ReportContent, released: int) -> list[Note]:
    """What reviewers said of any version up to the released one: opinions, remarks with their answers, waivers."""
    headings = {section.id: section.heading for section in content.sections}
    made = []
    for act in unit.reports.decisions(report):
        # an approval without more than its consent teaches nothing
        if act.comment and act.verb in _SAID and (act.verb is not Verb.APPROVE or len(act.comment) > 8):
            done = "已改后再送审" if act.verb is Verb.RETURN else ""
            made.append(Note(_SAID[act.verb], act.comment, act.at, done=done))
    for remark in unit.reviews.comments(report):
        heading = headings.get(remark.section, remark.section)
        made.append(Note("批注", remark.text, remark.at, heading, remark.answer))
    for number in range(1, released + 1):
        made += [Note("豁免", item.text, item.at, done=item.reason) for item in unit.reviews.waivers(report, number)]
    return made
