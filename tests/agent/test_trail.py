"""What a turn leaves in the audit chain: every statement, every call of a language model, the settings at start."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from agent.events import Answer, Done
from agent.runner import Runner
from core.configuration import in_force
from core.domain.actor import Role
from core.errors import NotFound, Refused
from core.settings import Settings
from core.store.tables import AuditRow

QUESTION = "望湖区2026年10月售电量是多少"


def answer(events: Any) -> Answer:
    last = list(events)[-1]
    assert isinstance(last, Done)
    return last.answer


def rows(runner: Runner, action: str, **wanted: Any) -> list[AuditRow]:
    """Newest first."""
    with runner.store.read() as unit:
        return list(unit.audit.rows(action=action, limit=500, **wanted)[0])


def test_every_statement_is_a_row_before_its_figures_are_used(open_runner: Callable[..., Runner]) -> None:
    runner = open_runner()
    got = answer(runner.ask(runner.actor("analyst01"), QUESTION))
    assert got.status == "answered"
    told = [item for row in rows(runner, "query") for item in json.loads(row.detail)["statements"]]
    assert len(told) == len([tool for tool in got.tools if tool.name.startswith("fetch.")])
    figure = next(item for item in told if item["purpose"] == "指标计算")
    assert figure["org"] == "9940104" and figure["rows"] == 1 and figure["status"] == "ok" and figure["params"]
    with runner.store.read() as unit:
        texts = unit.audit.statements(item["sql"] for item in told)
    assert set(texts) == {item["sql"] for item in told} and "kwh_total" in texts[figure["sql"]]
    assert {row.actor for row in rows(runner, "query")} == {"analyst01"}


def test_when_the_trail_cannot_be_written_nobody_gets_figures(
    open_runner: Callable[..., Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = open_runner()
    answer(runner.ask(runner.actor("analyst01"), QUESTION))
    with runner.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER no_trail BEFORE INSERT ON audit WHEN NEW.action = 'query' "
            "BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
        )
    got = answer(runner.ask(runner.actor("analyst01"), QUESTION))
    assert got.status == "failed" and got.facts == [] and got.text


def test_a_failed_and_a_refused_reading_are_rows_too(open_runner: Callable[..., Runner]) -> None:
    warm = open_runner()
    list(warm.ask(warm.actor("analyst01"), QUESTION))
    runner = open_runner(source_service_url="duckdb:////nonexistent/service.duckdb")
    answer(runner.ask(runner.actor("analyst01"), "望湖区2026年10月投诉量"))
    failed = [item for row in rows(runner, "query", result="failed") for item in json.loads(row.detail)["statements"]]
    assert failed and failed[-1]["status"] == "error" and "95598" in failed[-1]["message"]


def test_exports_are_rows_with_the_files_hash_and_refused_ones_too(open_runner: Callable[..., Runner]) -> None:
    import hashlib

    runner = open_runner()
    drafted = answer(runner.ask(runner.actor("analyst01"), "帮我做一份2026年10月望湖区的营销指标月报"))
    assert drafted.report
    path = runner.document(runner.actor("analyst01"), drafted.report.id, "html")
    newest = rows(runner, "export")[0]
    assert json.loads(newest.detail)["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(NotFound):
        runner.document(runner.actor("manager02"), drafted.report.id, "html")
    assert rows(runner, "export")[0].result == "refused" and rows(runner, "export")[0].actor == "manager02"


def test_a_role_taken_away_counts_at_once(open_runner: Callable[..., Runner]) -> None:
    runner = open_runner()
    drafted = answer(runner.ask(runner.actor("analyst01"), "帮我做一份2026年10月望湖区的营销指标月报，并提交审核"))
    assert drafted.report
    manager, author = runner.actor("manager01"), runner.actor("analyst01")
    with runner.store.begin() as unit:
        unit.accounts.row("manager01").role = Role.STAFF.value  # type: ignore[union-attr]
        unit.accounts.row("analyst01").role = Role.AUDITOR.value  # type: ignore[union-attr]
    late = answer(runner.decide(manager, drafted.report.id, "approve", drafted.report.hash))
    assert late.status == "refused" and "无权" in late.text
    assert answer(runner.ask(author, QUESTION)).status == "refused"
    with pytest.raises((Refused, NotFound)):
        runner.document(author, drafted.report.id, "html")


def test_every_start_records_the_settings_and_what_changed(open_runner: Callable[..., Runner]) -> None:
    open_runner()
    runner = open_runner(llm_api_key="sk-topsecret", source_rows=500)
    newest = json.loads(rows(runner, "configuration")[0].detail)
    assert set(newest["changed"]) == {"llm_api_key", "source_rows"}
    assert newest["changed"]["source_rows"] == [20_000, 500]
    again = open_runner(llm_api_key="sk-topsecret", source_rows=500)
    assert json.loads(rows(again, "configuration")[0].detail)["changed"] == {}
    other = open_runner(llm_api_key="sk-another", source_rows=500)
    assert set(json.loads(rows(other, "configuration")[0].detail)["changed"]) == {"llm_api_key"}
    assert not any("sk-" in row.detail for row in rows(other, "configuration"))


def test_no_secret_is_shown_in_the_settings(tmp_path: Any) -> None:
    words = {"demo_password": "Pw-1-abcdef", "secret": "s3cret-value", "llm_api_key": "sk-key"}
    urls = {"store_url": "postgresql://u:hunter2@h/db", "source_marketing_url": "oracle://app:hunter2@h/x"}
    shown = in_force(Settings(_env_file=None, home=tmp_path, **words, **urls))  # type: ignore[arg-type]
    text = json.dumps(shown, ensure_ascii=False)
    assert not [value for value in [*words.values(), "hunter2"] if value in text]
    assert "@h/db" in shown["store_url"] and shown["llm_api_key"].startswith("已设置")
