"""Word files as they come in: tracked changes, text boxes, nested tables, missing parts, damage. Read or refused with a
sentence, never a crash; mending leaves the original alone."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml

from core.errors import BadRequest, GmaError
from evals.formats.foreign import build
from tools.checks import check_file
from tools.checks.mending import fix_file
from tools.checks.readers import read_file

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOX = (
    f'<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
    '<mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx><w:txbxContent><w:p><w:r><w:t>{0}</w:t></w:r></w:p>'
    "</w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>{0}</w:t></w:r>"
    "</w:p></w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("word", 1, tmp_path_factory.mktemp("rough") / "clean.docx")


def changed(path: Path, out: Path, change: Callable[[Any], None]) -> Path:
    document = docx.Document(str(path))
    change(document)
    document.save(str(out))
    return out


def rules(path: Path) -> set[str]:
    return {item.rule for item in check_file(path) if not item.passed} - {"F28"}


def prose(document: Any) -> Any:
    return next(item for item in document.paragraphs if item.text.startswith("受气温"))


def test_tracked_changes_are_read_as_they_will_stand(clean: Path, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        prose(document)._p.append(
            parse_xml(
                f'<w:ins {W} w:id="1" w:author="甲"><w:r><w:rPr><w:rFonts w:eastAsia="仿宋"/><w:sz w:val="32"/></w:rPr>'
                "<w:t>售电量出现跳水。</w:t></w:r></w:ins>"
            )
        )
        prose(document)._p.append(
            parse_xml(f'<w:del {W} w:id="2" w:author="甲"><w:r><w:delText>电话13812345678</w:delText></w:r></w:del>')
        )

    found = rules(changed(clean, tmp_path / "tracked.docx", change))
    assert found == {"F26"}


def test_a_text_box_is_read_once(clean: Path, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        prose(document)._p.append(parse_xml(BOX.format("联系电话13812345678")))

    path = changed(clean, tmp_path / "box.docx", change)
    lines = [line.text for line in read_file(path).lines]
    assert lines.count("联系电话13812345678") == 1 and not any("没有异常变化。联系" in line for line in lines)
    assert rules(path) == {"F27"}


def test_nested_tables_and_bare_cells_do_not_stop_it(clean: Path, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        inner = document.tables[0].rows[1].cells[0].add_table(2, 2)
        inner.rows[0].cells[0].text = "电话13812345678"
        document.add_table(1, 1)

    assert "F27" in rules(changed(clean, tmp_path / "nested.docx", change))


@pytest.mark.parametrize("gone", [f"word/{name}.xml" for name in ("styles", "settings", "theme/theme1", "fontTable")])
def test_a_missing_part_is_no_crash(clean: Path, tmp_path: Path, gone: str) -> None:
    path = tmp_path / "part.docx"
    with zipfile.ZipFile(clean) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == gone:
                continue
            if name.endswith("document.xml.rels") or name == "[Content_Types].xml":
                short = gone.removeprefix("word/").encode()
                data = b"".join(part for part in _elements(data) if short not in part)
            target.writestr(name, data)
    try:
        assert check_file(path)
        fix_file(path, tmp_path / "fixed.docx")
    except BadRequest as error:
        assert "docx" in error.hint


def _elements(data: bytes) -> list[bytes]:
    return [part + b">" for part in data.split(b">")[:-1]]


@pytest.mark.parametrize("cut", [0.2, 0.6, 0.95])
def test_a_torn_file_is_refused(clean: Path, tmp_path: Path, cut: float) -> None:
    data = clean.read_bytes()
    (tmp_path / "torn.docx").write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(BadRequest, match="torn"):
        check_file(tmp_path / "torn.docx")


@pytest.mark.parametrize("text", ["", "<w:document", f"<w:document {W}/>", f"<w:document {W}><w:body/></w:document>"])
def test_a_broken_body_is_refused_or_found_empty(clean: Path, tmp_path: Path, text: str) -> None:
    path = tmp_path / "body.docx"
    with zipfile.ZipFile(clean) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, text if name == "word/document.xml" else source.read(name))
    try:
        assert "F04" in rules(path)
    except BadRequest as error:
        assert "Word" in str(error)


def test_mending_writes_another_file_and_only_that(clean: Path, tmp_path: Path) -> None:
    path = changed(clean, tmp_path / "wrong.docx", lambda document: setattr(document.sections[0], "left_margin", 0))
    before = path.read_bytes()
    with pytest.raises(BadRequest):
        fix_file(path, path)
    with pytest.raises(BadRequest):
        fix_file(path, tmp_path / "out.pdf")
    (tmp_path / "text.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(GmaError):
        fix_file(tmp_path / "text.pdf", tmp_path / "out.docx")
    done = fix_file(path, tmp_path / "out.docx")
    assert path.read_bytes() == before and done.mended == {"F02": 1}
    assert sorted(item.name for item in tmp_path.iterdir()) == ["out.docx", "text.pdf", "wrong.docx"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="没有 LibreOffice")
def test_files_that_libreoffice_writes_are_checked_and_mended(tmp_path: Path) -> None:
    page = (
        "<html><head><meta charset='utf-8'></head><body><h1>营销月报</h1><p>本月售电量增长,投诉下降,详见下表。</p>"
        "<table border=1><tr><td>项</td><td>月</td></tr><tr><td>售电量</td><td>12.36</td></tr></table></body></html>"
    )
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    office = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
    for form, source in (("odt", "page.html"), ("docx:MS Word 2007 XML", "page.odt")):
        command = [*office, form, "--outdir", str(tmp_path), str(tmp_path / source)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
    found = rules(tmp_path / "page.docx")
    assert {"F02", "F04", "F09", "F10", "F17"} <= found
    done = fix_file(tmp_path / "page.docx", tmp_path / "fixed.docx")
    left = {item.rule for item in done.results if not item.passed and item.fixable}
    assert not left and "F17" not in rules(tmp_path / "fixed.docx")
    subprocess.run([*office, "pdf", "--outdir", str(tmp_path), str(tmp_path / "fixed.docx")], check=True, timeout=180)
    assert (tmp_path / "fixed.pdf").stat().st_size > 1000
