"""A file read back: lines, tables, charts, page settings and fonts as a reader of the page would meet them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from knowledge.standards.packs import RulePack, pack_of

Zone = Literal["cover", "body", "annex"]


@dataclass(frozen=True)
class Look:
    """The formatting in effect: east-asian and latin font, size in half-points, alignment, first-line indent in
    hundredths of a character, line twips, text colour and what lies behind the text ("" for none), whether the
    letters stand above or below the line."""

    font: str = ""
    size: int = 0
    bold: bool = False
    align: str = ""
    indent_chars: int = 0
    line: int = 0
    line_rule: str = ""
    latin: str = ""
    colour: str = ""
    behind: str = ""
    raised: bool = False


@dataclass(frozen=True)
class Run:
    """One stretch of text with one formatting; `node` is the element it was read from."""

    text: str
    look: Look
    node: Any = field(default=None, compare=False)


@dataclass(frozen=True)
class Line:
    """One paragraph outside tables, without the small numbers of facts; in a PDF one printed line. `page` counts
    from 1 where the format has pages. `role` is what the style is called, in lower case; `numbered` tells automatic
    numbering, `breaks` a page or section that begins or ends here; `node` is the element of a Word file."""

    number: int
    text: str
    style: str
    zone: Zone
    look: Look
    picture: bool = False
    alt: str = ""
    page: int = 0
    role: str = ""
    runs: tuple[Run, ...] = ()
    numbered: bool = False
    breaks: bool = False
    node: Any = field(default=None, compare=False)

    @property
    def place(self) -> str:
        where = f"第{self.page}页" if self.page else ""
        return f"{where}第{self.number}段「{self.text[:12]}」"


@dataclass(frozen=True)
class Grid:
    """One table with the caption line above it; `after` is the number of the line before it."""

    caption: str
    rows: tuple[tuple[str, ...], ...]
    zone: Zone
    repeats_header: bool = True
    splits_rows: bool = False
    page: int = 0
    after: int = 0
    node: Any = field(default=None, compare=False)


@dataclass(frozen=True)
class Drawing:
    """One chart that an office program draws: its texts, and its numbers as they stand in the file."""

    name: str
    titles: tuple[str, ...]
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[str, ...]], ...]
    labels: tuple[str, ...] = ()
    """Texts and numbers that the chart shows besides its series: typed labels, and the workbook behind it."""
    workbook: tuple[tuple[str, ...], ...] = ()
    strays: tuple[str, ...] = ()
    """Categories of a further series that differ from those of the first."""


@dataclass(frozen=True)
class Sheet:
    """One section's paper: twips."""

    width: int
    height: int
    top: int
    right: int
    bottom: int
    left: int
    line_pitch: int
    zone: Zone
    gutter: int = 0
    last: int = 0
    """Number of the section's last line."""
    node: Any = field(default=None, compare=False)

    @property
    def upright(self) -> bool:
        return self.height >= self.width


@dataclass(frozen=True)
class Foot:
    """A footer: the pages that it stands on, its lines, and the number of the line with the page field (-1: none)."""

    kind: Literal["default", "even", "first"]
    lines: tuple[Line, ...]
    field: int
    section: int


@dataclass(frozen=True)
class Picture:
    """A picture as it stands on the page: pixels and inches across."""

    name: str
    pixels: int
    inches: float


@dataclass(frozen=True)
class Pages:
    """A whole file. A format without pages, styles or properties of a kind leaves them empty."""

    name: str
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...]
    sheets: tuple[Sheet, ...]
    headers: tuple[str, ...]
    footers: tuple[str, ...]
    footer_fields: bool
    odd_even: bool
    properties: dict[str, str] = field(default_factory=dict)
    format: str = "docx"
    drawings: tuple[Drawing, ...] = ()
    pictures: tuple[str, ...] = ()
    """SHA-256 of each picture in an office file."""
    feet: tuple[Foot, ...] = ()
    prints: tuple[Picture, ...] = ()
    pack: RulePack = field(default_factory=pack_of)
    units: frozenset[str] = frozenset()
    """Full names of the organisations that exist; empty when nobody can say."""
    document: Any = field(default=None, compare=False)

    def body(self) -> list[Line]:
        return [line for line in self.lines if line.zone == "body"]
