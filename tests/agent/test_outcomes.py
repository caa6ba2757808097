"""What came of measures: recorded by a named person with its audit row, measured from the data, used, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from agent.desk import Desk
from agent.recheck import recompute_report
from agent.runner import Runner
from core.domain.fact import Fact
from core.domain.period import Period, shift_months
from core.domain.tokens import plain
from core.errors import BadRequest, Conflict, NotFound, Refused
from core.store.tables import AuditRow, MeasureOutcomeRow
from knowledge.strategies import strategies
from tests.agent.conftest import answer
from tools.checks import check_file
from ui import typed_commands

COUNTY, OCTOBER = "9940104", Period.parse("2026-10")
SHRINK = strategies().causes["shrink"].label


@pytest.fixture
def runner(open_runner: Callable[..., Runner]) -> Runner:
    return open_runner()


@pytest.fixture(scope="module")
def big(demo_source: Path) -> list[str]:
    """Customers of one county that were billed every month, the largest first."""
    with duckdb.connect(str(demo_source / "marketing.duckdb"), read_only=True) as engine:
        rows = engine.execute(
            f"SELECT cons_no FROM bill WHERE org_code LIKE '{COUNTY}%' AND ym BETWEEN '2025-01' AND '2026-10' "
            "GROUP BY cons_no HAVING COUNT(DISTINCT ym) = 22 ORDER BY SUM(kwh_total) DESC, cons_no LIMIT 12"
        ).fetchall()
    return [row[0] for row in rows]


def desk(runner: Runner, user: str = "staff01") -> Desk:
    return Desk.open(runner, user)


def named(facts: list[Fact], name: str) -> list[Fact]:
    return [fact for fact in facts if fact.name == name]


def test_an_outcome_and_its_audit_row_are_one_transaction(runner: Runner, big: list[str]) -> None:
    made = desk(runner).record(big[0], SHRINK, "2026-10-15", "客户经理张敏", "成功", "已调整计费方式")
    assert (made.org[: len(COUNTY)], made.measure, made.actor, made.name) == (COUNTY, "shrink", "staff01", "周业务")
    with runner.store.begin() as unit:
        row = unit.session.query(AuditRow).filter(AuditRow.action == "measure_outcome").one()
        assert (row.object, row.actor, row.result) == (made.id, "staff01", "ok")
    with pytest.raises(Conflict):
        desk(runner).record(big[0], "shrink", "2026-10-15", "客户经理张敏", "未成")
    with pytest.raises(RuntimeError), runner.store.begin() as unit:
        unit.outcomes.record(runner.actor("staff01"), big[1], made.org, "shrink", made.done, "张敏", "成功", "")
        raise RuntimeError
    with runner.store.begin() as unit:
        assert unit.session.query(MeasureOutcomeRow).count() == 1, "neither the row nor its audit row was kept"
        assert unit.session.query(AuditRow).filter(AuditRow.action == "measure_outcome").count() == 1
    assert runner.store.verify_audit().broken is None


def test_scope_and_role_bound_who_records_and_who_sees(runner: Runner, big: list[str]) -> None:
    with pytest.raises(NotFound):
        desk(runner, "manager02").record(big[0], SHRINK, "2026-10-15", "张敏", "成功")
    with pytest.raises(Refused):
        desk(runner, "auditor01").record(big[0], SHRINK, "2026-10-15", "张敏", "成功")
    with pytest.raises(Refused):
        desk(runner, "dataops01").record(big[0], SHRINK, "2026-10-15", "张敏", "成功")
    made = desk(runner).record(big[0], SHRINK, "2026-10-15", "张敏", "成功")
    assert desk(runner, "manager02").outcomes() == [] and [one.id for one in desk(runner, "analyst01").outcomes()] == [
        made.id
    ]
    with pytest.raises(NotFound):
        desk(runner, "manager02").unrecord(made.id, "不是本单位的")
    with pytest.raises(BadRequest):
        desk(runner).unrecord(made.id, " ")
    assert desk(runner).unrecord(made.id, "结果记错了").withdrawn_by == "staff01"
    with pytest.raises(Conflict):
        desk(runner).unrecord(made.id, "再撤一次")
    assert desk(runner).outcomes() == [] and len(desk(runner).outcomes(standing=False)) == 1
    assert desk(runner).record(big[0], SHRINK, "2026-10-15", "张敏", "部分").verdict == "部分"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"measure": "打折"}, "策略库没有"),
        ({"done": "上周"}, "不是日期"),
        ({"done": "2027-01-05"}, "还没有到"),
        ({"owner": "1"}, "不像责任人"),
        ({"verdict": "很好"}, "不是执行结果"),
        ({"note": "长" * 201}, "说明太长"),
    ],
)
def test_bad_input_says_what_is_wrong(runner: Runner, big: list[str], change: dict[str, str], said: str) -> None:
    given = {
        "customer": big[0],
        "measure": SHRINK,
        "done": "2026-10-15",
        "owner": "张敏",
        "verdict": "成功",
        "note": "",
    }
    with pytest.raises(BadRequest, match=said) as caught:
        desk(runner).record(**(given | change))
    assert caught.value.hint
    with pytest.raises(NotFound):
        desk(runner).record(**(given | {"customer": "0' OR '1'='1"}))
    assert desk(runner).outcomes() == []


def test_the_effect_is_what_the_bills_say(runner: Runner, big: list[str], demo_source: Path) -> None:
    desk(runner).record(big[0], SHRINK, "2026-06-10", "张敏", "成功")
    desk(runner).record(big[1], SHRINK, "2026-09-10", "张敏", "部分")
    body = desk(runner).executed(COUNTY, OCTOBER)
    with duckdb.connect(str(demo_source / "marketing.duckdb"), read_only=True) as engine:
        rows = engine.execute("SELECT ym, SUM(kwh_total) FROM bill WHERE cons_no = ? GROUP BY ym", [big[0]]).fetchall()
    used = {ym: Decimal(str(kwh)) for ym, kwh in rows}
    june = Period.parse("2026-06").start

    def total(first: int) -> Decimal:
        return sum((used[f"{shift_months(june, first + at):%Y-%m}"] for at in range(3)), Decimal(0))

    expected = total(1 - 12) * total(-3) / total(-15)
    (effect,) = named(body.facts, "执行后电量变化")
    assert effect.value is not None and abs(effect.value - (total(1) - expected)) < Decimal("0.01")
    assert effect.by is not None and effect.by.key == big[0]
    (price,) = [fact for fact in body.facts if fact.indicator == "B02"]
    (money,) = named(body.facts, "执行后电费变化")
    assert money.value == effect.value * (price.value or 0) / 1000
    facts = {fact.id: fact for fact in body.facts}
    assert all(set(fact.parents) <= set(facts) for fact in body.facts), "nothing rests on a figure that is not there"
    waiting, seen = (plain(one.text, facts) for one in body.findings)
    assert "效果待观察，已出账1个月" in waiting and "不能都算作措施的效果" in seen


def test_the_ranking_takes_the_success_rate_when_there_are_enough_outcomes(runner: Runner, big: list[str]) -> None:
    fewest = strategies().outcomes.fewest
    for at, key in enumerate(big[: fewest - 1]):
        desk(runner).record(key, SHRINK, "2026-08-10", "张敏", "成功" if at % 2 else "未成")
    few = desk(runner).campaign(COUNTY, OCTOBER)
    told = plain(few.findings[0].text, {fact.id: fact for fact in few.facts})
    assert "样本不足" in told and "按策略库比例" in told and not named(few.facts, "措施成功率")
    desk(runner).record(big[fewest - 1], SHRINK, "2026-08-10", "张敏", "成功")
    enough = desk(runner).campaign(COUNTY, OCTOBER)
    facts = {fact.id: fact for fact in enough.facts}
    (rate,) = named(enough.facts, "措施成功率")
    (low,), (high,) = named(enough.facts, "成功率区间下限"), named(enough.facts, "成功率区间上限")
    won = Decimal(fewest // 2)
    assert rate.value == won / fewest * 100 and 0 < (low.value or 0) < rate.value < (high.value or 0) < 100
    shrink = [item for item in enough.findings if SHRINK in plain(item.text, facts)]
    assert shrink
    for finding in shrink:
        assert f"按已记录的成功率{rate.value:.1f}%（区间" in plain(finding.text, facts)
        kept = next(facts[name] for name in finding.facts if facts[name].name == "措施预期保留电量")
        risk = next(facts[name] for name in kept.parents if facts[name].name == "季度风险电量")
        assert rate.id in kept.parents and kept.value == (risk.value or 0) * rate.value / 100
    values = [facts[name].value or 0 for item in enough.findings for name in item.facts
              if facts[name].name == "措施预期保留电量"]  # fmt: skip
    assert values == sorted(values, reverse=True)
    before = {fact.by.key: fact.value for fact in named(few.facts, "措施预期保留电量") if fact.by}
    after = {fact.by.key: fact.value for fact in named(enough.facts, "措施预期保留电量") if fact.by}
    assert any(before[key] != after[key] for key in before if key.endswith("/shrink"))
    assert all(before[key] == after[key] for key in before if not key.endswith("/shrink"))


def test_the_next_issue_tells_what_came_of_the_last_and_can_be_computed_again(runner: Runner, big: list[str]) -> None:
    made = [
        desk(runner).record(big[0], SHRINK, "2026-10-15", "客户经理张敏", "成功", "见走访记录3号"),
        desk(runner).record(big[1], "停产或空置", "2026-06-10", "客户经理张敏", "未成"),
    ]
    actor = runner.actor("analyst01")
    drafted = answer(runner.ask(actor, "帮我做一份2026年10月望湖区的大客户流失预警与挽回方案", None))
    assert drafted.status == "drafted" and drafted.report, drafted.text
    detail = runner.report(actor, drafted.report.id)
    wrong = [check for check in detail.checks if not check.passed and check.level == "error"]
    assert [(check.rule, check.place, check.text) for check in wrong] == []
    section = next(item for item in detail.content.sections if item.heading == "上期策略执行情况")
    facts, labels = detail.content.fact_map(), runner.labels(drafted.report.id)
    said = "".join(plain(block.text, facts, labels) for block in section.blocks if block.kind == "paragraph")
    assert "本期执行挽回措施的客户1户" in said and "样本太少，暂不评价成功率" in said and "不能都算作措施的效果" in said
    table = next(block for block in section.blocks if block.kind == "table")
    cells = [[plain(cell, facts, labels) for cell in row] for row in table.rows]
    assert [row[6] for row in cells] == ["成功", "未成"] and cells[0][4] == "2026年10月15日" and cells[0][7] == "—"
    path = Path(runner.document(actor, drafted.report.id, "docx"))
    assert [one for one in check_file(path, detail.content, labels) if not one.passed and one.level == "error"] == []
    desk(runner).unrecord(made[0].id, "结果记错了")
    desk(runner).record(big[2], SHRINK, "2026-10-20", "张敏", "成功")
    again = recompute_report(runner, actor, drafted.report.id)
    assert [row for row in again["facts"] if row["result"] != "same"] == [], "what was known then is used again"


def test_the_chat_records_lists_withdraws_and_tells(runner: Runner, big: list[str]) -> None:
    actor = runner.actor("staff01")
    text = f"/执行结果 客户={big[0]} 措施={SHRINK} 日期=2026-10-15 责任人=客户经理张敏 结果=成功 说明=已走访"
    assert typed_commands.is_typed(text) and not typed_commands.is_typed("执行结果怎么样")
    said = typed_commands.answer(runner, actor, text)
    (made,) = desk(runner).outcomes()
    assert made.id in said and "周业务" in said and made.note == "已走访"
    assert made.id in typed_commands.answer(runner, actor, "/执行结果列表")
    told = answer(runner.ask(actor, "望湖区2026年10月挽回措施的执行情况怎么样", None))
    assert told.status == "answered" and "客户经理张敏" in told.text and "样本不足" in told.text
    assert "已撤回" in typed_commands.answer(runner, actor, f"/撤回执行结果 编号={made.id} 原因=记错了")
    empty = answer(runner.ask(actor, "上期挽回策略执行得怎么样", None))
    assert "还没有记录执行结果" in empty.text
    for bad in ("/执行结果 88", "/执行结果 客户=1", f"/执行结果 客户={big[0]} 措施=打折 日期=x 责任人=张敏 结果=成功"):
        with pytest.raises((BadRequest, NotFound)):
            typed_commands.answer(runner, actor, bad)
    answer(runner.ask(actor, f"户号{big[0]}的挽回措施执行成功了，请记录", None))
    assert desk(runner).outcomes() == [], "free text never records"
