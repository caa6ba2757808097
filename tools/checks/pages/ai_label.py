"""F28 人工智能生成标识: explicit where a reader sees it, implicit in the file's properties (GB 45438—2025).

A file that says of itself that it was generated must show it. Of a file without a word nobody can say who wrote it: a
reminder, and no mend, since a label on a text that a person wrote would be false.
"""

from __future__ import annotations

from collections.abc import Iterator

from tools.checks import Hit, Level
from tools.checks.context import Context
from tools.checks.mending.footers import label_footers
from tools.checks.pages import form_check
from tools.checks.reading import Pages

_TEXT = "本报告由{}"
_FIX = "页脚写明“本报告由人工智能辅助生成，经某某审核”。"


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    label = pages.pack.page.label
    footers = [line.text for foot in pages.feet for line in foot.lines] if pages.feet else pages.footers
    where = (*footers, *pages.headers, *(line.text for line in pages.lines))
    known = "AIGC" in pages.properties
    if not any(label in text for text in where):
        document = pages.document
        mend = (lambda: label_footers(document, _TEXT.format(label))) if known and document is not None else None
        level: Level | None = None if known or context is not None or "ReportId" in pages.properties else "warn"
        yield Hit(
            "页脚",
            "没有人工智能生成内容标识",
            _FIX if level is None else f"如由人工智能辅助生成，{_FIX}",
            level,
            mend=mend,
        )
    if not known:
        yield Hit("文件属性", "没有人工智能生成内容的隐式标识", "请用本系统导出，或补写文件属性 AIGC。", "warn")


CHECK = form_check("F28", _run)
