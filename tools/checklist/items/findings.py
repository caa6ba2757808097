"""发现与正文: every finding of the analyses is told in the text."""

from __future__ import annotations

from core.domain.report import Listing, Paragraph, ReportContent
from tools.checklist import Case, Item, Said, remark


def _run(case: Case) -> Said:
    found = case.content.findings
    told = _told(case.content)
    silent = [finding for finding in found if finding.title not in told and finding.text not in told]
    remarks = tuple(
        remark("findings", f"发现「{finding.title}」（{finding.severity}）没有写进正文", fix="补写，或说明不写的理由。")
        for finding in silent
    )
    evidence = f"分析得到 {len(found)} 项发现，正文写到 {len(found) - len(silent)} 项" if found else "本期分析没有发现"
    return Said(evidence, remarks)


def _told(content: ReportContent) -> str:
    texts: list[str] = []
    for section in content.sections:
        for block in section.blocks:
            if isinstance(block, Listing):
                texts += block.items
            elif isinstance(block, Paragraph):
                texts.append(block.text)
    return "\n".join(texts)


ITEM = Item("findings", "发现均已写入正文", 40, (), _run)
