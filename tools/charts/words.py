"""Words on a sheet: placed in points, written by matplotlib on a picture and as live text in an SVG.

matplotlib measures every text before it writes it, which takes longer than all shapes of a chart together. In an SVG
the reader of the file aligns a text, so only its place is needed here: live text can be searched for and copied.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape

from tools.charts.lettering import family

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Across = Literal["left", "center", "right"]
Along = Literal["top", "center", "center_baseline", "bottom", "baseline"]

_ASCENT, _DESCENT = 0.88, 0.12
"""Of the packaged font, in sizes: a line is one size high, and matplotlib lays out lines by the same numbers."""
_HALO = 1.8
_ANCHORS: dict[Across, str] = {"left": "start", "center": "middle", "right": "end"}


@dataclass(frozen=True)
class Word:
    """A text at points from the lower left corner; `ha` and `va` are matplotlib's.

    `turn` degrees turn it about its place; `halo` parts it from what lies below.
    """

    x: float
    y: float
    text: str
    size: float
    colour: str
    ha: Across = "left"
    va: Along = "baseline"
    turn: float = 0
    halo: bool = False
    pitch: float = 1.0


def put(words: Iterable[Word], figure: Figure) -> None:
    """Write the words on a picture of matplotlib."""
    from matplotlib.patheffects import withStroke

    width, height = figure.get_size_inches() * 72
    halo = [withStroke(linewidth=_HALO, foreground="white")]
    for word in words:
        figure.text(
            word.x / width,
            word.y / height,
            word.text,
            fontsize=word.size,
            color=word.colour,
            ha=word.ha,
            va=word.va,
            rotation=word.turn,
            rotation_mode="anchor" if word.turn else "default",
            linespacing="normal" if word.pitch == 1 else word.pitch,
            path_effects=halo if word.halo else None,
        )


def markup(words: Iterable[Word], height: float) -> str:
    """The words as SVG for a sheet of `height` points."""
    return f"<g style=\"font-family: '{family()}'\">\n{''.join(_element(word, height) for word in words)}</g>\n"


def _element(word: Word, height: float) -> str:
    style = f"font-size: {word.size:g}px; text-anchor: {_ANCHORS[word.ha]}; fill: {word.colour}"
    if word.halo:
        style += f"; stroke: #ffffff; stroke-width: {_HALO}; paint-order: stroke"
    lines = word.text.split("\n")
    first, step = _first(word, len(lines)), word.size * word.pitch
    x, y = word.x, height - word.y
    turned = f' transform="rotate({-word.turn:g} {x:.2f} {y:.2f})"' if word.turn else ""
    return "".join(
        f'<text x="{x:.2f}" y="{y + first + step * at:.2f}" style="{style}"{turned}>{escape(line)}</text>\n'
        for at, line in enumerate(lines)
    )


def _first(word: Word, lines: int) -> float:
    """Points from the word's place down to its first base line."""
    above = (word.pitch - 1) / 2
    down = (lines - 1) * word.pitch
    match word.va:
        case "top":
            sizes = above + _ASCENT
        case "bottom":
            sizes = -(down + above + _DESCENT)
        case "center":
            sizes = above + _ASCENT - lines * word.pitch / 2
        case "center_baseline":
            sizes = (above + _ASCENT - down) / 2
        case "baseline":
            sizes = -down
    return sizes * word.size
