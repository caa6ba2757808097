"""Properties of a PDF beyond the usual ones, appended as an incremental update: the typeset pages stay untouched."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.errors import Broken

_TRAILER = re.compile(rb"trailer\s*<<(.*)>>\s*startxref\s*(\d+)\s*%%EOF\s*$", re.S)
_INFO = re.compile(rb"/Info (\d+) 0 R")


def with_properties(data: bytes, values: Mapping[str, str]) -> bytes:
    """`data` with `values` added to its document information; empty values are left out.

    Raises Broken when the file ends otherwise than typst's files do.
    """
    trailer = _TRAILER.search(data[-2048:])
    info = _INFO.search(trailer[1]) if trailer else None
    start = data.rfind(b"\n%s 0 obj" % info[1]) + 1 if info else 0
    if trailer is None or info is None or not start:
        raise Broken("PDF 的属性无法写入。", "请改用 Word 格式导出，并把这句话告诉系统管理员。")
    known = data[start : data.index(b">>", start)]
    added = b"".join(b"/%s %s" % (name.encode(), _text(value)) for name, value in values.items() if value)
    entry = known + added + b">>\nendobj\n"
    body = data if data.endswith(b"\n") else data + b"\n"
    table = b"xref\n%s 1\n%010d 00000 n \n" % (info[1], len(body))
    end = b"trailer\n<<%s/Prev %s>>\nstartxref\n%d\n%%%%EOF\n" % (trailer[1], trailer[2], len(body) + len(entry))
    return body + entry + table + end


def _text(value: str) -> bytes:
    """A text string of PDF: UTF-16 with its mark, in hexadecimal."""
    return b"<FEFF%s>" % value.encode("utf-16-be").hex().upper().encode()
