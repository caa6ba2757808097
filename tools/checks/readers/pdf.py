"""PDF: printed lines in the order of the text, what stands above and below it, and the texts of drawn charts."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BadRequest
from tools.checks.reading import Drawing, Line, Look, Pages, Sheet, Zone

if TYPE_CHECKING:
    from pypdf import PageObject

SUFFIX = ".pdf"
MARGIN = 0.115
"""Share of the page's height at its top and bottom that holds headers and footers."""
_NOTE = re.compile(r"F\d+")
_LEADER = re.compile(r"(?:[.．·…]\s*){3,}\d*\s*$")
_TWIPS = 20


@dataclass(frozen=True)
class _Run:
    """One show-text operation: where, how large, and whether it lies in a drawing or is turned."""

    x: float
    y: float
    size: float
    text: str
    drawn: bool
    turned: bool


def read(path: Path) -> Pages:
    """Read a PDF; raises BadRequest for a file that is none, is locked, or holds no text."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = PdfReader(path)
        pages = [(page, _runs(page)) for page in reader.pages]
        info = {str(name).removeprefix("/"): str(value) for name, value in (reader.metadata or {}).items()}
    except (PyPdfError, OSError, ValueError, KeyError, TypeError) as error:
        raise BadRequest(f"「{path.name}」不是可读的 PDF 文件。", "请确认文件完整、没有加密后再试。") from error
    if not any(runs for _, runs in pages):
        raise BadRequest(f"「{path.name}」里没有文字，可能是扫描件。", "请提供由系统导出的 PDF。")
    lines: list[Line] = []
    drawings: list[Drawing] = []
    headers: list[str] = []
    footers: list[str] = []
    for number, (page, runs) in enumerate(pages, 1):
        height, width = float(page.mediabox.height), float(page.mediabox.width)
        top = [run for run in runs if run.y > height * (1 - MARGIN) or (run.turned and not run.drawn)]
        bottom = [run for run in runs if run.y < height * MARGIN and run not in top]
        headers.append(_joined(top))
        footers.append(_joined(bottom))
        rest = [run for run in runs if run not in top and run not in bottom]
        zone: Zone = "annex" if width > height else "cover" if number == 1 and not top else "body"
        for drawn, group in groupby(_without_notes(rest), key=lambda run: run.drawn):
            found = list(group)
            if drawn:
                drawings.append(Drawing(f"第{number}页的图", (), (), (), labels=tuple(_words(found))))
            else:
                lines += _lines(found, len(lines), zone, number)
    return Pages(
        name=path.name,
        lines=tuple(lines),
        grids=(),
        sheets=tuple(_sheet(page) for page, _ in pages),
        headers=tuple(headers),
        footers=tuple(footers),
        footer_fields=any(re.search(r"\d", text) for text in footers),
        odd_even=False,
        properties=info,
        format="pdf",
        drawings=tuple(drawings),
    )


def _runs(page: PageObject) -> list[_Run]:
    found: list[_Run] = []

    def visit(text: str, around: list[float], at: list[float], font: Any, size: float) -> None:
        if not text.strip():
            return
        x = at[4] * around[0] + at[5] * around[2] + around[4]
        y = at[4] * around[1] + at[5] * around[3] + around[5]
        scaled = abs(abs(around[0]) - 1) > 1e-3
        turned = abs(at[1]) > 1e-3 or abs(around[1]) > 1e-3
        found.append(_Run(x, y, size * abs(around[0] or 1), text, scaled, turned))

    page.extract_text(visitor_text=visit)
    return found


def _without_notes(runs: Sequence[_Run]) -> Iterator[_Run]:
    """Leaves out the small raised numbers of facts."""
    size = 0.0
    for run in runs:
        if _NOTE.fullmatch(run.text.strip()) and run.size < size * 0.6:
            continue
        size = run.size
        yield run


def _lines(runs: Sequence[_Run], count: int, zone: Zone, page: int) -> Iterator[Line]:
    """Runs of one height, in order, are one line."""
    for _, group in groupby(runs, key=lambda run: round(run.y)):
        found = list(group)
        text = "".join(run.text for run in found)
        style = "Contents" if _LEADER.search(text) else ""
        count += 1
        yield Line(count, text.strip(), style, zone, Look(size=round(found[0].size * 2)), page=page)


def _joined(runs: Sequence[_Run]) -> str:
    return "".join(run.text for run in runs).strip()


def _words(runs: Sequence[_Run]) -> Iterator[str]:
    """Glyphs of a drawing that follow each other closely are one word."""
    word = ""
    before: _Run | None = None
    for run in runs:
        if before is not None:
            step = ((run.x - before.x) ** 2 + (run.y - before.y) ** 2) ** 0.5
            wide = sum(1.0 if ord(char) > 0x2E80 else 0.62 for char in before.text.strip())
            if step > run.size * (wide + 0.35) or before.turned != run.turned:
                yield word
                word = ""
        word += run.text.strip()
        before = run
    if word:
        yield word


def _sheet(page: PageObject) -> Sheet:
    width, height = (round(float(side) * _TWIPS) for side in (page.mediabox.width, page.mediabox.height))
    return Sheet(width, height, 0, 0, 0, 0, 0, "annex" if width > height else "body")
