"""A report on 830 real enterprises through adapter configuration alone, against a computation written separately.

The data are no part of the repository: `GMA_REAL_DATA` names their folder (default: `shared/data` beside the project).
"""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from agent.events import Done
from agent.runner import Runner
from core.settings import Settings
from tools.checks import check_file

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("GMA_REAL_DATA", ROOT.parent / "shared" / "data")) / "tianchi_enterprise_daily.parquet"
RECIPE = ROOT / "tools" / "sources" / "examples" / "enterprise_parquet.yaml"
FLOOR = 1

pytestmark = pytest.mark.skipif(not DATA.is_file(), reason=f"real enterprise data are not here: {DATA.name}")


def test_a_report_on_real_enterprises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARQUET", str(DATA))
    settings = Settings(home=tmp_path / "home", today=date(2016, 10, 8), source_mapping=RECIPE, _env_file=None)
    runner = Runner.open(settings)
    actor = runner.actor("analyst01")
    last = list(runner.ask(actor, "帮我做一份2016年8月示范区的营销指标月报"))[-1]
    assert isinstance(last, Done) and last.answer.status == "drafted" and last.answer.report, last
    facts = [fact for fact in last.answer.facts if not fact.parents]
    expected = monthly_totals()
    sale = next(fact for fact in facts if fact.indicator == "A02" and fact.by is None)
    assert sale.value == expected[(2016, 8)]
    assert sale.compare.yoy_base == expected[(2015, 8)]
    assert sale.compare.mom_base == expected[(2016, 7)]
    assert sale.compare.ytd == sum(expected[(2016, month)] for month in range(1, 9))
    assert sale.compare.yoy is not None
    assert abs(sale.compare.yoy - (expected[(2016, 8)] / expected[(2015, 8)] - 1) * 100) < Decimal("1e-9")
    metered = next(fact for fact in facts if fact.indicator == "A04" and fact.by is None)
    assert metered.value == expected[(2016, 8)] and metered.source == "acquisition"
    months = [fact for fact in facts if fact.indicator == "A02" and fact.by and fact.by.dim == "month"]
    monthly = {fact.period.code: fact.value for fact in months}
    assert all(monthly[f"2016-{month:02d}"] == expected[(2016, month)] for month in range(1, 9))
    for absent in ("智能电表", "客户服务95598", "设备管理"):
        assert absent in last.answer.text
    detail = runner.report(actor, last.answer.report.id)
    path = runner.document(actor, last.answer.report.id, "docx")
    findings = check_file(path, detail.content, runner.labels(last.answer.report.id))
    assert [item.text for item in findings if not item.passed and item.level == "error"] == []
    runner.close()


def monthly_totals() -> dict[tuple[int, int], Decimal]:
    """Straight from the wide table, column by column, with the floor value counted as no use."""
    import duckdb

    wide = duckdb.sql(f"FROM '{DATA}'").df()
    totals: dict[tuple[int, int], Decimal] = {}
    for column in wide.columns:
        if column == "user_id":
            continue
        day = date.fromisoformat(str(column)[:10])
        total = Decimal(0)
        for value in wide[column]:
            if value > FLOOR:
                total += Decimal(str(value))
        totals[(day.year, day.month)] = totals.get((day.year, day.month), Decimal(0)) + total
    return totals
