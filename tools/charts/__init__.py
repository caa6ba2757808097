"""Charts (图): one description (`core.domain.report.Chart`) drawn for every output; every plotted number is a fact.

Each file of `forms/` is one form and exports `draw(axes, plot)`. `render_png` and `render_svg` draw it for documents,
`native_chart` makes it an editable one, `recommend` proposes a form for a shape of data.
"""

from __future__ import annotations

from tools.charts.canvas import render_png, render_svg
from tools.charts.native import native_chart
from tools.charts.plot import Plot, Trace, plot_of
from tools.charts.recommend import recommend

__all__ = ["Plot", "Trace", "native_chart", "plot_of", "recommend", "render_png", "render_svg"]
