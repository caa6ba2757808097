"""What every shell says about a report besides its body: title lines, the card of its origin, the signature."""

from __future__ import annotations

import re

from core.domain.report import ReportContent
from tools.documents import DocumentMeta
from tools.documents.appendix import moment
from tools.documents.exhibits import wide

MARK = "内部资料　注意保存"


def title_text(content: ReportContent, room: float = 18) -> str:
    """The title in lines of at most `room` full-width characters: broken after the unit's name where that is enough,
    else between two other pieces, else between all; never inside one."""
    if wide(content.title) <= room:
        return content.title
    pieces = title_pieces(content)
    for at in range(1, len(pieces)):
        lines = ("".join(pieces[:at]), "".join(pieces[at:]))
        if max(map(wide, lines)) <= room:
            return "\n".join(lines)
    return "\n".join(pieces)


def title_pieces(content: ReportContent) -> tuple[str, ...]:
    """Unit, period and what the report is called, as far as the title begins with them; a bracket is a piece."""
    pieces, rest = [], content.title
    for name in (content.org_name, content.period.label):
        if name and rest.startswith(name) and rest != name:
            pieces.append(name)
            rest = rest.removeprefix(name)
    return (*pieces, *re.split(r"(?<=.)(?=（)", rest))


def origin(content: ReportContent, meta: DocumentMeta) -> tuple[tuple[str, str], ...]:
    """Names and values of the card: who answers for the report, and which version this is."""
    cutoff = max((fact.as_of for fact in content.facts if fact.as_of), default=None)
    return (
        ("统计期间", content.period.label),
        ("编制单位", content.org_name),
        ("编制人", meta.author or "—"),
        ("审核人", meta.reviewer or "（尚未审核）"),
        ("审核时间", moment(meta.approved_at)),
        ("数据截至", moment(cutoff)),
        ("报告编号", meta.report),
        ("版本状态", f"第{meta.version}版　{meta.state}".strip()),
        ("内容校验码", meta.hash[:16]),
    )


def signed_on(meta: DocumentMeta) -> str:
    """The date of signature, or that nobody has approved."""
    at = meta.approved_at
    return f"{at.year}年{at.month}月{at.day}日" if at else "（未经审批，不作为正式报告）"


def running_head(content: ReportContent, meta: DocumentMeta) -> str:
    """Title, mark and state as they stand above every page."""
    state = f"　{meta.state}" if meta.state and not meta.approved_at else ""
    return f"{content.title}　　{MARK}{state}"
