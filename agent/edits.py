"""A reviewer's edit file: paragraphs to replace, in token form so that every figure stays a fact.

JSON: `{"replace": [{"section": "overview", "block": 0, "text": "……{{F1}}……"}]}`. Text or Markdown: a line
`## 章节标题` and below it the new paragraphs of that section, blank lines between them. Tables and charts stay.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from core.domain.labels import report_labels
from core.domain.report import Block, CheckResult, Paragraph, ReportContent, Section
from core.errors import BadRequest
from tools.checks import run_checks

Edited = Callable[[ReportContent], tuple[ReportContent, Sequence[CheckResult]]]


def edit_of(text: str) -> Edited:
    """Parse an edit file; the returned function applies it to a content and checks the result."""

    def apply(content: ReportContent) -> tuple[ReportContent, Sequence[CheckResult]]:
        sections = _from_json(text, content) if text.lstrip().startswith("{") else _from_text(text, content)
        made = content.model_copy(update={"sections": tuple(sections)})
        return made, run_checks(made, report_labels(content.org_name, content.period))

    if not text.strip():
        raise BadRequest("修改文件是空的。", "请写明要替换的章节和段落。")
    return apply


def _from_json(text: str, content: ReportContent) -> list[Section]:
    try:
        changes = {(item["section"], int(item["block"])): str(item["text"]) for item in json.loads(text)["replace"]}
    except (ValueError, KeyError, TypeError) as error:
        raise BadRequest(
            "修改文件不是约定的格式。",
            '请写成 {"replace": [{"section": "章节编号", "block": 段落序号, "text": "新段落"}]}。',
        ) from error
    out = []
    for section in content.sections:
        blocks = list(section.blocks)
        for (name, at), new in list(changes.items()):
            if name != section.id:
                continue
            if at >= len(blocks) or not isinstance(blocks[at], Paragraph):
                raise BadRequest(f"章节 {name} 的第 {at} 块不是段落。", "只能修改段落；序号从 0 数起。")
            blocks[at] = Paragraph(text=new)
            changes.pop((name, at))
        out.append(section.model_copy(update={"blocks": tuple(blocks)}))
    if changes:
        raise BadRequest(f"报告里没有章节「{next(iter(changes))[0]}」。", "请用 gma report 查看章节编号。")
    return out


def _from_text(text: str, content: ReportContent) -> list[Section]:
    wanted: dict[str, list[str]] = {}
    heading = ""
    for line in text.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("#").strip()
            wanted[heading] = []
        elif line.strip():
            if not heading:
                raise BadRequest("修改文件的第一行须是「## 章节标题」。", "请在要改的段落前写明章节标题。")
            wanted[heading].append(line.strip())
    known = {section.heading for section in content.sections}
    unknown = [name for name in wanted if name not in known]
    if unknown or not wanted:
        raise BadRequest(f"报告里没有章节「{unknown[0] if unknown else ''}」。", "章节标题须与报告一致，不带序号。")
    return [_replaced(section, wanted.get(section.heading)) for section in content.sections]


def _replaced(section: Section, texts: list[str] | None) -> Section:
    if texts is None:
        return section
    new: list[Block] = [Paragraph(text=text) for text in texts]
    kept = [block for block in section.blocks if not isinstance(block, Paragraph)]
    return section.model_copy(update={"blocks": (*new, *kept)})
