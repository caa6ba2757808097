"""PDF: the Word file's look, typeset for reading and printing, with bookmarks."""

from __future__ import annotations

from tools.documents import Exporter
from tools.documents.print.pdf import pdf_bytes

EXPORTER = Exporter(format="pdf", label="PDF 文件", media_type="application/pdf", suffix=".pdf", render=pdf_bytes)
