"""Numbers and references that the exporter adds, and where documents are kept."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from core.domain.report import Paragraph, ReportContent, Section, Table
from core.domain.tokens import UnknownToken
from core.errors import BadRequest
from core.settings import Settings
from tools.documents import DocumentMeta, export, format_names
from tools.documents.layout import Heading, LaidTable, Prose, lay_out
from tools.documents.library import make_document, make_documents
from tools.documents.numbering import chinese


def test_headings_are_numbered_by_level(content: ReportContent, labels: dict[str, str]) -> None:
    headings = [item.text for item in lay_out(content, labels) if isinstance(item, Heading)]
    assert headings[:5] == [
        "一、总体情况",
        "二、电力市场分析",
        "（一）售电量完成情况",
        "（二）分单位、分类别用电分析",
        "三、电费与电价",
    ]


@pytest.mark.parametrize(("number", "text"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (34, "三十四")])
def test_chinese_numbers(number: int, text: str) -> None:
    assert chinese(number) == text


def test_references_print_and_silent_exhibits_are_announced(content: ReportContent, labels: dict[str, str]) -> None:
    texts = [item.text for item in lay_out(content, labels) if isinstance(item, Prose)]
    assert "具体情况见表1。" in texts
    assert any(text.endswith("有关情况见表2、图2。") for text in texts)
    assert any(text.endswith("（见表4、图4）。") for text in texts)


def test_an_exhibit_without_a_paragraph_gets_a_sentence(content: ReportContent, labels: dict[str, str]) -> None:
    table = next(block for block in content.sections[0].blocks if isinstance(block, Table))
    alone = content.model_copy(update={"sections": (Section(id="a", heading="附表", blocks=(table,)),)})
    heading, sentence, laid = lay_out(alone, labels)
    assert isinstance(heading, Heading) and isinstance(laid, LaidTable)
    assert isinstance(sentence, Prose) and sentence.text == "有关情况见表1。"


def test_a_reference_to_nothing_is_an_error(content: ReportContent, labels: dict[str, str]) -> None:
    broken = Section(id="a", heading="甲", blocks=(Paragraph(text="见[[ref:none]]。"),))
    with pytest.raises(UnknownToken):
        lay_out(content.model_copy(update={"sections": (broken,)}), labels)


def test_unknown_formats_name_those_that_exist(
    content: ReportContent, labels: dict[str, str], meta: DocumentMeta, tmp_path: Path
) -> None:
    assert {"docx", "html"} <= set(format_names())
    with pytest.raises(BadRequest, match="docx"):
        export("odt", content, labels, meta, tmp_path / "x.odt")


def test_documents_of_a_version_lie_in_its_folder_with_their_digests(content: ReportContent, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    who = {"author": "李敏", "reviewer": "王建国"}
    at = datetime(2026, 11, 3, 9, 20)
    first = make_documents(settings, "R1-1", 2, content, approved_at=at, **who)
    assert set(first) == set(format_names())
    assert make_documents(settings, "R1-1", 2, content, approved_at=at, **who) == first
    draft = make_document(settings, "docx", "R1-1", 2, content, **who)
    assert draft != first["docx"][0] and draft.parent == first["docx"][0].parent
    assert not list(tmp_path.rglob("*.part"))
