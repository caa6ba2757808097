"""The nine checks: the province balances, and each planted break is found by its own check with its cause."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from core.domain.fact import Fact
from core.domain.period import Period
from tests.tools.quality.conftest import gate_of, scope_of
from tools.evidence import Evidence, NoEvidence
from tools.fetch import Outcome
from tools.reconcile import Reconciled, all_checks
from tools.reconcile.run import one, reconcile

BALANCED = ("customer", "line", "unit", "capacity", "recovery", "reliability")
THREE = "SELECT cons_no FROM bill WHERE ym = '2026-10' AND kwh_total > 200 ORDER BY cons_no LIMIT 3"
BREAKS = {
    "customer": (
        "marketing",
        f"UPDATE bill SET kwh_total = kwh_total * 1.5 WHERE ym = '2026-10' AND cons_no IN ({THREE})",
        "other",
    ),
    "line": (
        "acquisition",
        "UPDATE supply_day SET supply_kwh = supply_kwh * 1.2 WHERE tg_no IS NULL AND date >= '2026-10-01'",
        "other",
    ),
    "unit": (
        "marketing",
        "UPDATE bill SET receivable_amt = receivable_amt + 1"
        " WHERE bill_id IN (SELECT bill_id FROM bill WHERE ym = '2026-10' ORDER BY bill_id LIMIT 1)",
        "parts",
    ),
    "capacity": (
        "marketing",
        "UPDATE customer SET run_cap_kva = run_cap_kva + 7 WHERE cons_no IN (SELECT cons_no FROM work_order"
        " WHERE wo_type = '新装' AND status = '已归档' AND finish_time >= '2026-10-01')",
        "archive",
    ),
    "recovery": (
        "marketing",
        "UPDATE payment SET bill_id = 'B-none' WHERE pay_id IN (SELECT pay_id FROM payment"
        " WHERE arrive_time < '2026-10-20' AND ym = '2026-09' ORDER BY pay_id LIMIT 1)",
        "orphan",
    ),
    "reliability": (
        "meter",
        "DELETE FROM meter_event WHERE event_code = '停电' AND start_time >= '2026-10-01'",
        "none",
    ),
}


@pytest.fixture
def broken(demo_source: Path, tmp_path: Path) -> Iterator[object]:
    """A home whose one source is a damaged copy; the others are the tiny province's."""
    gates = []

    def make(source: str, sql: str) -> Evidence:
        folder = tmp_path / "home" / "demo"
        folder.mkdir(parents=True)
        for file in demo_source.glob("*.duckdb"):
            if file.stem == source:
                shutil.copy(file, folder / file.name)
            else:
                (folder / file.name).symlink_to(file)
        with duckdb.connect(str(folder / f"{source}.duckdb")) as engine:
            engine.execute(sql)
        gates.append(gate_of(tmp_path / "home"))
        return Evidence(gates[-1], "99401", "test")

    yield make
    for gate in gates:
        gate.connections.close()


@pytest.fixture(scope="module")
def whole(demo_home: Path) -> Iterator[dict[str, Reconciled]]:
    gate = gate_of(demo_home)
    yield {item.check: item for item in reconcile(Evidence(gate, "99401", "test"), scope_of())}
    gate.connections.close()


@pytest.mark.parametrize("name", BALANCED)
def test_the_province_balances(whole: dict[str, Reconciled], name: str) -> None:
    compared = whole[name].compared
    assert compared is not None, whole[name].reason
    assert compared.within and not compared.odd and compared.examined > 0


def test_billed_and_collected_energy_agree_to_the_hundredth(whole: dict[str, Reconciled]) -> None:
    compared = whole["customer"].compared
    assert compared is not None and compared.left == compared.right > 0


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_found_by_its_check(broken: object, name: str) -> None:
    source, sql, cause = BREAKS[name]
    found = one(broken(source, sql), scope_of(), name)  # type: ignore[operator]
    assert found.compared is not None, found.reason
    assert found.beyond and cause in {odd.cause for odd in found.compared.odd}


