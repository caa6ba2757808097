"""An analysis version from training to rollback: by named persons, audited, checked when loaded, told in answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import update

from agent.analysis_desk import AnalysisDesk, Trained, retrain_when_due
from agent.recheck import analysed
from agent.runner import Runner
from core.analyses import register
from core.domain.analysis_version import VersionContent, VersionState
from core.domain.fact import Fact
from core.domain.tokens import TOKEN
from core.errors import BadRequest, Broken, Conflict, NotFound, Refused
from core.store.tables import AnalysisVersionRow, AuditRow, OutboxRow
from knowledge.analysis_life import life_rules
from tests.agent.conftest import answer
from tests.tools.analysis.synthetic_book import synthetic
from tools.analysis.life import Study
from tools.analysis.life.churn_risk import LIFE as CHURN
from tools.analysis.life.churn_risk import past
from tools.analysis.life.trial import train
from tools.checks.numerals import find
from tools.fetch import Gate
from tools.indicators.recompute import recompute_all
from ui.worker import retrain

WHY = "A/B 对比后启用"


@pytest.fixture
def runner(open_runner: Callable[..., Runner]) -> Runner:
    return open_runner()


def desk(runner: Runner, user: str) -> AnalysisDesk:
    return AnalysisDesk.open(runner, user)


def audited(runner: Runner, action: str) -> list[tuple[str, str]]:
    with runner.store.begin() as unit:
        rows = unit.session.query(AuditRow).filter(AuditRow.action == action).order_by(AuditRow.seq)
        return [(row.actor, row.result) for row in rows]


def in_service(runner: Runner) -> str:
    """The outlook with its learnt interval, trained by the analyst and promoted by the manager."""
    made = desk(runner, "analyst01").train("outlook", algorithm="conformal")
    desk(runner, "manager01").promote(made.version.id, WHY)
    return made.version.id


def test_only_a_manager_of_the_unit_promotes_and_every_act_is_audited(runner: Runner) -> None:
    made = desk(runner, "analyst01").train("outlook")
    assert made.version.state is VersionState.CANDIDATE and made.comparison is None
    name = made.version.id
    for user in ("analyst01", "manager02", "staff01"):
        with pytest.raises(Refused):
            desk(runner, user).promote(name, WHY)
    for user in ("manager01", "staff01"):
        with pytest.raises(Refused):
            desk(runner, user).train("outlook")
    for user in ("sysadmin01", "auditor01"):
        with pytest.raises(Refused):
            desk(runner, user).listed()
    with pytest.raises(BadRequest):
        desk(runner, "manager01").promote(name, "好")
    version, evidence = desk(runner, "manager01").promote(name, WHY)
    assert version.state is VersionState.CURRENT and version.by == "manager01" and "没有现行" in evidence["compared"]
    with pytest.raises(Conflict):
        desk(runner, "manager01").promote(name, WHY)
    assert audited(runner, "analysis_promote").count(("manager01", "ok")) == 1
    assert ("analyst01", "refused") in audited(runner, "analysis_promote")
    assert audited(runner, "analysis_train")[0] == ("analyst01", "ok")
    assert runner.store.verify_audit().broken is None


def test_a_challenger_is_compared_promoted_and_rolled_back(runner: Runner) -> None:
    first = in_service(runner)
    made = desk(runner, "dataops01").train("outlook", algorithm="range")
    assert made.against is not None and made.against.id == first and made.comparison is not None
    champion, challenger, found = desk(runner, "manager01").compare(made.version.id)
    assert (champion.id, challenger.id) == (first, made.version.id) and found.cases > 0
    second, evidence = desk(runner, "manager01").promote(made.version.id, WHY)
    assert evidence["against"] == first and evidence["compared"]["cases"] == found.cases
    states = {item.id: item.state for item in desk(runner, "manager01").listed("outlook")}
    assert states == {first: VersionState.RETIRED, second.id: VersionState.CURRENT}
    back = desk(runner, "manager01").rollback("outlook", "区间太宽，退回上一版")
    assert back.id == first and back.state is VersionState.CURRENT
    version, acts = desk(runner, "manager01").shown("outlook")
    assert version.id == first and [act.verb for act in acts] == ["rollback", "promote", "promote"]
    with pytest.raises(Conflict):
        desk(runner, "manager01").rollback("outlook", "再退一版试试看")
    with runner.store.read() as unit:
        row = (
            unit.session.query(AuditRow).filter(AuditRow.action == "analysis_promote").order_by(AuditRow.seq).all()[-1]
        )
    assert json.loads(row.detail)["compared"]["differences"], "the audit row holds what it was decided on"


def test_a_version_that_was_tampered_with_is_not_used(runner: Runner) -> None:
    name = in_service(runner)
    with runner.store.begin() as unit:
        held = unit.session.get(AnalysisVersionRow, name)
        assert held is not None
        changed = held.content.replace('"history":', '"History":')
        assert changed != held.content
        unit.session.execute(update(AnalysisVersionRow).values(content=changed))
    with pytest.raises(Broken, match="校验码不符"):
        desk(runner, "manager01").drift("outlook")
    told = answer(runner.ask(runner.actor("analyst01"), "预测云州公司2026年11月售电量"))
    assert told.status != "answered" or "校验码不符" in told.text


def test_the_forecast_says_which_version_it_used_and_is_done_again_with_it(runner: Runner) -> None:
    before = answer(runner.ask(runner.actor("analyst01"), "预测云州公司2026年11月售电量"))
    name = in_service(runner)
    told = answer(runner.ask(runner.actor("analyst01"), "预测云州公司2026年11月售电量"))
    low = {one.name: one for one in told.facts if one.name.startswith("下月售电量预测")}
    assert "第1版" in low["下月售电量预测下限"].method and "王主任" in low["下月售电量预测下限"].method
    was = next(fact for fact in before.facts if fact.name == "下月售电量预测下限")
    assert "未登记版本" in was.method and was.value == low["下月售电量预测下限"].value, "one recipe, one past"
    kept = {one.name: one for one in told.facts if one.by and one.by.key == "interval"}
    assert kept["预测区间承诺覆盖率"].value == life_rules().promised_coverage_pct
    assert "王主任" in kept["近半年预测区间覆盖率"].method and "实际覆盖" in told.text
    mine = [fact for fact in told.facts if fact.computed_by.startswith("analysis.outlook")]
    assert mine and all(fact.inputs["versions"] == {"outlook": name} for fact in mine)
    other = desk(runner, "analyst01").train("outlook", algorithm="range")
    desk(runner, "manager01").promote(other.version.id, WHY)
    stored = [Fact.model_validate_json(fact.model_dump_json()) for fact in told.facts]
    gate = Gate(runner.actor("analyst01"), runner.settings, connections=runner.services.connections)
    again = recompute_all(stored, gate, rerun=(analysed(runner.store, list),))
    assert {item.state for item in again} == {"same"}, "the version of then, not the one of now"


def test_chat_tells_the_version_and_its_last_six_months_in_facts(runner: Runner) -> None:
    nothing = answer(runner.ask(runner.actor("manager01"), "预测模型现在是哪一版，近半年表现怎样"))
    assert "还没有启用登记的分析版本" in nothing.text and not nothing.facts
    in_service(runner)
    told = answer(runner.ask(runner.actor("manager01"), "预测模型现在是哪一版，近半年表现怎样"))
    by_name = {fact.name: fact for fact in told.facts}
    assert by_name["现行分析版本号"].value == 1 and "现行第1版" in told.text and "王主任启用" in told.text
    for name in ("近半年预测区间覆盖率", "近半年预测平均误差", "近半年检验案例"):
        assert name in told.text and by_name[name].method
    assert Decimal(0) <= (by_name["近半年预测区间覆盖率"].value or Decimal(-1)) <= 100
    county = answer(runner.ask(runner.actor("manager02"), "售电量预测模型哪一版"))
    assert "现行第1版" in county.text, "a county is served by the version of its city"
    for finding in told.findings:
        assert find(TOKEN.sub("\ue001", finding.text)) == [], "no figure of a finding is typed"
    churn = answer(runner.ask(runner.actor("manager01"), "流失模型现在是哪一版，近半年表现怎样"))
    assert "大客户流失概率还没有启用" in churn.text and "预测" not in churn.text.split("（")[0]


def test_the_churn_report_says_which_version_and_passes_the_gate(runner: Runner) -> None:
    study = past(synthetic(40))
    assert isinstance(study, Study)
    content = train(CHURN, study, "99401", "forest")
    assert isinstance(content, VersionContent)
    made = register(runner.store, runner.actor("analyst01"), content)
    desk(runner, "manager01").promote(made.id, WHY)
    told = answer(runner.ask(runner.actor("analyst01"), "帮我做一份2026年10月云州公司大客户流失预警与挽回方案"))
    assert told.report is not None
    content_of = runner.report(runner.actor("analyst01"), told.report.id)
    failed = [check for check in content_of.checks if not check.passed and check.level == "error"]
    assert failed == []
    text = content_of.content.model_dump_json()
    assert "流失概率由登记的分析第" in text
    used = [fact for fact in content_of.content.facts if fact.name == "流失概率分析版本号"]
    assert used and used[0].value == 1 and used[0].inputs["versions"] == {"churn_risk": made.id}


def test_what_cannot_be_done_says_why(runner: Runner) -> None:
    with pytest.raises(BadRequest, match="可选"):
        desk(runner, "analyst01").train("weather")
    with pytest.raises(BadRequest, match="可选"):
        desk(runner, "analyst01").train("outlook", algorithm="magic")
    with pytest.raises(NotFound, match="还没有启用"):
        desk(runner, "manager01").drift("outlook")
    with pytest.raises(NotFound):
        desk(runner, "manager01").promote("outlook-99401-7", WHY)


def test_scheduled_training_makes_candidates_and_owes_a_message(open_runner: Callable[..., Runner]) -> None:
    assert retrain_when_due(open_runner()) == [], "off unless it is set"
    with pytest.raises(BadRequest, match="GMA_RETRAIN_AS"):
        retrain_when_due(open_runner(retrain_days=30))
    assert retrain(open_runner(retrain_days=30)) == 0, "the worker goes on"
    runner = open_runner(retrain_days=30, retrain_as="dataops01")
    made = retrain_when_due(runner)
    outlook = [
        item.version for item in made if isinstance(item, Trained) and item.version.content.analysis == "outlook"
    ]
    assert [item.state for item in outlook] == [VersionState.CANDIDATE], "nothing is put into service by itself"
    again = [item for item in retrain_when_due(runner) if isinstance(item, Trained)]
    assert not [item for item in again if item.version.content.analysis == "outlook"], "not due again"
    with runner.store.read() as unit:
        owed = [row.key for row in unit.session.query(OutboxRow).all()]
    assert f"analysis_candidate:{outlook[0].id}" in owed
    assert audited(runner, "analysis_train")[0] == ("dataops01", "ok")
