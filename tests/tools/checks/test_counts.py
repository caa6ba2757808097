"""Counts of listed items agree with what is listed: the table in tests/cases/checks/counts.yaml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.domain.report import Block, Column, Listing, Paragraph, ReportContent, Section, Table
from tools.checks import run_checks

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "checks" / "counts.yaml").read_text("utf-8"))


def listed(count: int, table: bool) -> list[Block]:
    if not count:
        return []
    if not table:
        return [Listing(items=("加强核查。",) * count)]
    rows = (*((("加强核查",),) * count), ("合计",))
    return [Table(id="t", caption="问题", columns=(Column(header="问题"),), rows=rows, total=True)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['text']}{case.get('before', 0)}{case.get('after', 0)}")
def test_counts(content: ReportContent, case: dict[str, Any]) -> None:
    table = case.get("table", False)
    blocks = (*listed(case.get("before", 0), table), Paragraph(text=case["text"]), *listed(case.get("after", 0), table))
    section = Section(id="only", heading="总体情况", blocks=blocks)
    small = content.model_copy(update={"sections": (section,), "findings": ()})
    found = [item for item in run_checks(small, {}) if not item.passed and item.rule == "numeral_gate"]
    assert [re.findall("「(.+?)」", item.text)[0] for item in found] == case["stopped"]
    assert all(item.level == "error" and item.place == "「总体情况」第1段" and item.fix for item in found)


def test_a_miscount_says_how_many_are_listed(content: ReportContent) -> None:
    section = Section(id="only", heading="总体情况", blocks=(Paragraph(text="有以下三项。"), *listed(2, False)))
    small = content.model_copy(update={"sections": (section,), "findings": ()})
    (found,) = [item for item in run_checks(small, {}) if not item.passed and item.rule == "numeral_gate"]
    assert "列了 2 项" in found.text
