"""The sheet a form draws on: fixed axes boxes, marks, legend, units, source line; written as PNG or SVG with stable
bytes. matplotlib draws the shapes, `words` writes."""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from core.domain.fact import Fact
from core.domain.report import Chart
from tools.charts import palette, words
from tools.charts.lettering import family, width
from tools.charts.plot import Plot, plot_of
from tools.charts.words import Across, Along, Word

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 6.14
"""Inches: the text width of the page (156 mm)."""
SMALL, TEXT = 7.5, 8.5
_TICK, _PAD = 2.5, 3.5
_SAMPLE, _ACROSS = 12.0, 6
"""Points across of a sample in the legend, and samples in a row."""
_DRAWING = threading.Lock()


class Sheet:
    """A figure measured in points from its corners; forms ask it for axes and put words on it."""

    def __init__(self, plot: Plot, height: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.plot = plot
        self.figure: Figure = Figure(figsize=(WIDTH, height), facecolor="white")
        FigureCanvasAgg(self.figure)
        self.width, self.height = WIDTH * 72, height * 72
        self.note = ""
        self.written: list[Word] = []

    def axes(self, left: float = 52, right: float = 14, top: float = 34, bottom: float = 40) -> Any:
        """Axes inset by the given points, with the house look and without marks; what shows is said by `marks`."""
        box = (
            left / self.width,
            bottom / self.height,
            (self.width - left - right) / self.width,
            (self.height - top - bottom) / self.height,
        )
        axes = self.figure.add_axes(box)
        axes.patch.set_visible(False)
        axes.xaxis.set_visible(False)
        axes.yaxis.set_visible(False)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_color(palette.MUTED)
            axes.spines[side].set_linewidth(0.6)
        return axes

    def words(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = SMALL,
        colour: str = palette.MUTED,
        ha: Across = "left",
        va: Along = "baseline",
    ) -> None:
        """Text at points from the lower left corner."""
        self.written.append(Word(x, y, text, size, colour, ha, va))

    def label(
        self,
        axes: Any,
        x: float | None,
        y: float | None,
        text: str,
        shift: tuple[float, float] = (0, 0),
        *,
        size: float = SMALL,
        colour: str = palette.INK,
        ha: Across = "center",
        va: Along = "center",
        turn: float = 0,
        halo: bool = False,
        pitch: float = 1.0,
    ) -> None:
        """Text `shift` points away from a place of the axes, whose limits must stand by now.

        `x` None is their left edge, `y` None their lower edge.
        """
        box = axes.get_position()
        across, up = axes.transData.transform((x or 0, y or 0)) * (72 / self.figure.dpi)
        across = box.x0 * self.width if x is None else float(across)
        up = box.y0 * self.height if y is None else float(up)
        self.written.append(Word(across + shift[0], up + shift[1], text, size, colour, ha, va, turn, halo, pitch))

    def marks(
        self, axes: Any, places: Sequence[float], texts: Sequence[str], *, right: bool = False, grid: bool = False
    ) -> None:
        """Marks and numbers beside a value axis at `places` (data), and the lines of the grid."""
        from matplotlib.collections import LineCollection

        box = axes.get_position()
        edge = (box.x1 if right else box.x0) * self.width
        out = 1 if right else -1
        heights = axes.transData.transform([(0, place) for place in places])[:, 1] * (72 / self.figure.dpi)
        for x0, x1, colour, wide, level in (
            (box.x0 * self.width, box.x1 * self.width, palette.GRID, 0.5, 0.5),
            (edge, edge + out * _TICK, palette.INK, 0.6, 2.5),
        ):
            if grid or level > 1:
                ends = [((x0, y), (x1, y)) for y in heights]
                lines = LineCollection(ends, colors=colour, linewidths=wide, zorder=level, clip_on=False)
                lines.set_transform(self._points())
                axes.add_artist(lines)
        for y, text in zip(heights, texts, strict=True):
            self.written.append(
                Word(
                    edge + out * (_TICK + _PAD),
                    float(y),
                    text,
                    SMALL,
                    palette.INK,
                    "left" if right else "right",
                    "center_baseline",
                )
            )

    def legend(self, handles: Sequence[Any], names: Sequence[str]) -> None:
        """Centred rows of at most six above the axes, drawn as the handles are; nothing for a single series."""
        from matplotlib.lines import Line2D
        from matplotlib.patches import Rectangle

        if len(names) < 2:
            return
        pairs = list(zip(handles, names, strict=True))
        y = self.height - 8
        for row in (pairs[at : at + _ACROSS] for at in range(0, len(pairs), _ACROSS)):
            x = (self.width - sum(2 * _SAMPLE + 6 + width(name, SMALL) for _, name in row) + _SAMPLE) / 2
            for handle, name in row:
                if isinstance(handle, Line2D):
                    drawn: Any = Line2D([x, x + _SAMPLE / 2, x + _SAMPLE], [y, y, y], markevery=[1])
                    drawn.update_from(handle)
                    drawn.set_markevery([1])
                else:
                    drawn = Rectangle((x, y - 2.6), _SAMPLE, 5.2)
                    drawn.update_from(handle[0])
                drawn.set_transform(self._points())
                drawn.set_clip_on(False)
                self.figure.add_artist(drawn)
                self.words(x + _SAMPLE + 6, y, name, colour="black", va="center_baseline")
                x += 2 * _SAMPLE + 6 + width(name, SMALL)
            y -= SMALL * 1.5

    def _points(self) -> Any:
        from matplotlib.transforms import Affine2D

        return Affine2D().scale(1 / self.width, 1 / self.height) + self.figure.transFigure

    def units(self, left: str, right: str = "", at: float = 52, top: float = 29) -> None:
        """The unit of each value axis, above its end."""
        y = self.height - top
        if left:
            self.words(at, y, f"单位：{left}", ha="left")
        if right:
            self.words(self.width - 14, y, f"（右轴）{right}", ha="right")


def render_png(chart: Chart, facts: Mapping[str, Fact], dpi: int = 200) -> bytes:
    """A PNG of the text width; the same chart and facts give the same bytes. Raises UnknownToken for a bad point."""
    return _png(plot_of(chart, facts), dpi)


def render_svg(chart: Chart, facts: Mapping[str, Fact]) -> str:
    """An SVG with live text, stable in its bytes."""
    return _svg(plot_of(chart, facts))


@lru_cache(maxsize=16)
def _png(plot: Plot, dpi: int) -> bytes:
    """Kept for a while: the check of a file draws the pictures in it again."""
    family()
    with _DRAWING:
        sheet = _drawn(plot)
        words.put(sheet.written, sheet.figure)
        return _saved(sheet, format="png", dpi=dpi, metadata={"Software": None}, pil_kwargs={"compress_level": 4})


@lru_cache(maxsize=64)
def _svg(plot: Plot) -> str:
    """Kept for a while: the print and the page draw the same charts one after the other."""
    family()
    with _DRAWING:
        sheet = _drawn(plot)
        shapes = _saved(sheet, format="svg", metadata={"Date": None, "Creator": None}).decode()
    end = shapes.rindex("</svg>")
    return shapes[:end] + words.markup(sheet.written, sheet.height) + shapes[end:]


def forget() -> None:
    """Drop the kept drawings, so that a measurement draws them again."""
    _svg.cache_clear()
    _png.cache_clear()


def _saved(sheet: Sheet, **how: Any) -> bytes:
    out = io.BytesIO()
    sheet.figure.savefig(out, **how)
    return out.getvalue()


def _drawn(plot: Plot) -> Sheet:
    form = import_module(f"tools.charts.forms.{plot.form}")
    sheet = Sheet(plot, form.height(plot))
    if plot.empty:
        sheet.words(sheet.width / 2, sheet.height / 2, "无可用数据", size=TEXT, ha="center")
    else:
        form.draw(sheet, plot)
    foot = "；".join(text for text in (plot.source, sheet.note) if text)
    if foot:
        sheet.words(10, 4, foot, size=7, ha="left")
    return sheet
