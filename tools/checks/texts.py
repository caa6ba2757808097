"""The texts of a written file one by one, with the paragraphs they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tools.checks.anatomy import is_contents, text_end
from tools.checks.readers.word_text import W, inside
from tools.checks.reading import Grid, Line, Pages


@dataclass(frozen=True)
class Said:
    """One text: where, what, and the paragraphs of the file that hold it."""

    place: str
    text: str
    nodes: tuple[Any, ...] = ()
    cell: bool = False


def texts(pages: Pages, *, tables: bool = True) -> Iterator[Said]:
    """Lines of the body and cells of its tables up to the annex."""
    yield from _said(pages.body())
    if tables:
        end = text_end(pages)
        for grid in pages.grids:
            if grid.zone == "body" and grid.after < end:
                yield from _cells(grid)


def everywhere(pages: Pages) -> Iterator[Said]:
    """The texts of the body, and those of covers, headers, footers and text boxes."""
    yield from texts(pages)
    yield from _said(line for line in pages.lines if line.zone != "body")
    end = text_end(pages)
    for grid in pages.grids:
        if grid.zone == "cover" or (grid.zone == "body" and grid.after >= end):
            yield from _cells(grid)
    for place, found in (("页眉", pages.headers), ("页脚", pages.footers)):
        for text in dict.fromkeys(found):
            if text.strip():
                yield Said(place, text)


def cell_nodes(grid: Grid) -> list[list[Any]]:
    """The cells of a Word table as elements, row by row as its texts; None for each cell of another format."""
    if grid.node is None:
        return [[None for _ in row] for row in grid.rows]
    return [list(inside(row, f"{W}tc")) for row in inside(grid.node, f"{W}tr")]


def _said(lines: Iterable[Line]) -> Iterator[Said]:
    for line in lines:
        if line.text.strip() and not is_contents(line):
            yield Said(line.place, line.text, (line.node,) if line.node is not None else ())


def _cells(grid: Grid) -> Iterator[Said]:
    named = grid.caption[:20] or "表"
    nodes = cell_nodes(grid)
    for at, row in enumerate(grid.rows):
        for column, text in enumerate(row):
            if text.strip():
                node = nodes[at][column]
                held = tuple(node.iter(f"{W}p")) if node is not None else ()
                yield Said(f"{named}第{at + 1}行", text, held, cell=True)
