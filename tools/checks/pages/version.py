"""版本: a file says which version of which report it was made from."""

from __future__ import annotations

from collections.abc import Iterator

from tools.checks import Hit, PageCheck
from tools.checks.context import Context
from tools.checks.pages.rendered_gate import EVERY
from tools.checks.reading import Pages


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    if context is None:
        return
    stamped = pages.properties.get("ContentHash", "")
    if not stamped:
        yield Hit("文件属性", "文件没有内容校验码，无法确认出自哪个版本", "请用本系统重新导出。")
    elif stamped != context.content.hash():
        yield Hit("文件属性", "文件不是出自这个版本", "请核对报告编号和版本，或重新导出。")


CHECK = PageCheck("version", "文件与报告版本一致", _run, "warn", formats=EVERY)
