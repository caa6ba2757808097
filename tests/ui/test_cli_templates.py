"""`gma template` as an office worker uses it: words, check, preview, import, remove."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docx import Document

from ui.cli import main

README = Path(__file__).parents[2] / "knowledge" / "templates" / "README.md"


@pytest.fixture
def example(fresh_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The README's own example as a file, on a home of its own."""
    monkeypatch.setenv("GMA_HOME", str(fresh_home))
    monkeypatch.setenv("GMA_TODAY", "2026-11-23")
    found = re.search(r"<!-- example -->\n```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    assert found
    path = tmp_path / "mine.yaml"
    path.write_text(found[1], encoding="utf-8")
    return path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["template", *words])
    out = capsys.readouterr()
    return code, out.out + out.err


def test_a_template_from_words_to_its_end(example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "words", "光伏户数")
    assert code == 0 and "indicator: I01" in text and "org（单位）" in text and "capacity" in text

    drawn = tmp_path / "试写.docx"
    asked = ("preview", str(example), "--org", "云州公司", "--period", "2026-10")
    code, text = said(capsys, *asked, "--out", str(drawn))
    assert code == 0 and "〔表1 新能源接入主要指标〕" in text and "　|　" in text
    (table, *_) = [item for item in Document(str(drawn)).tables if "指标" in item.rows[0].cells[0].text]
    printed = re.search(r"分布式光伏户数　\|　户　\|　(\S+)", text)
    assert printed and printed[1] in {cell.text for row in table.rows for cell in row.cells}
    code, text = said(capsys, *asked, "--out", str(tmp_path / "试写.wps"))
    assert code == 1 and ".docx" in text

    assert said(capsys, "import", str(example))[0] == 0
    assert "PV1" in said(capsys, "list")[1]
    code, text = said(capsys, "remove", "PV1")
    assert code == 0 and "已停用" in text and "PV1" not in said(capsys, "list")[1]
    code, text = said(capsys, "remove", "R1")
    assert code == 1 and "自带" in text
    code, text = said(capsys, "words", "没有这样的指标名")
    assert code == 1 and "gma template words" in text
