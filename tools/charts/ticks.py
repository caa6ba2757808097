"""Category names under upright bars: wrapped to their slot, or turned, with the margins that this needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.charts.canvas import SMALL, WIDTH, Sheet
from tools.charts.lettering import cut, width, wrapped
from tools.charts.plot import Plot

_TURN = 40
_COSINE, _SINE = 0.77, 0.65
_LONGEST = 150.0
"""Points; a longer turned name is cut with an ellipsis rather than pushing the bars off the sheet."""


@dataclass(frozen=True)
class Ticks:
    """Texts as they stand, and the room in points that they take at the left and below the axes."""

    texts: tuple[str, ...]
    turned: bool
    left: float
    below: float

    def put(self, sheet: Sheet, axes: Any) -> None:
        """Write the names under the axes, one per category; the limits across must stand by now."""
        for at, text in enumerate(self.texts):
            if self.turned:
                sheet.label(axes, at, None, text, (0, -3.5), ha="right", va="top", turn=_TURN)
            else:
                sheet.label(axes, at, None, text, (0, -3.5), va="top")


def extra(plot: Plot) -> float:
    """Inches that turned names add to a sheet, so that the bars keep their height."""
    made = _fit(plot, WIDTH * 72, 52, 14)
    return max(made.below - 42, 0.0) / 72 if made.turned else 0.0


def ticks_of(sheet: Sheet, plot: Plot, left: float, right: float) -> Ticks:
    """Fit the plot's names between margins of `left` and `right` points; a turned first name widens the left one."""
    return _fit(plot, sheet.width, left, right)


def _fit(plot: Plot, total: float, left: float, right: float) -> Ticks:
    slot = (total - left - right) / max(len(plot.ticks), 1)
    texts = tuple(wrapped(text, SMALL, slot - 3) for text in plot.ticks)
    if all(width(text, SMALL) <= slot - 1 for text in texts):
        lines = max((text.count("\n") + 1 for text in texts), default=1)
        return Ticks(texts, False, left, 20 + 11 * lines)
    names = tuple(cut(text, SMALL, _LONGEST) for text in plot.ticks)
    longest = max(width(text, SMALL) for text in names)
    first = width(names[0], SMALL) * _COSINE - slot / 2 + 8
    return Ticks(names, True, max(left, first), 26 + longest * _SINE)
