"""The PDF itself: typst typesets the template with the report's data; properties say what the file is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta, timezone
from functools import cache
from importlib.resources import files

from core.domain.report import ReportContent
from core.errors import Broken
from tools.documents import DocumentMeta
from tools.documents.identity import identity
from tools.documents.print.data import print_data
from tools.documents.print.fonts import lettering
from tools.documents.print.properties import with_properties

_LOCAL = timezone(timedelta(hours=8))
"""Times of the record are local (Asia/Shanghai)."""


def pdf_bytes(content: ReportContent, labels: Mapping[str, str], meta: DocumentMeta) -> bytes:
    """The whole PDF, the same bytes for the same input.

    Raises UnknownToken when a token or reference of the content leads nowhere, Broken when typesetting fails.
    """
    import typst

    letters = lettering(meta.font_dir)
    data = print_data(content, labels, meta, letters)
    stamp = meta.dated.replace(microsecond=0, tzinfo=meta.dated.tzinfo or _LOCAL)
    try:
        printed = typst.compile(
            _template(),
            font_paths=letters.fonts,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            timestamp=stamp,
            format="pdf",
        )
    except typst.TypstError as error:
        raise Broken(f"PDF 排版失败：{error.message}", "请改用 Word 格式导出，并把这句话告诉系统管理员。") from error
    return with_properties(printed, identity(content, meta) | {"FontSubstitution": letters.remark})


@cache
def _template() -> bytes:
    return files(__package__).joinpath("report.typ").read_bytes()
