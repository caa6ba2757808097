"""What the gate on files says to each change of a file that was read back: tests/cases/checks/proof.yaml."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.domain.report import ReportContent
from tools.checks import page_checks
from tools.checks.context import context_of
from tools.checks.reading import Drawing, Grid, Line, Pages

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "checks" / "proof.yaml").read_text("utf-8"))


def hits(pages: Pages, content: ReportContent) -> list[tuple[str, str, str, str]]:
    gate = next(check for check in page_checks() if check.id == "rendered_gate")
    return [(hit.level or gate.level, hit.place, hit.text, hit.fix) for hit in gate.run(pages, context_of(content))]


def at(items: tuple[Any, ...], index: int, item: Any) -> tuple[Any, ...]:
    return (*items[:index], item, *items[index + 1 :])


def line_of(pages: Pages, words: str) -> int:
    """The first line that holds the words, after the cover and the contents where there is one."""
    found = [number for number, line in enumerate(pages.lines) if words in line.text or words in line.alt]
    later = [
        number for number in found if pages.lines[number].zone != "cover" and pages.lines[number].style != "Contents"
    ]
    return (later or found)[0]


def changed_lines(pages: Pages, case: dict[str, Any]) -> Pages:
    """`line` is replaced by `by`, `drop`ped, said `again`, or `swap`ped `with` another."""
    lines = list(pages.lines)
    if "swap" in case:
        one, other = line_of(pages, case["swap"]), line_of(pages, case["with"])
        lines[one], lines[other] = lines[other], lines[one]
    elif "drop" in case:
        del lines[line_of(pages, case["drop"])]
    elif "again" in case:
        lines.insert(line_of(pages, case["again"]), lines[line_of(pages, case["again"])])
    elif "added" in case:
        number = line_of(pages, case["after"])
        lines.insert(number + 1, replace(lines[number], text=case["added"], alt=""))
    else:
        zone = {"cover": "cover", "contents": ""}.get(case.get("in", ""), "")
        held = [n for n, line in enumerate(lines) if case["line"] in (line.text, line.alt) or case["line"] in line.text]
        held = [n for n in held if zone == lines[n].zone or not zone]
        if case.get("in") == "contents":
            held = [n for n in held if lines[n].style in {"Contents", "TOC1", "TOC2"}]
        number = held[0] if "in" in case else line_of(pages, case["line"])
        line: Line = lines[number]
        new = line.text.replace(case["line"], case["by"]), line.alt.replace(case["line"], case["by"])
        lines[number] = replace(line, text=new[0], alt=new[1])
    return replace(pages, lines=tuple(lines))


def changed_grids(pages: Pages, case: dict[str, Any]) -> Pages:
    """`grid` is the table's number; its `cell` (row, column) or `caption` becomes `by`; a `row` or column is cut."""
    number = case["grid"]
    grid: Grid = pages.grids[number]
    if "cell" in case:
        row, column = case["cell"]
        grid = replace(grid, rows=at(grid.rows, row, at(grid.rows[row], column, case["by"])))
    elif "caption" in case:
        grid = replace(grid, caption=case["caption"])
    elif "row" in case:
        grid = replace(grid, rows=(*grid.rows[: case["row"]], *grid.rows[case["row"] + 1 :]))
    elif "twice" in case:
        grid = replace(grid, rows=(*grid.rows, grid.rows[case["twice"]]))
    elif "turned" in case:
        one, other = case["turned"]
        grid = replace(grid, rows=at(at(grid.rows, one, grid.rows[other]), other, grid.rows[one]))
    elif "narrow" in case:
        grid = replace(grid, rows=at(grid.rows, case["narrow"], grid.rows[case["narrow"]][:-1]))
    elif "gone" in case:
        return replace(pages, grids=(*pages.grids[:number], *pages.grids[number + 1 :]))
    return replace(pages, grids=at(pages.grids, number, grid))


