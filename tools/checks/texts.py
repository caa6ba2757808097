"""The texts of a written file one by one, with the paragraphs they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tools.checks.anatomy import is_contents, text_end
from tools.checks.readers.word_text import W, inside
from tools.checks.reading import Grid, Pages


@dataclass(frozen=True)
class Said:
    """One text: where, what, and the paragraphs of the file that hold it."""

    place: str
    text: str
    nodes: tuple[Any, ...] = ()
    cell: bool = False


def texts(pages: Pages, *, tables: bool = True) -> Iterator[Said]:
    """Lines of the body and cells of its tables up to the annex."""
    for line in pages.body():
        if line.text.strip() and not is_contents(line):
            yield Said(line.place, line.text, (line.node,) if line.node is not None else ())
    end = text_end(pages)
    for grid in pages.grids if tables else ():
        if grid.zone == "body" and grid.after < end:
            yield from cells(grid)


def cells(grid: Grid) -> Iterator[Said]:
    named = grid.caption[:20] or "表"
    for at, (row, nodes) in enumerate(zip(grid.rows, cell_nodes(grid), strict=False), 1):
        for text, node in zip(row, nodes, strict=False):
            if text.strip():
                yield Said(f"{named}第{at}行", text, tuple(node.iter(f"{W}p")), cell=True)


def cell_nodes(grid: Grid) -> list[list[Any]]:
    """The cells of a Word table as elements, row by row; empty lists for another format."""
    if grid.node is None:
        return [[] for _ in grid.rows]
    return [list(inside(row, f"{W}tc")) for row in inside(grid.node, f"{W}tr")]


def everywhere(pages: Pages) -> Iterator[Said]:
    """The texts of the body, and those of covers, headers, footers and text boxes."""
    yield from texts(pages)
    for line in pages.lines:
        if line.zone != "body" and line.text.strip() and not is_contents(line):
            yield Said(line.place, line.text, (line.node,) if line.node is not None else ())
    end = text_end(pages)
    for grid in pages.grids:
        if grid.zone == "cover" or (grid.zone == "body" and grid.after >= end):
            yield from cells(grid)
    for place, found in (("页眉", pages.headers), ("页脚", pages.footers)):
        for text in dict.fromkeys(found):
            if text.strip():
                yield Said(place, text)
