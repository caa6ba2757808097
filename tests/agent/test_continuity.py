"""The approved report of the month before is the baseline: what its sources tell differently now is restated."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from agent.events import Answer, Done
from agent.recheck import recompute_report
from agent.review import compare, review_of
from agent.runner import Runner
from core.domain.report import ReportContent, Table
from core.evidence import read_pack, verify

SEPTEMBER = "帮我做一份2026年9月望湖区的营销指标月报，并提交审核"
OCTOBER = "帮我做一份2026年10月望湖区的营销指标月报，并提交审核"
LATER = "issue_time + INTERVAL 60 DAY AS issue_time"
ONE = "FROM bill WHERE ym = '2026-09' AND reversal_of IS NULL AND org_code LIKE '{}%' ORDER BY bill_id LIMIT 1"

pytestmark = pytest.mark.slow


def answer(events: Any) -> Answer:
    last = list(events)[-1]
    assert isinstance(last, Done)
    return last.answer


def draft(runner: Runner, text: str) -> str:
    made = answer(runner.ask(runner.actor("analyst01"), text))
    assert made.status == "waiting_approval" and made.report, made.text
    return made.report.id


def approve(runner: Runner, report: str) -> None:
    reviewer = runner.actor("manager01")
    done = answer(runner.decide(reviewer, report, "approve", runner.report(reviewer, report).summary.hash, "同意"))
    assert done.status == "published", done.text


def item(runner: Runner, report: str, name: str) -> dict[str, Any]:
    review = review_of(runner, runner.actor("manager01"), report)
    return next(entry for entry in review["checklist"]["items"] if entry["id"] == name)


def test_what_changed_since_publication_is_restated_in_report_and_checklist(
    open_runner: Callable[..., Runner], demo_source: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "marketing.duckdb"
    shutil.copy(demo_source / "marketing.duckdb", copy)
    url = f"duckdb:///{copy}"
    runner = open_runner(source_marketing_url=url)
    first = draft(runner, SEPTEMBER)
    assert "首期" in item(runner, first, "restated")["evidence"]
    approve(runner, first)
    published = runner.report(runner.actor("analyst01"), first).content
    runner.close()
    with duckdb.connect(str(copy)) as connection:
        unit = published.org
        replaced = f"bill_id || '-R' AS bill_id, bill_id AS reversal_of, -kwh_total AS kwh_total, {LATER}"
        connection.execute(f"INSERT INTO bill SELECT * REPLACE ({replaced}) {ONE.format(unit)}")

    runner = open_runner(source_marketing_url=url)
    second = draft(runner, OCTOBER)
    content = runner.report(runner.actor("analyst01"), second).content
    assert content.baseline == first
    facts = content.fact_map()
    told = {item.name: item for item in content.restated}
    sold = next(item for name, item in told.items() if name.endswith("望湖区供电公司售电量"))
    was = next(f for f in published.facts if f.indicator == "A02" and f.by is None and f.period == published.period)
    assert facts[sold.old].value == was.value and facts[sold.new].value != was.value
    assert sold.why.startswith("退补冲红（发布后有 1 笔退补")
    assert facts[sold.old].inputs == {"report": first, "version": 1, "fact": was.id}
    _restated_section(content, sold.old, sold.new)
    listed = item(runner, second, "restated")
    assert listed["state"] == "fail" and len(listed["remarks"]) == len(content.restated)
    assert "项有变" in listed["evidence"] and first in listed["evidence"]
    assert any("已发布" in remark["text"] and "退补冲红" in remark["text"] for remark in listed["remarks"])
    assert item(runner, second, "promises")["evidence"].startswith(f"上期报告 {first}")
    checks = runner.report(runner.actor("manager01"), second).checks
    assert not [check for check in checks if not check.passed and check.level == "error"]

    again = recompute_report(runner, runner.actor("analyst01"), second)
    assert again["changed"] == 0, "what is restated can be recomputed too"
    lost = [row for row in again["facts"] if row["result"] == "unavailable"]
    assert not lost, "cross-source checks and quality scores are done again like everything else"
    old = recompute_report(runner, runner.actor("analyst01"), first)
    causes = {row["cause"] for row in old["facts"] if row["result"] == "changed"}
    assert old["changed"] >= len(content.restated) and causes == {"rebill"}

    _waive_edit_and_verify(runner, second, listed["remarks"][0]["key"])


def _restated_section(content: ReportContent, old: str, new: str) -> None:
    section = content.sections[-1]
    assert section.heading == "上期数据重述"
    table = next(block for block in section.blocks if isinstance(block, Table))
    row = next(row for row in table.rows if row[2] == f"{{{{{old}}}}}")
    assert row[3] == f"{{{{{new}}}}}" and row[5] == "退补冲红"
    difference = content.fact_map()[row[4].strip("{}")]
    assert difference.parents == (new, old)


def _waive_edit_and_verify(runner: Runner, report: str, finding: str) -> None:
    """The same report through a waiver, an edit, its difference, the release and its evidence."""
    from agent.review import comment_on, settle_comment, waive_finding

    author, reviewer = runner.actor("analyst01"), runner.actor("manager01")
    detail = runner.report(reviewer, report)
    note = comment_on(runner, reviewer, report, "请核对重述", "restated")
    assert item(runner, report, "comments")["state"] == "fail"
    settle_comment(runner, author, report, note.id, "已核对")
    assert item(runner, report, "comments")["state"] == "pass"
    waive_finding(runner, reviewer, report, detail.summary.hash, finding, "退补已由财务确认")
    assert item(runner, report, "restated")["remarks"][0]["waiver"]["reason"] == "退补已由财务确认"
    fact = next(f for f in detail.content.facts if f.indicator == "A02" and f.by is None)
    text = f"{{{{period}}}}完成售电量{{{{{fact.id}}}}}。"
    edit = json.dumps({"replace": [{"section": "overview", "block": 0, "text": text}]})
    edited = answer(runner.decide(reviewer, report, "edit", detail.summary.hash, "精简", edit))
    assert edited.report and edited.report.version == 2
    found = compare(runner, reviewer, report, 1, 2)
    assert [entry["change"] for entry in found["texts"]] == ["changed"] and found["facts"] == []
    assert found["texts"][0]["new"].startswith("2026年10月完成售电量") and "{{" not in found["texts"][0]["new"]
    assert item(runner, report, "restated")["remarks"][0]["waiver"] is None, "a new version needs its own waiver"
    approve(runner, report)
    kept = review_of(runner, author, report)["checklist"]
    assert kept["kept"] and kept["version"] == 2
    documents = runner.report(author, report).documents
    pack = read_pack(runner.document(author, report, "evidence"))
    files = [Path(path) for name, path in documents.items() if name != "evidence"]
    verdicts = verify(pack, files)
    assert files and all(verdict.good for verdict in verdicts), [v for v in verdicts if not v.good]
    assert len(pack["queries"]) > 20 and pack["checklist"] == {
        name: value for name, value in kept.items() if name not in {"kept", "counts"}
    } | {"items": [{k: v for k, v in entry.items() if k != "stateLabel"} for entry in kept["items"]]}
