"""Word: cover, body by GB/T 9704—2012, and the annex of sources and calibers."""

from __future__ import annotations

from tools.documents import Exporter
from tools.documents.word.package import docx_bytes

EXPORTER = Exporter(
    format="docx",
    label="Word 文档",
    media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    suffix=".docx",
    render=docx_bytes,
)
