"""Ring (环形): parts of one whole; names and printed values stand in a list beside it, no share is computed."""

from __future__ import annotations

from matplotlib.patches import Rectangle

from tools.charts import palette
from tools.charts.canvas import TEXT, Sheet
from tools.charts.lettering import width
from tools.charts.plot import Plot


def height(plot: Plot) -> float:
    """Inches; grows with the list."""
    return max(2.4, 0.7 + 0.24 * len(plot.categories))


def draw(sheet: Sheet, plot: Plot) -> None:
    trace = plot.traces[0]
    parts = [
        (name, float(value), text)
        for name, value, text in zip(plot.categories, trace.values, trace.printed, strict=True)
        if value is not None and value > 0
    ]
    side = sheet.height - 44
    left = sheet.width * 0.28 - side / 2
    axes = sheet.figure.add_axes((left / sheet.width, 24 / sheet.height, side / sheet.width, side / sheet.height))
    wedges, *_ = axes.pie(
        [size for _, size, _ in parts],
        colors=[palette.colour(at) for at in range(len(parts))],
        startangle=90,
        counterclock=False,
        wedgeprops={"width": 0.42, "edgecolor": "white", "linewidth": 1.2},
    )
    for at, wedge in enumerate(wedges):
        wedge.set_hatch(palette.hatch(at))
    sheet.label(axes, 0, 0, plot.unit or trace.name, size=TEXT, colour=palette.MUTED)
    step = min(20.0, (sheet.height - 40) / max(len(parts), 1))
    top = 24 + side / 2 + step * (len(parts) - 1) / 2
    names_at = sheet.width * 0.54
    numbers_at = names_at + 22 + max(width(name, TEXT) for name, _, _ in parts) + 18
    numbers_at += max(width(text, TEXT) for _, _, text in parts)
    for at, (name, _, text) in enumerate(parts):
        y = top - at * step
        sheet.figure.add_artist(
            Rectangle(
                (names_at / sheet.width, (y - 3.5) / sheet.height),
                12 / sheet.width,
                9 / sheet.height,
                facecolor=palette.colour(at),
                hatch=palette.hatch(at),
                edgecolor="white",
                linewidth=0,
            )
        )
        sheet.words(names_at + 18, y, name, size=TEXT, colour=palette.INK, va="center_baseline")
        sheet.words(numbers_at, y, text, size=TEXT, colour=palette.INK, ha="right", va="center_baseline")
