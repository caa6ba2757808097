"""Which rules a file is held to: those of its format and pack, as strict as the pack says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import docx
import pytest

from core.errors import BadRequest
from knowledge.standards.packs import pack_of
from tools.checks import applicable, check_file, check_pages, hits_of, open_file, page_checks
from tools.checks.reading import Line, Look, Pages

SAID = "本月售电量保持平稳,重点客户生产经营正常。"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    document = docx.Document()
    document.add_paragraph(SAID)
    document.save(str(tmp_path / "a.docx"))
    return tmp_path / "a.docx"


def test_the_pack_is_the_one_that_was_asked_for_or_the_file_s_own(path: Path) -> None:
    assert [open_file(path, pack=name).pack.id for name in ("", "gbt9704", "house")] == ["house", "gbt9704", "house"]
    document = docx.Document(str(path))
    document.paragraphs[0].insert_paragraph_before("云电营〔2026〕5号")
    document.save(str(path))
    assert [open_file(path, pack=name).pack.id for name in ("", "house")] == ["gbt9704", "house"]
    with pytest.raises(BadRequest, match="没有规范包"):
        open_file(path, pack="iso")


def test_a_pack_makes_a_rule_milder_or_leaves_it_out() -> None:
    pages = Pages("a.docx", (), (), (), (), (), footer_fields=False, odd_even=False)
    pack = pages.pack.model_copy(update={"levels": {"F01": "off", "F02": "warn"}})
    levels = {check.id: check.level for check in applicable(replace(pages, pack=pack))}
    assert "F01" not in levels and levels["F02"] == "warn" and levels["F03"] == "error"
    assert {check.id: check.level for check in applicable(pages)}["F01"] == "error"
    assert {check.id for check in applicable(replace(pages, format="pptx"))} == {
        check.id for check in page_checks() if "pptx" in check.formats
    }


def test_what_can_be_mended_is_said_and_comes_with_its_mend(path: Path) -> None:
    (said,) = [item for item in check_file(path) if item.rule == "F17" and not item.passed]
    assert said.fixable and not said.passed and said.place == f"第1段「{SAID[:12]}」"
    pages = open_file(path)
    hit = next(hit for rule, hit in hits_of(pages, None) if rule == "F17")
    assert hit.mend is not None
    hit.mend()
    assert [run.text for run in docx.Document(str(path)).paragraphs[0].runs] == [SAID]
    assert pages.document.paragraphs[0].text == SAID.replace(",", "，")


def test_what_cannot_be_mended_is_not_offered() -> None:
    line = Line(1, "联系电话13812345678，请及时联系。", "", "body", Look())
    pages = Pages("a.docx", (line,), (), (), (), (), footer_fields=False, odd_even=False, pack=pack_of())
    (found,) = [item for item in check_pages(pages, None) if item.rule == "F27"]
    assert not found.passed and not found.fixable
