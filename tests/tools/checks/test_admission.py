"""What is refused before it is read: bombs, macros, entities, files that are too large or damaged."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import BadRequest
from tools.checks import admission
from tools.checks.admission import (
    MB,
    MOST_BYTES,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_TABLE_CELLS,
    MOST_TABLE_XML,
    MOST_UNPACKED,
    MOST_XML,
    admit,
    admit_embedded,
    admit_table,
)


def office(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return path


def refusal(path: Path, admitting: Callable[[Path], None] = admit) -> str:
    with pytest.raises(BadRequest) as error:
        admitting(path)
    assert path.name in error.value.message and error.value.hint
    return error.value.message


def test_the_limits_are_those_that_the_manual_names() -> None:
    assert (MB, MOST_BYTES, MOST_PARTS, MOST_UNPACKED, MOST_XML, MOST_CELLS) == (
        1024 * 1024,
        40 * 1024 * 1024,
        3000,
        120 * 1024 * 1024,
        12 * 1024 * 1024,
        60_000,
    )
    assert (MOST_TABLE_XML, MOST_TABLE_CELLS, MOST_COLUMNS) == (80 * 1024 * 1024, 1_000_000, 2_000)


def test_an_ordinary_file_is_admitted(tmp_path: Path) -> None:
    parts = {"word/document.xml": b"<w:document/>", "word/media/a.png": b"<!DOCTYPE"}
    admit(office(tmp_path / "a.docx", parts | {"[Content_Types].xml": b"<Types/>"}))


def test_a_file_of_the_largest_size_is_admitted_and_one_byte_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES)
    admit(path)
    with path.open("ab") as file:
        file.write(b"x")
    assert "40 MB" in refusal(path)
    path = tmp_path / "larger.PDF"
    with path.open("wb") as file:
        file.truncate(45 * MB)
    assert "有 45 MB，超过可读取的 40 MB" in refusal(path)


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04"])
def test_a_damaged_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.docx").write_bytes(data)
    assert "已损坏" in refusal(tmp_path / "x.docx")


def test_a_pdf_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    admit(tmp_path / "x.pdf")


def test_too_many_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "MOST_PARTS", 3)
    admit(office(tmp_path / "three.docx", {f"{at}.bin": b"" for at in range(3)}))
    assert "4 个部件" in refusal(office(tmp_path / "four.docx", {f"{at}.bin": b"" for at in range(4)}))


def test_too_much_when_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "MOST_UNPACKED", 100)
    admit(office(tmp_path / "fits.docx", {"a.bin": b"0" * 60, "b.bin": b"0" * 40}))
    assert "压缩炸弹" in refusal(office(tmp_path / "bomb.docx", {"a.bin": b"0" * 60, "b.bin": b"0" * 41}))


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "word/vbaData.xml", "ppt/VBAPROJECT.BIN"])
def test_macros(tmp_path: Path, name: str) -> None:
    assert "宏" in refusal(office(tmp_path / "macro.docx", {name: b""}))


@pytest.mark.parametrize("name", ["[Content_Types].xml", "word/document.xml"])
def test_a_file_that_enables_macros(tmp_path: Path, name: str) -> None:
    path = office(tmp_path / "macro.docx", {name: b'<Override ContentType="application/vnd.macroEnabled.main"/>'})
    if name == "[Content_Types].xml":
        assert "启用宏" in refusal(path)
    else:
        admit(path)


@pytest.mark.parametrize("code", ["ascii", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("word", ["<!DOCTYPE", "<!ENTITY"])
@pytest.mark.parametrize("name", ["word/document.xml", "word/_rels/document.xml.rels", "ppt/Drawing.VML"])
def test_entities(tmp_path: Path, word: str, code: str, name: str) -> None:
    path = office(tmp_path / "entity.docx", {name: f"<?xml?>{word} x SYSTEM 'file:///etc/passwd'>".encode(code)})
    assert "外部实体" in refusal(path) and name in refusal(path)


def test_a_part_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "MOST_XML", 2 * MB)
    admit(office(tmp_path / "fits.docx", {"word/document.xml": b" " * (2 * MB), "a.bin": b"0" * (3 * MB)}))
    assert "展开后有 3 MB" in refusal(office(tmp_path / "large.docx", {"word/document.xml": b" " * (3 * MB)}))


@pytest.mark.parametrize("tag", ["<w:tc>", "<w:tc w:x='1'>", "<w:gridCol/>", "<a:tc>"])
def test_too_many_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tag: str) -> None:
    monkeypatch.setattr(admission, "MOST_CELLS", 5)
    admit(office(tmp_path / "fits.docx", {"word/document.xml": tag.encode() * 5}))
    assert "6 个单元格" in refusal(office(tmp_path / "wide.docx", {"word/document.xml": tag.encode() * 6}))


def test_cells_of_every_kind_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "MOST_CELLS", 3)
    data = b"<w:tc><w:tc w:x='1'><w:gridCol/><a:tc>"
    assert "4 个单元格" in refusal(office(tmp_path / "wide.docx", {"word/document.xml": data}))


# tables ------------------------------------------------------------------------------------------------------------

SHEET = "xl/worksheets/sheet1.xml"


def embedded(path: Path) -> None:
    admit_embedded(path.name, path.read_bytes())


def test_an_uploaded_table_may_hold_more_than_a_report_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("MOST_XML", 30), ("MOST_CELLS", 2), ("MOST_TABLE_XML", 90), ("MOST_TABLE_CELLS", 8)):
        monkeypatch.setattr(admission, name, value)
    book = office(tmp_path / "many.xlsx", {SHEET: b"<row><c/><c><c r='A'>"})
    admit_table(book)
    assert "3 个单元格" in refusal(book) and "3 个单元格" in refusal(book, embedded)
    assert "9 个单元格" in refusal(office(tmp_path / "more.xlsx", {SHEET: b"<c/>" * 9}), admit_table)
    long = office(tmp_path / "long.xlsx", {SHEET: b" " * 31})
    admit_table(long)
    assert "没有打开" in refusal(long) and "没有打开" in refusal(long, embedded)
    assert "没有打开" in refusal(office(tmp_path / "longer.xlsx", {SHEET: b" " * 91}), admit_table)


def test_a_table_that_is_too_large_or_damaged(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    assert "超过可读取的" in refusal(path, admit_table)
    (tmp_path / "x.xlsx").write_bytes(b"no zip")
    assert "已损坏" in refusal(tmp_path / "x.xlsx", admit_table)


@pytest.mark.parametrize("admitting", [admit, admit_table, embedded])
def test_a_table_may_hide_nothing(tmp_path: Path, admitting: Callable[[Path], None]) -> None:
    path = office(tmp_path / "entity.xlsx", {SHEET: b"<!DOCTYPE x>"})
    assert "外部实体" in refusal(path, admitting)
    assert "宏" in refusal(office(tmp_path / "macro.xlsx", {"xl/vbaProject.bin": b""}), admitting)


def test_a_table_that_is_too_wide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "MOST_COLUMNS", 3)
    for name, data in (("one", b"<row>" + b"<c/>" * 3), ("two", b"<row>" * 2 + b"<c/>" * 6), ("none", b"<c/>" * 3)):
        admit_table(office(tmp_path / f"{name}.xlsx", {SHEET: data}))
    for name, data in (("one", b"<row>" + b"<c/>" * 4), ("two", b"<row>" * 2 + b"<c/>" * 7), ("none", b"<c/>" * 4)):
        assert "超过 3 列" in refusal(office(tmp_path / f"{name}.xlsx", {SHEET: data}), admit_table)
    admit_table(
        office(tmp_path / "text.xlsx", {"xl/sharedStrings.xml": b"<c/>" * 4, "word/document.xml": b"<w:tc>" * 4})
    )