def changed_drawings(pages: Pages, case: dict[str, Any]) -> Pages:
    """`drawing` is the chart's number; a `point` (series, place), a `name`, `category`, `title`, `label` or workbook
    `entry` becomes `by`."""
    number = case["drawing"]
    drawing: Drawing = pages.drawings[number]
    if "point" in case:
        series, place = case["point"]
        name, values = drawing.series[series]
        values = (*values, case["by"]) if place >= len(values) else at(values, place, case["by"])
        drawing = replace(drawing, series=at(drawing.series, series, (name, values)))
    elif "name" in case:
        _, values = drawing.series[case["name"]]
        drawing = replace(drawing, series=at(drawing.series, case["name"], (case["by"], values)))
    elif "without" in case:
        drawing = replace(drawing, series=(*drawing.series[: case["without"]], *drawing.series[case["without"] + 1 :]))
    elif "category" in case:
        drawing = replace(drawing, categories=at(drawing.categories, case["category"], case["by"]))
    elif "title" in case:
        drawing = replace(drawing, titles=at(drawing.titles, case["title"], case["by"]))
    elif "label" in case:
        drawing = replace(drawing, labels=at(drawing.labels, case["label"], case["by"]))
    elif "typed" in case:
        drawing = replace(drawing, labels=(*drawing.labels, case["typed"]))
    elif "entry" in case:
        row, column = case["entry"]
        book = drawing.workbook
        drawing = replace(drawing, workbook=at(book, row, at(book[row], column, case["by"])))
    elif "stray" in case:
        drawing = replace(drawing, strays=(case["stray"],))
    elif "reversed" in case:
        turned = tuple((name, values[::-1]) for name, values in drawing.series)
        drawing = replace(drawing, categories=drawing.categories[::-1], series=turned)
    elif "gone" in case:
        return replace(pages, drawings=(*pages.drawings[:number], *pages.drawings[number + 1 :]))
    elif "doubled" in case:
        return replace(pages, drawings=(*pages.drawings, drawing))
    return replace(pages, drawings=at(pages.drawings, number, drawing))


def changed(pages: Pages, case: dict[str, Any]) -> Pages:
    if "grid" in case:
        return changed_grids(pages, case)
    if "drawing" in case:
        return changed_drawings(pages, case)
    if "property" in case:
        return replace(pages, properties=pages.properties | {case["property"]: case["by"]})
    if "footer" in case:
        return replace(pages, footers=(*pages.footers, case["footer"]))
    if "header" in case:
        return replace(pages, headers=(*pages.headers, case["header"]))
    return changed_lines(pages, case)


def named(case: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in case.items() if name != "hits")


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_changed_file(read: dict[str, Pages], content: ReportContent, case: dict[str, Any]) -> None:
    found = hits(changed(read[case["format"]], case), content)
    assert [list(hit) for hit in found] == case["hits"]


@pytest.mark.parametrize("name", ["docx", "pdf", "pptx"])
def test_an_unchanged_file(read: dict[str, Pages], content: ReportContent, name: str) -> None:
    assert hits(read[name], content) == []


def test_a_file_of_unknown_origin_is_not_held_against_a_report(read: dict[str, Pages]) -> None:
    for check in page_checks():
        if check.id in {"rendered_gate", "version"}:
            assert [list(check.run(pages, None)) for pages in read.values()] == [[], [], []]


def test_the_stamp_names_the_version(read: dict[str, Pages], content: ReportContent) -> None:
    check = next(check for check in page_checks() if check.id == "version")
    for pages in read.values():
        assert list(check.run(pages, context_of(content))) == []
        for stamp, words in (("", "没有内容校验码"), ("0" * 64, "不是出自这个版本")):
            false = replace(pages, properties=pages.properties | {"ContentHash": stamp})
            (hit,) = check.run(false, context_of(content))
            assert words in hit.text and hit.place == "文件属性" and hit.fix
    assert check.level == "warn" and check.formats == {"docx", "pdf", "pptx"}
