"""Every number in every exported Word file is one of the report's facts: all units, months of every season.

Three months by default; `GMA_ALL_MONTHS=1` takes all fourteen reportable months.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.events import Answer
from agent.runner import Runner
from core.domain.period import Period
from core.domain.report import Chart
from tools.checks import check_file

UNITS = {"99401": "云州公司", "9940101": "清河区", "9940102": "东陵县", "9940103": "临江市", "9940104": "望湖区"}
ALL = Period.parse("2026-10").trailing_months(14)
MONTHS = ALL if os.environ.get("GMA_ALL_MONTHS") else [ALL[0], ALL[5], ALL[13]]
LEAST_CHARTS = 6


@pytest.mark.slow
@pytest.mark.parametrize("month", MONTHS, ids=lambda month: month.code)
@pytest.mark.parametrize("unit", UNITS)
def test_every_number_of_the_word_file_is_a_fact(
    runner: Runner, say: Callable[..., Answer], unit: str, month: Period
) -> None:
    drafted = say(f"帮我做一份{month.label}{UNITS[unit]}的营销指标月报")
    assert drafted.status == "drafted" and drafted.report, drafted.text
    actor = runner.actor("analyst01")
    detail = runner.report(actor, drafted.report.id)
    assert (detail.summary.org, detail.summary.period) == (unit, month.code)
    assert [check.rule for check in detail.checks if not check.passed and check.level == "error"] == []
    path = runner.document(actor, drafted.report.id, "docx")
    labels = runner.labels(drafted.report.id)
    findings = [item for item in check_file(Path(path), detail.content, labels) if not item.passed]
    assert [(item.rule, item.place, item.text) for item in findings if item.level == "error"] == []
    blocks = [block for section in detail.content.sections for block in section.blocks]
    charts = [block for block in blocks if isinstance(block, Chart)]
    assert len(charts) >= LEAST_CHARTS
    facts = detail.content.fact_map()
    assert all(point.fact in facts for chart in charts for series in chart.series for point in series.points if point)
