"""Which texts of a written file the format rules read, where they say they stand, and what a mend takes hold of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import docx
import pytest

from tools.checks.readers import read_file
from tools.checks.reading import Grid, Line, Look, Pages, Zone
from tools.checks.texts import everywhere, texts

SAID: tuple[tuple[str, Zone], ...] = (
    ("封面", "cover"),
    ("营销月报", "body"),
    ("一、总体情况………3", "body"),
    (" ", "body"),
    ("本月平稳。", "body"),
    ("附件1", "body"),
    ("附件里的话。", "body"),
    ("数据事实", "annex"),
)


def grid(text: str, zone: Zone, after: int) -> Grid:
    return Grid("", ((text, " "),), zone, after=after)


PAGES = Pages(
    "月报.pptx",
    tuple(Line(at, text, "Title" if at == 2 else "", zone, Look()) for at, (text, zone) in enumerate(SAID, 1)),
    (grid("封面表", "cover", 1), grid("正文表", "body", 5), grid("附件表", "body", 6), grid("事实表", "annex", 8)),
    (),
    headers=("内部资料", "内部资料", ""),
    footers=("第1页", " "),
    footer_fields=False,
    odd_even=False,
    format="pptx",
)
BODY = ["营销月报", "本月平稳。", "附件1", "附件里的话。", "正文表"]


def test_the_text_is_the_body_with_its_tables_up_to_the_annex() -> None:
    assert [said.text for said in texts(PAGES)] == BODY
    assert [said.text for said in texts(PAGES, tables=False)] == BODY[:-1]


def test_everywhere_is_also_covers_annexes_headers_and_footers() -> None:
    rest = ["封面", "数据事实", "封面表", "附件表", "内部资料", "第1页"]
    assert [said.text for said in everywhere(PAGES)] == BODY + rest
    assert [said.place for said in everywhere(PAGES)][-2:] == ["页眉", "页脚"]
    assert all(said.nodes == () for said in everywhere(PAGES))


def test_a_contents_line_is_no_text_anywhere() -> None:
    contents = replace(PAGES.lines[2], zone="annex")
    pages = replace(PAGES, lines=(*PAGES.lines[:2], contents, *PAGES.lines[3:]))
    assert "一、总体情况………3" not in [said.text for said in everywhere(pages)]


@pytest.mark.parametrize(
    ("caption", "place"),
    [("表1　电量", "表1　电量第2行"), ("", "表第2行"), ("表" + "长" * 30, "表" + "长" * 19 + "第2行")],
)
def test_a_cell_is_placed_by_its_table_and_row(caption: str, place: str) -> None:
    one = Grid(caption, (("", ""), (" ", "甲")), "body")
    (said,) = texts(replace(PAGES, lines=(), grids=(one,)))
    assert (said.place, said.text, said.cell) == (place, "甲", True)


def test_a_line_and_a_cell_of_a_word_file_are_held_by_their_paragraphs(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("营销月报", style="Title")
    table = document.add_table(2, 2)
    for at, text in enumerate(("甲", "乙", "丙", "丁")):
        table.cell(at // 2, at % 2).text = text
    table.cell(1, 1).add_paragraph("戊")
    document.save(str(tmp_path / "a.docx"))
    line, *cells = texts(read_file(tmp_path / "a.docx"))
    assert [node.text for node in line.nodes] == ["营销月报"] and not line.cell
    assert [[node.text for node in said.nodes] for said in cells] == [["甲"], ["乙"], ["丙"], ["丁", "戊"]]
    assert [said.place for said in cells] == ["表第1行", "表第1行", "表第2行", "表第2行"]
