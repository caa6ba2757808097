"""Experience (经验): what reviewers said about a report and what came of it, as advice for the next of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.domain.org import Org
from core.domain.report import ReportContent
from knowledge.search.document import Doc

if TYPE_CHECKING:
    from core.domain.actor import Actor
    from knowledge.search.index import Index


@dataclass(frozen=True)
class Note:
    """One thing said: `kind` 退回意见, 批注, 豁免 …, `section` a heading or "" (all of it), `done` what came of it."""

    kind: str
    said: str
    at: datetime
    section: str = ""
    done: str = ""


def learn(content: ReportContent, report_id: str, name: str, notes: Sequence[Note], index: Index) -> list[str]:
    """File the notes on a published report of the template called `name`; filing them again changes nothing.

    A note carries the unit of its report as its access label. Returns the ids of the documents.
    """
    made = list(_documents(content, report_id, name, notes))
    ids = {doc.id for doc in made}
    old = index.select(lambda doc: doc.id.startswith(f"experience/{report_id}/") and doc.id not in ids)
    index.file(made)
    index.delete([doc.id for doc in old])
    return sorted(ids)


def advice(index: Index, actor: Actor, template: str, org: str, limit: int = 3) -> list[Doc]:
    """What was said of earlier reports of this template, of the unit itself first, then the newest."""
    found = index.select(lambda doc: doc.kind == "experience" and doc.template == template, actor=actor)
    found.sort(key=lambda doc: (doc.org == org, str(doc.facts.get("at", "")), doc.id), reverse=True)
    return found[:limit]


def _documents(content: ReportContent, report_id: str, name: str, notes: Sequence[Note]) -> list[Doc]:
    short = Org(code=content.org, name=content.org_name).short
    docs = []
    for at, note in enumerate(sorted(notes, key=lambda note: (note.at, note.kind, note.said)), 1):
        where = f"「{note.section}」" if note.section else "全文"
        done = f"处理：{note.done}。" if note.done else ""
        docs.append(
            Doc(
                id=f"experience/{report_id}/{at}",
                kind="experience",
                title=f"{name} · {where.strip('「」')} · {note.kind}",
                text=f"{where}{note.kind}：{note.said.rstrip('。')}。{done}出自{content.title}（{report_id}）。",
                org=content.org,
                label=content.org,
                period=content.period.code,
                template=content.template,
                identifiers=(name, short, *((note.section,) if note.section else ())),
                facts={
                    "report": report_id,
                    "at": note.at.isoformat(),
                    "said": note.said,
                    "done": note.done,
                    "section": note.section,
                },
            )
        )
    return docs
