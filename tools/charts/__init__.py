"""Charts (图): one description (`core.domain.report.Chart`) drawn for every output; every plotted number is a fact.

Each file of `forms/` is one form and exports `draw(axes, plot)`. `render_png` and `render_svg` draw it for documents,
`echart` describes it for the chat, `recommend` proposes a form for a shape of data.
"""

from __future__ import annotations

from tools.charts.canvas import render_png, render_svg
from tools.charts.echarts import echart
from tools.charts.native import native_chart
from tools.charts.plot import Plot, Trace, plot_of
from tools.charts.recommend import recommend

__all__ = ["Plot", "Trace", "echart", "native_chart", "plot_of", "recommend", "render_png", "render_svg"]
