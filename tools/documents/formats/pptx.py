"""PowerPoint: 16:9 in the house theme, one conclusion a page, editable charts, fact cards in the notes."""

from __future__ import annotations

from tools.documents import Exporter
from tools.documents.slides.deck import pptx_bytes

EXPORTER = Exporter(
    format="pptx",
    label="PowerPoint 演示文稿",
    media_type="application/vnd.openxmlformats-officedocument.presentationml.presentation",
    suffix=".pptx",
    render=pptx_bytes,
)
