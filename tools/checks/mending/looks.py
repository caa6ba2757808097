"""Changing the look of runs and paragraphs by direct formatting, which wins over whatever style they carry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tools.checks.readers.word_text import W
from tools.checks.reading import Line

_ORDER = [
    "rStyle",
    "rFonts",
    "b",
    "bCs",
    "i",
    "iCs",
    "caps",
    "smallCaps",
    "strike",
    "dstrike",
    "outline",
    "shadow",
    "emboss",
    "imprint",
    "noProof",
    "snapToGrid",
    "vanish",
    "webHidden",
    "color",
    "spacing",
    "w",
    "kern",
    "position",
    "sz",
    "szCs",
    "highlight",
    "u",
    "effect",
    "bdr",
    "shd",
    "fitText",
    "vertAlign",
    "rtl",
    "cs",
    "em",
    "lang",
    "eastAsianLayout",
    "specVanish",
    "oMath",
]
_BLOCKS = [
    "pStyle",
    "keepNext",
    "keepLines",
    "pageBreakBefore",
    "framePr",
    "widowControl",
    "numPr",
    "suppressLineNumbers",
    "pBdr",
    "shd",
    "tabs",
    "suppressAutoHyphens",
    "kinsoku",
    "wordWrap",
    "overflowPunct",
    "topLinePunct",
    "autoSpaceDE",
    "autoSpaceDN",
    "bidi",
    "adjustRightInd",
    "snapToGrid",
    "spacing",
    "ind",
    "contextualSpacing",
    "mirrorIndents",
    "suppressOverlap",
    "jc",
    "textDirection",
    "textAlignment",
    "textboxTightWrap",
    "outlineLvl",
    "divId",
    "cnfStyle",
    "rPr",
    "sectPr",
    "pPrChange",
]


def placed(holder: Any, name: str, order: list[str]) -> Any:
    """The child of that name, made in the place that the schema gives it."""
    found = holder.find(f"{W}{name}")
    if found is not None:
        return found
    fresh = holder.makeelement(f"{W}{name}", {})
    later = {f"{W}{item}" for item in order[order.index(name) + 1 :]}
    after = next((item for item in holder if item.tag in later), None)
    if after is None:
        holder.append(fresh)
    else:
        after.addprevious(fresh)
    return fresh


def _head(element: Any, name: str) -> Any:
    found = element.find(f"{W}{name}")
    if found is None:
        found = element.makeelement(f"{W}{name}", {})
        element.insert(0, found)
    return found


def letter(
    run: Any, *, east: str = "", latin: str = "", size: int = 0, bold: bool | None = None, plain: bool = False
) -> None:
    """Fonts, size in half-points and weight of a run; `plain` makes it black on white."""
    props = _head(run, "rPr")
    if east or latin:
        fonts = placed(props, "rFonts", _ORDER)
        for names, value in ((("eastAsia",), east), (("ascii", "hAnsi"), latin)):
            for name in names if value else ():
                fonts.set(f"{W}{name}", value)
                fonts.attrib.pop(f"{W}{name}Theme", None)
    if size:
        for name in ("sz", "szCs"):
            placed(props, name, _ORDER).set(f"{W}val", str(size))
    if bold is not None:
        placed(props, "b", _ORDER).set(f"{W}val", "1" if bold else "0")
    if plain:
        colour = placed(props, "color", _ORDER)
        colour.attrib.clear()
        colour.set(f"{W}val", "000000")
        placed(props, "highlight", _ORDER).set(f"{W}val", "none")
        shade = placed(props, "shd", _ORDER)
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", "auto")):
            shade.set(f"{W}{name}", value)


def block(paragraph: Any, *, align: str = "", indent: int | None = None, line: int = 0, size: int = 32) -> None:
    """Alignment, first-line indent in hundredths of a character of `size` half-points, exact line height in twips."""
    props = _head(paragraph, "pPr")
    if line:
        spacing = placed(props, "spacing", _BLOCKS)
        spacing.set(f"{W}line", str(line))
        spacing.set(f"{W}lineRule", "exact")
    if indent is not None:
        ind = placed(props, "ind", _BLOCKS)
        for name in ("hanging", "hangingChars", "left", "leftChars", "start", "startChars"):
            ind.attrib.pop(f"{W}{name}", None)
        ind.set(f"{W}firstLineChars", str(indent))
        ind.set(f"{W}firstLine", str(indent * size // 10))
        ind.set(f"{W}left", "0")
    if align:
        placed(props, "jc", _BLOCKS).set(f"{W}val", align)


def unnumbered(paragraph: Any) -> None:
    """Take automatic numbering away."""
    number = placed(_head(paragraph, "pPr"), "numPr", _BLOCKS)
    for item in list(number):
        number.remove(item)
    for name in ("ilvl", "numId"):
        number.append(number.makeelement(f"{W}{name}", {f"{W}val": "0"}))


def lettering(line: Line, **wanted: Any) -> Callable[[], None] | None:
    """A mend that gives every run of a line one look."""
    return each((run.node for run in line.runs), lambda node: letter(node, **wanted))


def each(nodes: Iterable[Any], change: Callable[[Any], None]) -> Callable[[], None] | None:
    """A mend of several elements; None when there is none."""
    found = [node for node in nodes if node is not None]
    if not found:
        return None

    def mend() -> None:
        for node in found:
            change(node)

    return mend
