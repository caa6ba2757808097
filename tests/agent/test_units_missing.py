"""A county without its month: the city's report is drafted, says so everywhere, and shows no zero in its place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from agent.events import Answer
from agent.review import review_of
from agent.runner import Runner
from core.domain.tokens import plain
from tests.agent.conftest import answer
from tools.documents.appendix import state

REQUEST = "帮我做一份2026年10月云州公司的营销指标月报"
GONE = "9940104"
LACK = "云州望湖区没有电费账单数据"


@pytest.fixture
def short(open_runner: Callable[..., Runner], demo_source: Path, tmp_path: Path) -> Runner:
    """A runner on the province without one county's October bills and meter days."""
    urls = {}
    for source, delete in {
        "marketing": f"DELETE FROM bill WHERE org_code LIKE '{GONE}%' AND ym = '2026-10'",
        "acquisition": f"DELETE FROM energy_day WHERE org_code LIKE '{GONE}%' AND date >= '2026-10-01'",
    }.items():
        copy = tmp_path / f"{source}.duckdb"
        shutil.copy(demo_source / copy.name, copy)
        with duckdb.connect(str(copy)) as connection:
            connection.execute(delete)
        urls[f"source_{source}_url"] = f"duckdb:///{copy}"
    return open_runner(**urls)


def ask(runner: Runner, text: str) -> Answer:
    return answer(runner.ask(runner.actor("analyst01"), text))


def test_a_city_report_names_the_county_that_is_missing(short: Runner) -> None:
    made = ask(short, REQUEST)
    assert made.status == "drafted" and made.report, made.text
    detail = short.report(short.actor("manager01"), made.report.id)
    facts = detail.content.fact_map()
    mine = [
        fact for fact in facts.values() if fact.indicator in {"A02", "B01", "B02"} and fact.period.label == "2026年10月"
    ]
    city = [fact for fact in mine if fact.org == "99401" and fact.computed_by == "engine/1"]
    assert city and all(fact.status == "partial" and fact.reason == LACK for fact in city)
    assert all(LACK in state(fact) for fact in city), "card and annex show the reason"
    lost = [fact for fact in mine if fact.org == GONE]
    assert lost and all(fact.status == "empty" and fact.value is None for fact in lost)
    judged = [fact for fact in facts.values() if fact.indicator in {"reconcile.customer", "reconcile.recovery"}]
    named = [
        fact for fact in facts.values() if fact.by and fact.by.dim == "customer" and fact.period.label == "2026年10月"
    ]
    assert judged and named and {fact.status for fact in (*judged, *named)} == {"partial"}
    for fact in facts.values():
        parents = [facts[name] for name in fact.parents if name in facts]
        worse = [parent.id for parent in parents if parent.status == "partial" and fact.status == "ok"]
        assert not worse, f"{fact.id} {fact.name} is no better than what it was computed from"
    prose = "".join(
        plain(block.text, facts, short.labels(made.report.id))
        for section in detail.content.sections
        for block in section.blocks
        if block.kind == "paragraph" and "[[ref" not in block.text
    )
    assert LACK in prose
    stopped = {check.rule for check in detail.checks if not check.passed and check.level == "error"}
    assert stopped <= {"reconciliation"}, "payments without their bills do not add up: that alone holds the report back"
    review = review_of(short, short.actor("manager01"), made.report.id)
    whole = next(entry for entry in review["checklist"]["items"] if entry["id"] == "completeness")
    assert whole["state"] == "fail"
    told = "".join(remark["text"] for remark in whole["remarks"])
    assert LACK in told and "云州望湖区没有日冻结电量数据" in told
    asked = ask(short, "云州公司2026年10月售电量")
    assert LACK in asked.text and "同比" not in asked.text
    ranked = ask(short, "2026年10月各县售电量排名")
    assert "0.00" not in ranked.text