def test_an_unreported_outage_is_found(demo_home: Path) -> None:
    """The cluster that the province plants, in whichever month it lies."""
    import json

    key = json.loads((demo_home / "demo" / "answer_key" / "defects.json").read_text("utf-8"))
    planted = {(tg, item["start"][:7]) for item in key if item["type"] == "unreported_outage" for tg in item["ids"]}
    assert planted
    gate = gate_of(demo_home)
    for tg, month in planted:
        found = one(Evidence(gate, "99401", "test"), scope_of(month), "outage_reports")
        assert found.compared is not None
        assert {(odd.object, odd.cause) for odd in found.compared.odd} >= {(tg, "unreported")}
    gate.connections.close()


def test_a_rebilled_customer_is_explained(demo_home: Path) -> None:
    import json

    key = json.loads((demo_home / "demo" / "answer_key" / "defects.json").read_text("utf-8"))
    item = next(item for item in key if item["type"] == "rebill")
    gate = gate_of(demo_home)
    found = one(Evidence(gate, "99401", "test"), scope_of(item["ym"]), "customer")
    gate.connections.close()
    assert found.compared is not None
    assert {odd.object: odd.cause for odd in found.compared.odd}[item["ids"][0]] == "rebill"


def test_the_report_is_held_against_itself() -> None:
    period, scope = Period.parse("2026-10"), scope_of()
    total = Fact(id="F1", indicator="A02", name="售电量", value=Decimal(100), unit="kWh", period=period, org="99401")
    by = {"dim": "org", "key": "", "label": ""}
    parts = [
        Fact.model_validate({**total.model_dump(), "id": f"F{n}", "org": f"994010{n}", "by": by, "value": value})
        for n, value in ((2, Decimal(60)), (3, Decimal(40)))
    ]
    evidence = Evidence(gate=None, org="99401", purpose="")  # type: ignore[arg-type]  # reads no source
    good = one(evidence, scope, "report", (total, *parts)).compared
    assert good is not None and good.within and good.examined == 1
    off = parts[1].model_copy(update={"value": Decimal(41)})
    wrong = one(evidence, scope, "report", (total, parts[0], off)).compared
    assert wrong is not None and [odd.cause for odd in wrong.odd] == ["sum"]


def test_an_unfinished_side_gives_no_verdict(broken: object) -> None:
    """Freezes that stop before the month ends look like a loss: then nothing is compared."""
    evidence = broken("acquisition", "DELETE FROM energy_day WHERE date > '2026-10-20'")  # type: ignore[operator]
    for name in ("customer", "line"):
        found = one(evidence, scope_of(), name)
        assert (found.status, found.compared) == ("partial", None) and "2026-10-20" in found.reason


def test_a_running_period_gives_no_verdict(demo_home: Path) -> None:
    gate = gate_of(demo_home)
    found = {item.check: item for item in reconcile(Evidence(gate, "99401", "test"), scope_of("2026-11"))}
    gate.connections.close()
    assert {item.status for item in found.values()} == {"partial"} and not any(item.compared for item in found.values())


def test_a_dead_source_gives_no_verdict_and_leaves_the_others(demo_source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "demo"
    folder.mkdir(parents=True)
    for file in demo_source.glob("*.duckdb"):
        (folder / file.name).symlink_to(file)
    (folder / "acquisition.duckdb").unlink()
    (folder / "acquisition.duckdb").write_bytes(b"x" * 4096)
    gate = gate_of(tmp_path / "home")
    found = {item.check: item for item in reconcile(Evidence(gate, "99401", "test"), scope_of())}
    gate.connections.close()
    assert {found[name].status for name in ("customer", "tg", "line")} == {"error"}
    assert found["unit"].compared and found["unit"].compared.within


def test_a_cut_off_frame_is_no_evidence(demo_home: Path) -> None:
    gate = gate_of(demo_home)
    evidence, scope = Evidence(gate, "99401", "test"), scope_of()
    wants = all_checks()["customer"].wants(scope, one(evidence, scope, "customer").spec)
    whole: Outcome = evidence.outcome(wants["billed"])
    evidence._found[wants["billed"]] = replace(whole, truncated=True)
    found = one(evidence, scope, "customer")
    gate.connections.close()
    assert found.status == "error" and found.compared is None
    with pytest.raises(NoEvidence):
        evidence.frame(wants["billed"])
