"""人工补录 adds up: what a county supplies is in the city's number, marked everywhere, and never counted twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from docx import Document
from pypdf import PdfReader

from agent.desk import Desk
from agent.recheck import recompute_report
from agent.review import review_of
from agent.runner import Runner
from core.domain.fact import Fact
from core.domain.period import Period
from core.domain.tokens import plain
from core.errors import BadRequest
from tests.agent.conftest import answer
from ui import typed_commands
from ui.views.fact_card import fact_card

CITY, COUNTY, STATION, NOTE = "99401", "9940104", "994010403", "供电所手工台账第3页"
MONTH, QUARTER, NEXT = Period.parse("2026-09"), Period.parse("2026-Q3"), Period.parse("2026-10")
SUPPLIED = Decimal("1234567.89")

pytestmark = pytest.mark.slow


@pytest.fixture
def book(demo_source: Path, tmp_path: Path) -> Path:
    """The marketing source without the county's bills of one month; they are kept aside in `late`."""
    copy = tmp_path / "marketing.duckdb"
    shutil.copy(demo_source / "marketing.duckdb", copy)
    mine = f"FROM bill WHERE ym = '2026-09' AND org_code LIKE '{COUNTY}%'"
    with duckdb.connect(str(copy)) as connection:
        connection.execute(f"CREATE TABLE late AS SELECT * {mine}")
        connection.execute(f"DELETE {mine}")
    return copy


@pytest.fixture
def runner(open_runner: Callable[..., Runner], book: Path) -> Runner:
    return open_runner(source_marketing_url=f"duckdb:///{book}")


def sold(runner: Runner, org: str, period: Period = MONTH, by: str | None = None) -> list[Fact]:
    return Desk.open(runner, "dataops01").indicator("A02", org, period, by).facts


def supply(runner: Runner, org: str = COUNTY, value: str = str(SUPPLIED), period: Period = MONTH) -> str:
    return Desk.open(runner, "dataops01").supply("A02", org, period, value, NOTE).id


def test_a_county_s_value_is_in_the_city_s_and_in_longer_periods(runner: Runner) -> None:
    held, quarter, after = sold(runner, CITY)[0], sold(runner, CITY, QUARTER)[0], sold(runner, CITY, NEXT)[0]
    year = sold(runner, CITY, Period.parse("2026-01-01..2026-10-31"))[0]
    assert held.value and quarter.value and year.value and not held.supplement
    assert held.status == year.status == "partial" and after.compare.ytd is None, "a year without a county's month"
    made = supply(runner)
    city = sold(runner, CITY)[0]
    assert city.status == "ok" and city.value == held.value + SUPPLIED and city.inputs["supplements"] == [made]
    assert city.supplement.startswith("含云州望湖区2026年9月人工补录") and NOTE in city.supplement
    assert city.compare.yoy_base == held.compare.yoy_base and city.compare.yoy != held.compare.yoy
    assert plain("{{" + city.id + "}}", {city.id: city}).endswith("（含人工补录）")
    assert dict(fact_card(city, {})["rows"])["补录"] == city.supplement
    assert sold(runner, CITY, QUARTER)[0].value == quarter.value + SUPPLIED
    later = sold(runner, CITY, NEXT)[0]
    assert later.value == after.value and not later.supplement, "its own month has no supplement"
    assert later.compare.ytd == year.value + SUPPLIED and later.compare.mom_base == city.value
    members = {fact.org: fact for fact in sold(runner, CITY, MONTH, "org")}
    assert members[COUNTY].value == SUPPLIED and members[COUNTY].supplement.startswith("人工补录")
    assert sum(fact.value or Decimal(0) for fact in members.values()) == city.value, "parts sum to the whole"
    parts = sold(runner, CITY, MONTH, "industry")
    assert sum(fact.value or Decimal(0) for fact in parts) == city.value
    assert [fact.value for fact in parts if fact.supplement] == [SUPPLIED]
    months = [f for f in sold(runner, CITY, QUARTER, "month") if f.period == MONTH]
    assert [fact.value for fact in months] == [city.value]


