"""New cases from what reviewers did: an edited paragraph, a return, a rejection (`gma evals harvest`)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.domain.report import Paragraph, ReportContent
from core.errors import BadRequest
from core.store import Store, Unit
from core.store.tables import ActRow, ReportRow

SENT_BACK = ("return", "reject")


def harvest(store: Store, out: Path) -> list[dict[str, Any]]:
    """Write one YAML of cases, replacing an older harvest, and hand them back.

    A case names the report, version and hash it is about, so that it stays checkable; texts keep their fact tokens, so
    that no figure and no personal data leave the record. Raises BadRequest when the file cannot be written.
    """
    import yaml

    with store.begin() as unit:
        cases = list(_cases(unit))
    head = "# 从审核人的修改与退回收集的考题；before、after 为记号形式的段落，why 是审核人的原话。\n"
    text = head + yaml.safe_dump({"cases": cases}, allow_unicode=True, sort_keys=False, width=118)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        fresh = out.with_suffix(".part")
        fresh.write_text(text, encoding="utf-8")
        os.replace(fresh, out)
    except OSError as error:
        raise BadRequest(f"写不进文件「{out}」：{error.strerror}。", "请用 --out 换一个可写的路径。") from error
    return cases


def _cases(unit: Unit) -> Iterator[dict[str, Any]]:
    acts = unit.session.scalars(select(ActRow).where(ActRow.kind.in_(("edit", "decision"))).order_by(ActRow.at))
    for act in acts:
        row = unit.session.get_one(ReportRow, act.report)
        about = {
            "report": row.id,
            "template": row.template,
            "org": row.org,
            "period": row.period,
            "version": act.version,
            "hash": act.hash,
            "at": act.at.date().isoformat(),
        }
        if act.verb in SENT_BACK:
            yield {"id": f"{act.id}", "kind": act.verb, "why": act.comment, **about}
        elif act.kind == "edit":
            before, after = unit.reports.content(row.id, act.version), unit.reports.content(row.id, act.version + 1)
            for number, changed in enumerate(_changed(before, after), 1):
                yield {"id": f"{act.id}-{number}", "kind": "edit", "why": act.comment, **changed, **about}


def _changed(before: ReportContent, after: ReportContent) -> Iterator[dict[str, str]]:
    """The paragraphs of a section that the other version has not: what was written, what should have been."""
    then = {section.id: section for section in before.sections}
    for section in after.sections:
        old = [block.text for block in then[section.id].blocks if isinstance(block, Paragraph)]
        new = [block.text for block in section.blocks if isinstance(block, Paragraph)]
        if old != new:
            gone, come = [text for text in old if text not in new], [text for text in new if text not in old]
            yield {"section": section.heading, "before": "\n".join(gone), "after": "\n".join(come)}
