"""HTML: one self-contained page whose figures open their cards; used for preview."""

from __future__ import annotations

from tools.documents import Exporter
from tools.documents.web.page import page

EXPORTER = Exporter(format="html", label="网页", media_type="text/html; charset=utf-8", suffix=".html", render=page)
