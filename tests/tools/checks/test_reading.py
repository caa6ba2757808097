"""A file read back: the same file reads the same, places are told as a reader finds them, the untold is empty."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import docx
import pytest

from tools.checks.readers import read_file
from tools.checks.reading import Drawing, Grid, Line, Look, Pages, Sheet


def written(path: Path, *paragraphs: str) -> Path:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.add_table(1, 1).cell(0, 0).text = "甲"
    document.save(str(path))
    return path


def test_a_file_that_is_read_twice_reads_the_same(tmp_path: Path) -> None:
    path = written(tmp_path / "a.docx", "本月售电量平稳。")
    one, other = read_file(path), read_file(path)
    assert one.lines[0].node is not None and one.lines[0].runs[0].node is not None and one.grids[0].node is not None
    assert one == other and one.format == "docx"
    assert one != read_file(written(tmp_path / "a.docx", "本月售电量下滑。"))


@pytest.mark.parametrize(
    ("page", "text", "place"),
    [
        (0, "平稳。", "第3段「平稳。」"),
        (2, "平稳。", "第2页第3段「平稳。」"),
        (0, "一二三四五六七八九十甲乙丙", "第3段「一二三四五六七八九十甲乙」"),
    ],
)
def test_a_line_is_placed_by_its_page_number_and_first_words(page: int, text: str, place: str) -> None:
    assert Line(3, text, "", "body", Look(), page=page).place == place


def test_paper_is_upright_unless_it_is_wider_than_high() -> None:
    found = [Sheet(width, 100, 0, 0, 0, 0, 0, "body").upright for width in (99, 100, 101)]
    assert found == [True, True, False]


def test_what_a_format_does_not_tell_is_empty() -> None:
    """A slide has no fonts and a PDF no styles: nothing may be held against what was never told."""
    line, grid = Line(1, "平稳。", "", "body", Look()), Grid("", (), "body")
    sheet, drawing = Sheet(1, 1, 0, 0, 0, 0, 0, "body"), Drawing("", (), (), ())
    pages = Pages("a", (line,), (), (), (), (), footer_fields=False, odd_even=False)
    told = {"number", "text", "zone", "look", "width", "height", "repeats_header", "name", "lines", "pack", "format"}
    for thing in (line.look, line, grid, sheet, drawing, pages):
        untold = {item.name: getattr(thing, item.name) for item in fields(thing) if item.name not in told}
        assert not any(untold.values()), untold
    assert grid.repeats_header and pages.format == "docx"


def test_the_body_is_neither_cover_nor_annex() -> None:
    lines = tuple(Line(at, zone, "", zone, Look()) for at, zone in enumerate(("cover", "body", "annex"), 1))
    pages = Pages("a", lines, (), (), (), (), footer_fields=False, odd_even=False)
    assert [line.text for line in pages.body()] == ["body"]
