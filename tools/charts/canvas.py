"""The sheet a form draws on: fixed axes boxes, legend, units, source line; written as PNG or SVG with stable bytes."""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from core.domain.fact import Fact
from core.domain.report import Chart
from tools.charts import palette
from tools.charts.lettering import family
from tools.charts.plot import Plot, plot_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 6.14
"""Inches: the text width of the page (156 mm)."""
SMALL, TEXT = 7.5, 8.5
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

    def axes(self, left: float = 52, right: float = 14, top: float = 34, bottom: float = 40) -> Any:
        """Axes inset by the given points, with the house look."""
        box = (
            left / self.width,
            bottom / self.height,
            (self.width - left - right) / self.width,
            (self.height - top - bottom) / self.height,
        )
        axes = self.figure.add_axes(box)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_color(palette.MUTED)
            axes.spines[side].set_linewidth(0.6)
        axes.tick_params(labelsize=SMALL, colors=palette.INK, length=2.5, width=0.6)
        return axes

    def words(
        self, x: float, y: float, text: str, *, size: float = SMALL, colour: str = palette.MUTED, **more: Any
    ) -> None:
        """Text at points from the lower left corner."""
        self.figure.text(x / self.width, y / self.height, text, fontsize=size, color=colour, **more)

    def legend(self, handles: list[Any], names: list[str]) -> None:
        """One centred row above the axes; nothing for a single series."""
        if len(names) < 2:
            return
        self.figure.legend(
            handles,
            names,
            loc="upper center",
            bbox_to_anchor=(0.5, 1.0),
            ncols=min(len(names), 6),
            fontsize=SMALL,
            frameon=False,
            handlelength=1.6,
            columnspacing=1.6,
            borderaxespad=0.15,
        )

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
    return _write(plot, format="png", dpi=dpi, metadata={"Software": None}, pil_kwargs={"compress_level": 4})


@lru_cache(maxsize=64)
def _svg(plot: Plot) -> str:
    """Kept for a while: the print and the page draw the same charts one after the other."""
    return _write(plot, format="svg", metadata={"Date": None, "Creator": None}).decode()


def forget() -> None:
    """Drop the kept drawings, so that a measurement draws them again."""
    _svg.cache_clear()
    _png.cache_clear()


def _write(plot: Plot, **how: Any) -> bytes:
    family()
    with _DRAWING:
        sheet = _drawn(plot)
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
