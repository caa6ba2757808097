"""The documents bench measures what it says: fifteen pages, eight charts, ten tables, and plain files with the same."""

from __future__ import annotations

import io
from datetime import datetime

import docx
import pptx
import pypdf

from core.domain.labels import report_labels
from core.domain.report import Chart, Table
from evals.documents import CHARTS, TABLES, plain_slides, plain_word, sample
from tools.documents import DocumentMeta, exporters


def test_the_sample_is_as_long_as_promised() -> None:
    content = sample()
    blocks = [block for section in content.sections for block in section.blocks]
    assert sum(isinstance(block, Chart) for block in blocks) == CHARTS == 8
    assert sum(isinstance(block, Table) for block in blocks) == TABLES == 10
    labels = report_labels(content.org_name, content.period)
    meta = DocumentMeta("R0", 1, content.hash(), made_at=datetime(2026, 11, 1))
    assert len(pypdf.PdfReader(io.BytesIO(exporters()["pdf"].render(content, labels, meta))).pages) >= 15


def test_the_plain_ways_write_the_same_tables_and_charts() -> None:
    content = sample()
    document = docx.Document(io.BytesIO(plain_word(content)))
    assert len(document.tables) == TABLES and len(document.inline_shapes) == CHARTS
    assert document.tables[0].cell(1, 0).text == "2025年11月"
    deck = pptx.Presentation(io.BytesIO(plain_slides(content)))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    assert sum(shape.has_table for shape in shapes) == TABLES and sum(shape.has_chart for shape in shapes) == CHARTS
