"""A picture in an office file is the one that the report's numbers give, or it is found."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.report import Chart, ReportContent
from tools.charts import render_png
from tools.checks import check_file
from tools.documents import DocumentMeta, export


@pytest.fixture(scope="module")
def pictured(content: ReportContent) -> ReportContent:
    """The sample report whose ranking of units is drawn as tiles, which no office chart can show."""
    sections = tuple(
        section.model_copy(
            update={
                "blocks": tuple(
                    block.model_copy(update={"form": "tiles"})
                    if isinstance(block, Chart) and block.id == "c_org"
                    else block
                    for block in section.blocks
                )
            }
        )
        for section in content.sections
    )
    return content.model_copy(update={"sections": sections})


@pytest.mark.parametrize("format", ["docx", "pptx"])
def test_only_the_picture_of_the_reports_own_numbers_passes(
    pictured: ReportContent, labels: dict[str, str], meta: DocumentMeta, tmp_path: Path, format: str
) -> None:
    meta = replace(meta, hash=pictured.hash())
    path = tmp_path / f"report.{format}"
    export(format, pictured, labels, meta, path)
    assert [hit for hit in check_file(path, pictured) if not hit.passed] == []
    chart = next(b for s in pictured.sections for b in s.blocks if isinstance(b, Chart) and b.form == "tiles")
    turned = chart.series[0].model_copy(update={"points": chart.series[0].points[::-1]})
    other = render_png(chart.model_copy(update={"source": "", "series": (turned,)}), pictured.fact_map())
    forged = tmp_path / f"forged.{format}"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(forged, "w") as new:
        for item in old.infolist():
            new.writestr(item, other if "/media/" in item.filename else old.read(item.filename))
    found = [hit for hit in check_file(forged, pictured) if not hit.passed]
    assert {hit.text for hit in found} == {"文件里有一张不是由报告数据画出的图片", "文件里没有这张图"}
