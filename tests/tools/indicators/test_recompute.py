"""Recomputing from the recorded queries: the same, changed, or unavailable."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb

from core.domain.fact import Fact
from core.domain.period import Period
from core.settings import Settings
from knowledge.catalog import catalog
from tools.fetch import Gate
from tools.indicators.ask import Ask
from tools.indicators.derive import derive, ranked
from tools.indicators.engine import Engine
from tools.indicators.recompute import recompute, recompute_all

OCTOBER = Period.parse("2026-10")


def test_every_fact_can_be_recomputed_after_storage(city_engine: Engine, city_gate: Gate) -> None:
    asks = [Ask(item.id, "99401", OCTOBER) for item in catalog().indicators.values()]
    asks += [
        Ask(item.id, "99401", OCTOBER, by=dim)
        for item in catalog().indicators.values()
        for dim in item.dims
        if dim in {"org", "industry", "biz_type", "cause", "month"}
    ]
    asks += [Ask("A02", "99401", Period.parse("2025-10-01..2026-10-31"), by="month")]
    facts = city_engine.compute(asks)
    share = derive("占比", facts[:2], lambda: "F9001")
    growth = derive("贡献度", [next(f for f in facts if f.by and f.by.dim == "industry"), facts[0]], lambda: "F9002")
    counties = [f for f in facts if f.indicator == "A02" and f.by and f.by.dim == "org"]
    ids = iter(f"F91{n}" for n in range(9))
    stored = [share, growth, *facts, *ranked(counties, lambda: next(ids))]
    loaded = [Fact.model_validate(json.loads(fact.model_dump_json())) for fact in stored]
    again = recompute_all(loaded, city_gate)
    assert [item.id for item in again] == [fact.id for fact in stored]
    odd = [(f.indicator, f.by, f.value, r) for f, r in zip(stored, again, strict=True) if r.state != "same"]
    assert not odd


def test_changed_data_are_noticed_and_missing_ones_unavailable(
    demo_home: Path, tmp_path: Path, city_gate: Gate
) -> None:
    copy = tmp_path / "marketing.duckdb"
    shutil.copy(demo_home / "demo" / "marketing.duckdb", copy)
    settings = Settings(home=demo_home, today=city_gate.settings.today, source_marketing_url=f"duckdb:///{copy}")
    gate = Gate(city_gate.actor, settings)
    ids = iter(f"F{n}" for n in range(99))
    sold, collected = Engine(gate, catalog(), settings.business_date(), lambda: next(ids)).compute(
        [Ask("A02", "9940102", OCTOBER), Ask("D02", "9940102", OCTOBER)]
    )
    gate.connections.close()
    with duckdb.connect(str(copy)) as connection:
        october = "org_code LIKE '9940102%' AND ym = '2026-10'"
        connection.execute(f"UPDATE bill SET kwh_total = kwh_total + 1 WHERE {october}")
    later = recompute_all([sold, collected], Gate(city_gate.actor, settings))
    assert [item.state for item in later] == ["changed", "same"]
    assert sold.value is not None and later[0].value == sold.value + sold.row_count
    copy.unlink()
    gone = recompute(sold, Gate(city_gate.actor, settings))
    assert gone.state == "unavailable" and gone.value is None and gone.reason
