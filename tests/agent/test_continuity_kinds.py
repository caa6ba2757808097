"""Recovery and service reports continue from their own approved report of the month before, as the monthly does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from agent.recheck import recompute_report
from agent.runner import Runner
from core.domain.report import Table
from core.domain.tokens import plain
from tests.agent.test_continuity import approve, draft, item
from tools.indicators.causes import CAUSE_LABELS

LATE_ROWS = CAUSE_LABELS["late"]
LATE = {
    "R6": (
        "电费回收专项分析报告",
        "marketing",
        "INSERT INTO payment SELECT * REPLACE (pay_id || '-L' AS pay_id, amt + 100 AS amt) FROM payment "
        "WHERE org_code LIKE '9940104%' AND strftime(arrive_time, '%Y-%m') = '2026-09' ORDER BY pay_id LIMIT 1",
        "B04",
    ),
    "R7": (
        "优质服务分析报告",
        "service",
        "INSERT INTO ticket SELECT * REPLACE (ticket_no || '-L' AS ticket_no, '投诉' AS biz_type) FROM ticket "
        "WHERE org_code LIKE '9940104%' AND strftime(accept_time, '%Y-%m') = '2026-09' ORDER BY ticket_no LIMIT 2",
        "E02",
    ),
}

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", LATE)
def test_late_rows_restate_what_the_report_before_published(
    kind: str, open_runner: Callable[..., Runner], demo_source: Path, tmp_path: Path
) -> None:
    name, source, arrives, code = LATE[kind]
    copy = tmp_path / f"{source}.duckdb"
    shutil.copy(demo_source / copy.name, copy)
    urls = {f"source_{source}_url": f"duckdb:///{copy}"}
    runner = open_runner(**urls)
    first = draft(runner, f"帮我做一份2026年9月望湖区的{name}，并提交审核")
    assert "首期" in item(runner, first, "restated")["evidence"]
    approve(runner, first)
    published = runner.report(runner.actor("analyst01"), first).content
    assert published.template == kind
    runner.close()
    with duckdb.connect(str(copy)) as connection:
        connection.execute(arrives)

    runner = open_runner(**urls)
    second = draft(runner, f"帮我做一份2026年10月望湖区的{name}，并提交审核")
    detail = runner.report(runner.actor("manager01"), second)
    content, facts = detail.content, detail.content.fact_map()
    assert (content.template, content.baseline) == (kind, first)
    was = next(f for f in published.facts if f.indicator == code and f.by is None and f.period == published.period)
    moved = next(entry for entry in content.restated if facts[entry.old].inputs["fact"] == was.id)
    old, new = facts[moved.old], facts[moved.new]
    assert old.value == was.value and new.value is not None and was.value is not None and new.value > was.value
    assert moved.why.startswith(f"{LATE_ROWS}（发布后补到数据")
    table = next(block for block in content.sections[-1].blocks if isinstance(block, Table) and block.id == "restated")
    row = next(row for row in table.rows if row[2] == f"{{{{{moved.old}}}}}")
    printed = [plain(cell, facts, runner.labels(second)) for cell in row]
    assert all(printed) and printed[2] != printed[3] and printed[5] == LATE_ROWS
    assert facts[row[4].strip("{}")].value == new.value - was.value
    before = next(f for f in content.facts if f.indicator == code and f.by is None and f.period == content.period)
    assert before.compare.mom_base == new.value, "the month is compared with what is known now"
    listed = item(runner, second, "restated")
    assert listed["state"] == "fail" and first in listed["evidence"]
    assert len(listed["remarks"]) == len(content.restated)
    assert not [check for check in detail.checks if not check.passed and check.level == "error"]
    assert recompute_report(runner, runner.actor("analyst01"), second)["changed"] == 0
    approve(runner, second)
    assert Path(runner.document(runner.actor("analyst01"), second, "docx")).stat().st_size > 10_000
