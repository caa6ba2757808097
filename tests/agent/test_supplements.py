"""人工补录: supplied once, marked everywhere, used only where the source has nothing, withdrawn with a reason."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from agent.desk import Desk
from agent.runner import Runner
from core.domain.fact import Fact
from core.domain.period import Period
from core.domain.report import ReportContent
from core.domain.tokens import plain
from core.errors import BadRequest, Conflict, NotFound, Refused
from core.settings import Settings
from core.store.tables import AuditRow
from tests.agent.conftest import TODAY, answer
from tools.documents.appendix import state
from tools.indicators.derive import derive
from ui import typed_commands
from ui.cli.quality import cleaning_lines

COUNTY, NOTE = "9940104", "供电所手工台账第3页"
MISSING, HELD = Period.parse("2024-08"), Period.parse("2026-10")


@pytest.fixture
def runner(open_runner: Callable[..., Runner]) -> Runner:
    return open_runner()


def desk(runner: Runner, user: str = "staff01") -> Desk:
    return Desk.open(runner, user)


def audited(runner: Runner, action: str) -> list[str]:
    with runner.store.begin() as unit:
        rows = unit.session.query(AuditRow).filter(AuditRow.action == action).order_by(AuditRow.seq)
        return [row.result for row in rows]


def test_a_supplied_value_is_used_and_marked_everywhere(runner: Runner) -> None:
    before = desk(runner).indicator("A02", COUNTY, MISSING, None).facts[0]
    assert before.status == "empty" and before.value is None
    made = desk(runner).supply("售电量", COUNTY, MISSING, "1,234,567.89", NOTE)
    assert made.value == Decimal("1234567.89") and made.unit == "kWh" and made.actor == "staff01"
    fact = desk(runner).indicator("A02", COUNTY, MISSING, None).facts[0]
    assert (fact.status, fact.value) == ("ok", Decimal("1234567.89"))
    assert "人工补录" in fact.supplement and NOTE in fact.supplement
    assert plain(f"{{{{{fact.id}}}}}", {fact.id: fact}) == "123.46万千瓦时（人工补录）"
    assert plain(f"{{{{{fact.id}:n:万千瓦时}}}}", {fact.id: fact}) == "123.46（人工补录）"
    assert "人工补录" in state(fact)
    share = derive("占比", [fact, fact.model_copy(update={"supplement": ""})], lambda: "F9")
    assert "人工补录" in plain("{{F9}}", {"F9": share}), "what rests on it says so too"
    assert audited(runner, "supplement") == ["ok"]


def test_the_mark_reaches_chat_and_stored_facts(runner: Runner) -> None:
    desk(runner).supply("A02", COUNTY, MISSING, "1000", NOTE)
    told = answer(runner.ask(runner.actor("staff01"), "望湖区2024年8月售电量", None))
    assert "人工补录" in told.text
    again = Fact.model_validate_json(told.facts[0].model_dump_json())
    assert again.supplement == told.facts[0].supplement


def test_facts_without_a_supplement_are_stored_as_before(runner: Runner) -> None:
    fact = desk(runner).indicator("A02", COUNTY, HELD, None).facts[0]
    assert "supplement" not in fact.model_dump(mode="json")
    assert "supplement" not in fact.model_dump()
    assert ReportContent.model_fields


def test_a_source_with_a_value_is_never_overridden(runner: Runner) -> None:
    with pytest.raises(BadRequest, match="已有数值"):
        desk(runner).supply("A02", COUNTY, HELD, "1", NOTE)
    actor = runner.actor("staff01")
    with runner.store.begin() as unit:
        unit.quality.supply(actor, "A02", COUNTY, HELD.code, Decimal(1), "kWh", NOTE)
    fact = desk(runner).indicator("A02", COUNTY, HELD, None).facts[0]
    assert fact.value != 1 and not fact.supplement, "late data from the source win over an older supplement"


def test_a_failing_source_is_not_papered_over(demo_source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "demo"
    folder.mkdir(parents=True)
    for file in demo_source.glob("*.duckdb"):
        (folder / file.name).symlink_to(file)
    runner = Runner.open(Settings(home=tmp_path / "home", today=TODAY, _env_file=None))
    desk(runner).supply("A04", COUNTY, MISSING, "5", NOTE)
    (folder / "acquisition.duckdb").unlink()
    (folder / "acquisition.duckdb").write_bytes(b"broken" * 1000)
    runner.services.connections.close()
    other = Runner.open(Settings(home=tmp_path / "home", today=TODAY, _env_file=None))
    fact = desk(other).indicator("A04", COUNTY, MISSING, None).facts[0]
    assert fact.status == "error" and fact.value is None
    with pytest.raises(BadRequest, match="读不到"):
        desk(other).supply("A04", COUNTY, Period.parse("2024-07"), "5", NOTE)
    for one in (runner, other):
        one.close()


def test_scope_and_role_bound_who_supplies(runner: Runner) -> None:
    with pytest.raises(Refused):
        desk(runner).supply("A02", "9940101", MISSING, "1", NOTE)
    with pytest.raises(Refused):
        desk(runner, "manager01").supply("A02", COUNTY, MISSING, "1", NOTE)
    with pytest.raises(Refused):
        desk(runner, "auditor01").supply("A02", COUNTY, MISSING, "1", NOTE)
    made = desk(runner).supply("A02", COUNTY, MISSING, "1", NOTE)
    with pytest.raises(NotFound):
        Desk.open(runner, "manager02").withdraw(made.id, "不是本单位")
    assert desk(runner, "manager02").supplements() == []
    assert "refused" in audited(runner, "supplement")


@pytest.mark.parametrize(
    ("value", "note", "said"),
    [("一百", NOTE, "不是数字"), ("NaN", NOTE, "不是可用"), ("1e30", NOTE, "不是可用"), ("1", "台账", "来源说明")],
)
def test_bad_input_says_what_is_wrong(runner: Runner, value: str, note: str, said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        desk(runner).supply("A02", COUNTY, MISSING, value, note)
    assert desk(runner).supplements() == []


def test_withdrawing_takes_the_value_back_and_keeps_the_row(runner: Runner) -> None:
    made = desk(runner).supply("A02", COUNTY, MISSING, "1", NOTE)
    with pytest.raises(Conflict):
        desk(runner).supply("A02", COUNTY, MISSING, "2", NOTE)
    with pytest.raises(BadRequest):
        desk(runner).withdraw(made.id, " ")
    assert desk(runner).withdraw(made.id, "来源系统已补采").withdrawn_by == "staff01"
    with pytest.raises(Conflict):
        desk(runner).withdraw(made.id, "再撤一次")
    assert desk(runner).indicator("A02", COUNTY, MISSING, None).facts[0].status == "empty"
    assert [item.id for item in desk(runner).supplements(standing=False)] == [made.id]
    assert audited(runner, "supplement_withdraw") == ["ok"]
    assert desk(runner).supply("A02", COUNTY, MISSING, "2", NOTE).value == 2


def test_typed_commands_of_the_chat(runner: Runner) -> None:
    actor = runner.actor("staff01")
    text = f"/补录 指标=售电量 单位=望湖区 统计期=2024-08 数值=88 来源={NOTE}"
    assert typed_commands.is_typed(text) and not typed_commands.is_typed("帮我补录望湖区售电量为88")
    said = typed_commands.answer(runner, actor, text)
    assert "已补录" in said and "人工补录" in said
    made = desk(runner).supplements()[0]
    assert made.id in typed_commands.answer(runner, actor, "/补录列表")
    assert "已撤回" in typed_commands.answer(runner, actor, f"/撤回补录 编号={made.id} 原因=来源已补采")
    for bad in ("/补录 88", "/补录 指标=售电量 单位=望湖区 统计期=下月 数值=1 来源=台账手抄", "/补录 指标=售电量"):
        with pytest.raises(BadRequest):
            typed_commands.answer(runner, actor, bad)


def test_free_text_never_supplies(runner: Runner) -> None:
    answer(runner.ask(runner.actor("staff01"), "望湖区2024年8月售电量补录为100万千瓦时", None))
    assert desk(runner).supplements() == []


def test_alerts_reach_the_data_keeper_once(runner: Runner) -> None:
    keeper = desk(runner, "dataops01")
    body = keeper.quality("99401", HELD)
    assert body.succeeded and len(body.extra["checks"]) == 8 and len(body.extra["detectors"]) == 17
    alerts = keeper.alerts()
    assert alerts and all("检出" in item.text for item in alerts)
    wanted = {item["detector"] for item in body.extra["detectors"] if item["objects"]}
    assert {item.detector for item in alerts} <= wanted
    keeper.quality("99401", HELD)
    assert len(keeper.alerts()) == len(alerts), "the same state is told once"
    assert all(item.org.startswith("9940101") for item in desk(runner, "manager02").alerts())
    assert "检出" in typed_commands.answer(runner, runner.actor("dataops01"), "数据提醒")
    with duckdb.connect() as engine:
        rows = engine.execute(f"SELECT COUNT(*) FROM '{_spool(runner)}' WHERE topic = 'quality_alert'").fetchall()
    assert rows == [(len(alerts),)]


def test_a_low_score_of_a_source_is_told_once_in_a_period(
    open_runner: Callable[..., Runner], demo_source: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "service.duckdb"
    shutil.copy(demo_source / "service.duckdb", copy)
    with duckdb.connect(str(copy)) as engine:
        engine.execute("UPDATE ticket SET biz_type = NULL WHERE strftime(accept_time, '%Y-%m') = '2026-10'")
    runner = open_runner(source_service_url=f"duckdb:///{copy}")
    keeper = desk(runner, "dataops01")
    body = keeper.quality("99401", HELD)
    low = {item["source"] for item in body.extra["scores"] if item["score"] is not None and item["score"] < 0.9}
    assert low == {"service"}
    told = [item for item in keeper.alerts() if item.detector.startswith("score_")]
    assert [item.detector for item in told] == ["score_service"]
    assert "客户服务95598数据质量评分" in told[0].text and "低于90%" in told[0].text
    assert told[0].text in typed_commands.answer(runner, runner.actor("dataops01"), "数据提醒")
    worse = shutil.copy(copy, tmp_path / "worse.duckdb")
    with duckdb.connect(str(worse)) as engine:
        engine.execute("UPDATE ticket SET satisfaction = NULL, accept_time = finish_time WHERE biz_type IS NULL")
    Path(worse).replace(copy)
    keeper.quality("99401", HELD)
    assert [item.id for item in keeper.alerts() if item.detector.startswith("score_")] == [told[0].id], "once"
    with runner.store.begin() as unit:
        rows = unit.session.query(AuditRow).filter(AuditRow.action == "quality_alert").order_by(AuditRow.seq)
        assert "score_service" in json.loads(rows[0].detail)["of"]


def test_a_cleaning_rule_is_seen_taken_back_and_audited(
    open_runner: Callable[..., Runner], demo_source: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "acquisition.duckdb"
    shutil.copy(demo_source / "acquisition.duckdb", copy)
    with duckdb.connect(str(copy)) as engine:
        some = "SELECT rowid FROM energy_day WHERE date = DATE '2026-10-15' AND fwd_kwh > 1 ORDER BY rowid LIMIT 3"
        engine.execute(f"UPDATE energy_day SET fwd_kwh = -5 WHERE rowid IN ({some})")
    runner = open_runner(source_acquisition_url=f"duckdb:///{copy}")
    keeper = desk(runner, "dataops01")
    held = keeper.quality("99401", HELD).extra["cleaning"]
    negative = next(rule for rule in held["rules"] if rule["rule"] == "negative")
    assert negative == {"rule": "negative", "label": "电量为负", "rows": 3, "kwh": -15.0}
    assert held["clean"] == pytest.approx(held["raw"] - sum(rule["kwh"] for rule in held["rules"]))
    back = keeper.quality("99401", HELD, ["negative"]).extra["cleaning"]
    assert back["rows"] == held["rows"] and "negative" not in {rule["rule"] for rule in back["rules"]}
    assert back["clean"] == pytest.approx(held["clean"] - 15)
    lines = cleaning_lines(held, [])
    assert "negative 电量为负：隔离 3 行，-15.00 千瓦时" in lines and "清洗前" in lines[0]
    assert cleaning_lines(back, ["negative"])[-1] == "本次停用规则：negative"
    with runner.store.begin() as unit:
        rows = unit.session.query(AuditRow).filter(AuditRow.action == "quality").order_by(AuditRow.seq)
        told = [json.loads(row.detail) for row in rows]
    assert [item.get("without") for item in told] == [None, ["negative"]]
    with pytest.raises(BadRequest, match="没有清洗规则"):
        keeper.quality("99401", HELD, ["nothing"])


def _spool(runner: Runner) -> Path:
    from ui.worker import deliver

    deliver(runner.store, runner.settings)
    return runner.settings.home / "outbox.jsonl"
