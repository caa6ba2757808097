"""A knowledge base filled with reports for the exam: drafted from the province, filed as if they had been published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from agent.preview import preview
from core.domain.org import Org
from core.domain.period import Period
from core.domain.report import ReportContent
from core.errors import GmaError
from knowledge.archive import archive
from knowledge.template_library import templates

if TYPE_CHECKING:
    from evals.exam import Exam
    from knowledge.search import Index


@dataclass(frozen=True)
class Filed:
    """One report in the knowledge base; `sections` are the headings that were filed."""

    id: str
    content: ReportContent
    sections: tuple[str, ...]

    @property
    def short(self) -> str:
        return Org(code=self.content.org, name=self.content.org_name).short


def fill(exam: Exam, plan: Mapping[str, Sequence[str]], user: str) -> list[Filed]:
    """File a report for each kind, unit and month of the plan; what cannot be drafted is left out and named."""
    runner = exam.runner
    actor, index = runner.actor(user), runner.services.index()
    library = templates(exam.settings)
    made = []
    for kind in plan["kinds"]:
        for unit in plan["units"]:
            for month in plan["months"]:
                period = Period.parse(month)
                try:
                    content, _ = preview(runner, actor, library[kind], unit, period)
                except GmaError as error:
                    exam.say(f"{kind} {unit} {month} 没有写成：{error.message}")
                    continue
                name = f"{kind}-{unit}-{month.replace('-', '')}-0001"
                at = datetime.combine(period.end, time(9))
                archive(content, name, 1, content.hash(), "王主任", at, index, library[kind])
                made.append((name, content))
                exam.say(f"已存 {name}")
    headings = _filed(index)
    return [Filed(name, content, headings[name]) for name, content in made]


def _filed(index: Index) -> dict[str, tuple[str, ...]]:
    """The headings of every report in the knowledge base."""
    headings: dict[str, dict[str, None]] = {}
    for doc in index.select(lambda doc: bool(doc.facts.get("part"))):
        headings.setdefault(str(doc.facts["report"]), {})[str(doc.facts["heading"])] = None
    return {report: tuple(each) for report, each in headings.items()}
