"""Sources that are down, slow or broken: four outcomes kept apart, deadlines held, circuits opened and closed."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.domain.actor import Actor
from core.settings import Settings
from tools.fetch import Gate, Outcome, Query, QueryTrace
from tools.sources import all_sources
from tools.sources.connect import Connections
from tools.sources.trouble import PROBE_AFTER, TRIP_AFTER, Breaker, Cancel, Overdue, within

CITY = "99401"
NAMES = list(all_sources())
COUNT = {name: f"SELECT COUNT(*) AS n FROM {source.freshness}" for name, source in all_sources().items()}
MANY = [f"b{at}" for at in range(12)]
SLOW_SQL = (
    f"SELECT COUNT(*) AS n FROM {', '.join(f'bill {name}' for name in MANY)}"
    f" WHERE {' + '.join(f'{name}.kwh_total' for name in MANY)} > 1"
)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(gate: Gate, name: str = "marketing") -> Outcome:
    return gate.run(Query(name, COUNT[name], {}, CITY))


def test_four_outcomes_are_four_states_and_four_sentences(make_gate: Callable[..., Gate], actor: Actor) -> None:
    gate = make_gate(actor, source_service_url=f"http://127.0.0.1:{closed_port()}")
    found = {
        "ok": gate.run(Query("marketing", "SELECT SUM(kwh_total) AS k FROM bill WHERE ym = 'x'", {}, CITY)),
        "empty": gate.run(Query("marketing", "SELECT bill_id FROM bill WHERE ym = 'x'", {}, CITY)),
        "denied": gate.run(Query("marketing", COUNT["marketing"], {}, "88")),
        "error": ask(gate, "service"),
    }
    assert {name: outcome.status for name, outcome in found.items()} == {name: name for name in found}
    assert len({outcome.message for outcome in found.values()}) == 4
    assert found["ok"].rows == [(None,)]
    assert "客户服务95598" in found["error"].message and "请" in found["error"].message


@pytest.mark.parametrize("down", [s for n in range(1, 6) for s in itertools.combinations(NAMES, n)], ids="-".join)
def test_any_subset_down_leaves_the_others_whole(
    make_gate: Callable[..., Gate], actor: Actor, tmp_path: Path, down: set[str]
) -> None:
    urls = {f"source_{name}_url": f"duckdb:///{tmp_path}/gone/{name}.duckdb" for name in down}
    gate = make_gate(actor, **urls)
    started = time.monotonic()
    outcomes = gate.run_many([Query(name, COUNT[name], {}, CITY) for name in NAMES])
    assert time.monotonic() - started < 5
    for name, outcome in zip(NAMES, outcomes, strict=True):
        assert outcome.source == name
        assert outcome.status == ("error" if name in down else "ok"), outcome.message
        assert outcome.rows == ([] if name in down else [(12,)])
        assert (all_sources()[name].label in outcome.message) == (name in down)


@pytest.mark.parametrize("fault", ["500", "reset", "empty", "half", "columns", "types", "list"])
def test_broken_gateways_are_errors_never_numbers(
    make_gate: Callable[..., Gate], actor: Actor, gateway: Any, fault: str
) -> None:
    gate = make_gate(actor, source_marketing_url=gateway.url)
    assert ask(gate).rows == [(12,)]
    gateway.fault = fault
    outcome = ask(gate)
    assert outcome.status == "error" and outcome.rows == []
    assert "营销2.0" in outcome.message
    gateway.fault = ""
    assert ask(gate).rows == [(12,)]


def test_temporary_failures_are_tried_again_and_wrong_columns_are_not(
    make_gate: Callable[..., Gate], actor: Actor, gateway: Any
) -> None:
    gate = make_gate(actor, source_marketing_url=gateway.url, source_retries=2)
    gateway.fault = "500"
    ask(gate)
    assert len(gateway.asked) == 3
    gateway.fault, gateway.asked = "columns", []
    ask(gate)
    assert len(gateway.asked) == 1


@pytest.mark.parametrize("fault", ["slow", "trickle"])
def test_slow_gateway_holds_the_deadline(
    make_gate: Callable[..., Gate], actor: Actor, gateway: Any, fault: str
) -> None:
    gate = make_gate(actor, source_marketing_url=gateway.url, source_timeout=1.0)
    gateway.fault = fault
    started = time.monotonic()
    outcome = ask(gate)
    assert outcome.status == "error" and "秒内没有" in outcome.message
    assert time.monotonic() - started < 1.5


def test_batch_against_a_hung_source_keeps_one_deadline(
    make_gate: Callable[..., Gate], actor: Actor, gateway: Any
) -> None:
    gate = make_gate(actor, source_service_url=gateway.url, source_timeout=2.0)
    gateway.fault = "slow"
    queries = [Query("service", COUNT["service"], {}, CITY) for _ in range(10)]
    queries += [Query(name, COUNT[name], {}, CITY) for name in NAMES if name != "service"]
    started = time.monotonic()
    outcomes = gate.run_many(queries)
    assert time.monotonic() - started < 2.0 * 1.1 + 0.5
    assert [outcome.status for outcome in outcomes] == ["error"] * 10 + ["ok"] * 4


@pytest.mark.parametrize("engine", ["duckdb", "sqlite", "postgres"])
def test_heavy_query_is_stopped_in_the_engine(
    request: pytest.FixtureRequest, make_gate: Callable[..., Gate], actor: Actor, little_home: Path, engine: str
) -> None:
    urls: dict[str, str] = {}
    if engine == "sqlite":
        urls = {"source_marketing_url": f"sqlite:///{little_home}/demo/marketing.sqlite"}
    elif engine == "postgres":
        urls = {"source_marketing_url": request.getfixturevalue("postgres_url")}
    gate = make_gate(actor, source_timeout=1.0, **urls)
    started = time.monotonic()
    outcome = gate.run(Query("marketing", SLOW_SQL, {}, CITY))
    assert outcome.status == "error" and time.monotonic() - started < 2.0
    settled = time.monotonic() + 5
    while any("营销2.0" in thread.name for thread in threading.enumerate()) and time.monotonic() < settled:
        time.sleep(0.05)
    assert not [thread for thread in threading.enumerate() if "营销2.0" in thread.name]
    assert ask(gate).rows == [(12,)]


def test_circuit_opens_after_five_and_probes_after_thirty_seconds(
    actor: Actor, little_home: Path, gateway: Any
) -> None:
    now = [0.0]
    values: dict[str, Any] = {"source_marketing_url": gateway.url, "source_retries": 0, "_env_file": None}
    settings = Settings(home=little_home, today=date(2026, 11, 1), **values)
    gate = Gate(actor, settings, connections=Connections(settings, clock=lambda: now[0]))
    gateway.fault = "500"
    for _ in range(TRIP_AFTER):
        ask(gate)
    gateway.asked, gateway.fault = [], ""
    assert ask(gate).status == "error" and gateway.asked == []
    assert ask(gate, "service").status == "ok"
    now[0] = PROBE_AFTER + 1
    gateway.fault = "500"
    assert ask(gate).status == "error" and len(gateway.asked) == 1
    assert ask(gate).status == "error" and len(gateway.asked) == 1
    now[0] += PROBE_AFTER + 1
    gateway.fault = ""
    assert ask(gate).rows == [(12,)]
    assert ask(gate).rows == [(12,)]


def test_wrong_statements_never_open_the_circuit(gate: Gate) -> None:
    for _ in range(TRIP_AFTER + 3):
        sql = "SELECT CAST(cons_no AS INTEGER) AS n FROM customer"
        assert gate.run(Query("marketing", sql, {}, CITY)).status == "error"
    assert ask(gate).status == "ok"


def test_half_open_circuit_lets_exactly_one_through() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(TRIP_AFTER):
        assert breaker.admit()
        breaker.report(False)
    assert breaker.open and not breaker.admit()
    now[0] = PROBE_AFTER
    assert breaker.admit() and not breaker.admit()
    breaker.report(True)
    assert breaker.admit() and breaker.admit()


def test_deadline_leaves_a_hung_call_and_fires_its_cancel() -> None:
    stopped = threading.Event()

    def hang(cancel: Cancel) -> None:
        cancel.arm(stopped.set)
        threading.Event().wait(5)

    started = time.monotonic()
    with pytest.raises(Overdue):
        within(0.2, hang, "测试")
    assert time.monotonic() - started < 0.5 and stopped.wait(1)


def test_truncated_results_say_so(make_gate: Callable[..., Gate], actor: Actor) -> None:
    gate = make_gate(actor, source_rows=5)
    cut = gate.run(Query("marketing", "SELECT cons_no FROM customer", {}, CITY))
    assert cut.truncated and len(cut.rows) == cut.row_count == 5 and "不是全部" in cut.message
    exact = gate.run(Query("marketing", "SELECT cons_no FROM customer ORDER BY cons_no LIMIT 5", {}, CITY))
    assert not exact.truncated and exact.message == ""
    capped = gate.run(Query("marketing", "SELECT cons_no FROM customer LIMIT 9", {}, CITY))
    assert capped.truncated and capped.row_count == 5


def test_every_query_is_traced_also_refused_and_failed_ones(gate: Gate) -> None:
    traces: list[QueryTrace] = []
    told = Gate(gate.actor, gate.settings, connections=gate.connections, on_queries=traces.extend)
    told.run_many(
        [
            Query("marketing", COUNT["marketing"], {}, CITY, "甲"),
            Query("marketing", "DROP TABLE customer", {}, CITY, "乙"),
            Query("service", "SELECT nope FROM ticket", {}, CITY, "丙"),
        ]
    )
    assert [(trace.purpose, trace.status) for trace in traces] == [("甲", "ok"), ("乙", "denied"), ("丙", "error")]
    assert all(trace.user == "analyst01" and trace.sql and trace.at.tzinfo for trace in traces)


def test_audit_that_fails_stops_the_caller(gate: Gate) -> None:
    def broken(trace: QueryTrace) -> None:
        raise RuntimeError("审计写不进去")

    with pytest.raises(RuntimeError):
        Gate(gate.actor, gate.settings, connections=gate.connections, on_queries=broken).run(
            Query("marketing", COUNT["marketing"], {}, CITY)
        )


def test_replaced_file_is_read_again(make_gate: Callable[..., Gate], actor: Actor, own_home: Path) -> None:
    import duckdb

    gate = make_gate(actor, home=own_home)
    assert ask(gate).rows == [(12,)]
    target = own_home / "demo" / "marketing.duckdb"
    target.unlink()
    assert ask(gate).status == "error"
    with duckdb.connect(str(target)) as engine:
        engine.execute("CREATE TABLE bill (org_code VARCHAR, ym VARCHAR)")
        engine.execute("INSERT INTO bill VALUES ('9940101', '2026-10')")
    assert ask(gate).rows == [(1,)]


def test_damaged_file_and_bad_url_are_errors(make_gate: Callable[..., Gate], actor: Actor, own_home: Path) -> None:
    (own_home / "demo" / "service.duckdb").write_bytes(b"not a database" * 1000)
    values = {"source_meter_url": "no such thing", "source_marketing_url": "nosuchdb://x/y"}
    gate = make_gate(actor, home=own_home, **values)
    for name in ("service", "meter", "marketing"):
        outcome = ask(gate, name)
        assert outcome.status == "error" and all_sources()[name].label in outcome.message
    assert ask(gate, "equipment").status == "ok"
