"""线路用电异常 by month, or by day for other periods: see `tools.analysis.scan`."""

from __future__ import annotations

from tools.analysis import Analysis
from tools.analysis.scan.scan import scan

ANALYSIS = Analysis("usage_lines", "线路用电异常", scan("line"))