def test_nothing_is_counted_twice(runner: Runner, book: Path) -> None:
    held = sold(runner, CITY)[0].value or Decimal(0)
    county, station = supply(runner), supply(runner, STATION, "1000")
    city = sold(runner, CITY)[0]
    assert city.value == held + SUPPLIED and city.inputs["supplements"] == [county], "the county covers its station"
    with pytest.raises(BadRequest, match="已有数值"):
        supply(runner, CITY, "5")
    Desk.open(runner, "dataops01").withdraw(county, "改由供电所补录")
    part = sold(runner, COUNTY)[0]
    assert (part.value, part.status) == (Decimal(1000), "partial"), "one station is not the whole county"
    assert "仅含部分单位" in part.reason and part.inputs["supplements"] == [station]


def test_rates_take_no_sum_and_keep_silent_about_nothing(runner: Runner) -> None:
    desk = Desk.open(runner, "dataops01")
    before = desk.indicator("B02", CITY, MONTH, None).facts[0]
    made = desk.supply("B02", COUNTY, MONTH, "600", NOTE).id
    assert desk.indicator("B02", COUNTY, MONTH, None).facts[0].value == 600
    after = desk.indicator("B02", CITY, MONTH, None).facts[0]
    assert (after.value, after.supplement) == (before.value, "")
    assert (after.status, after.inputs) == ("partial", {"apart": [made]})
    assert "不能相加" in desk.reach("B02") and "并入上级单位和更长统计期" in desk.reach("A02")
    assert made in dict(fact_card(after, {})["rows"])["未计入的补录"]
    year = desk.indicator("B02", COUNTY, Period.parse("2026-01-01..2026-09-30"), None).facts[0]
    assert year.value != 600 and year.inputs == {"apart": [made]}, "nor into a longer period"
    said = typed_commands.answer(
        runner, runner.actor("dataops01"), f"/补录 指标=售电均价 单位=荷塘供电所 统计期=2026-09 数值=610 来源={NOTE}"
    )
    assert "已补录" in said and "不并入上级单位" in said


def test_the_source_wins_when_its_value_arrives(open_runner: Callable[..., Runner], book: Path) -> None:
    first = open_runner(source_marketing_url=f"duckdb:///{book}")
    made = supply(first)
    report = _report(first)
    _marked(first, report)
    again = recompute_report(first, first.actor("analyst01"), report)
    assert [row for row in again["facts"] if row["result"] != "same"] == []
    first.close()
    with duckdb.connect(str(book)) as connection:
        connection.execute("INSERT INTO bill SELECT * FROM late")
    runner = open_runner(source_marketing_url=f"duckdb:///{book}")
    city = sold(runner, CITY)[0]
    assert not city.supplement and city.inputs == {"outdone": [made]}
    assert "以来源为准" in dict(fact_card(city, {})["rows"])["未计入的补录"]
    county = sold(runner, COUNTY)[0]
    assert county.value != SUPPLIED and not county.supplement
    desk = Desk.open(runner, "dataops01")
    assert desk.outdone(desk.supplements()) == {made}
    late = recompute_report(runner, runner.actor("analyst01"), report)
    row = next(row for row in late["facts"] if row["indicator"] == "A02" and row["cause"] == "supplement")
    assert row["result"] == "changed" and made in row["reason"] and "以来源为准" in row["reason"]


def _report(runner: Runner) -> str:
    made = answer(runner.ask(runner.actor("analyst01"), "帮我做一份2026年9月云州公司的营销指标月报", None))
    assert made.report is not None, made.text
    return made.report.id


def _marked(runner: Runner, report: str) -> None:
    """The report's city figure says so in the text, in every document, in the annex and on the checklist."""
    actor = runner.actor("analyst01")
    detail = runner.report(actor, report)
    wrong = [(c.rule, c.text) for c in detail.checks if not c.passed and c.level == "error"]
    assert {rule for rule, _ in wrong} <= {"reconciliation"}, "bills that are not there break a balance, and only that"
    word = Document(runner.document(actor, report, "docx"))
    said = "".join(part.text or "" for part in word.element.body.iter() if part.tag.endswith("}t"))
    pages = "".join(page.extract_text() for page in PdfReader(runner.document(actor, report, "pdf")).pages)
    page = Path(runner.document(actor, report, "html")).read_text("utf-8")
    for text in (said, "".join(pages.split()), page):
        assert "（含人工补录）" in text and "含云州望湖区2026年9月人工补录" in text
    review = review_of(runner, runner.actor("manager01"), report)["checklist"]
    whole = next(entry for entry in review["items"] if entry["id"] == "completeness")
    assert any("含云州望湖区2026年9月人工补录" in remark["text"] for remark in whole["remarks"])
