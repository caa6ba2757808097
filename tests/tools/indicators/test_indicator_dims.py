"""Splitting by dimensions: members add up, trends are the months themselves, the first members are the largest."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, localcontext

import pytest

from core.domain.fact import Fact
from core.domain.period import Period
from core.errors import BadRequest, NotFound
from knowledge.catalog import catalog
from tools.fetch import Gate, QueryTrace
from tools.indicators.ask import Ask
from tools.indicators.engine import Engine

NEAR = Decimal("1e-30")
CITY, COUNTY = "99401", "9940103"
OCTOBER = Period.parse("2026-10")
ADDITIVE = [
    item.id
    for item in catalog().indicators.values()
    if item.kind in {"amount", "count"} and item.compare.ytd in {"sum", "last"} and not item.default_by
]
SPLITS = [(code, dim) for code in ADDITIVE for dim in catalog().indicators[code].dims if dim not in {"month", "day"}]


def total(facts: list[Fact], name: str = "value") -> Decimal:
    values = (fact.value if name == "value" else getattr(fact.compare, name) for fact in facts)
    with localcontext() as context:
        context.prec = 50
        return sum((value for value in values if value is not None), Decimal(0))


@pytest.mark.parametrize("org", [CITY, COUNTY])
def test_members_add_up_to_the_whole(org: str, city_engine: Engine) -> None:
    asks = [Ask(code, org, OCTOBER) for code in ADDITIVE] + [Ask(code, org, OCTOBER, by=dim) for code, dim in SPLITS]
    answers = city_engine.compute_each(asks)
    wholes = {code: facts[0] for code, facts in zip(ADDITIVE, answers, strict=False)}
    wrong = []
    for (code, dim), facts in zip(SPLITS, answers[len(ADDITIVE) :], strict=True):
        if code == "H03" and dim == "biz_type":
            continue  # one customer may both reduce and suspend
        if abs(total(facts) - (wholes[code].value or 0)) > NEAR:
            wrong.append((code, dim, total(facts), wholes[code].value))
        assert len({fact.by.key for fact in facts if fact.by}) == len([fact for fact in facts if fact.by])
    assert not wrong


def test_bases_of_members_add_up_too(city_engine: Engine) -> None:
    [whole], counties, industries = city_engine.compute_each(
        [Ask("A02", CITY, OCTOBER), Ask("A02", CITY, OCTOBER, by="org"), Ask("A02", CITY, OCTOBER, by="industry")]
    )
    for members in (counties, industries):
        for name in ("yoy_base", "mom_base", "ytd", "ytd_base"):
            assert total(members, name) == getattr(whole.compare, name)


def test_a_rate_of_the_whole_lies_between_those_of_its_units(city_engine: Engine) -> None:
    for code in ("B05", "C01", "C02", "D02", "A08"):
        [whole], units = city_engine.compute_each([Ask(code, CITY, OCTOBER), Ask(code, CITY, OCTOBER, by="org")])
        values = [fact.value for fact in units if fact.value is not None]
        assert whole.value is not None and min(values) <= whole.value <= max(values)
        assert [fact.org for fact in units] == ["9940101", "9940102", "9940103", "9940104"]
        assert all(fact.by and fact.by.key == fact.org and fact.org_name.startswith("国网") for fact in units)


def test_a_unit_asked_alone_and_as_a_member_agree(city_engine: Engine) -> None:
    codes = [item.id for item in catalog().indicators.values() if "org" in item.dims and not item.default_by]
    alone = city_engine.compute([Ask(code, COUNTY, OCTOBER) for code in codes])
    split = city_engine.compute_each([Ask(code, CITY, OCTOBER, by="org") for code in codes])
    for single, members in zip(alone, split, strict=True):
        member = next(fact for fact in members if fact.org == COUNTY)
        assert (member.value, member.status) == (single.value, single.status), single.indicator
        assert member.compare == single.compare, single.indicator
        assert member.row_count == single.row_count, single.indicator


@pytest.mark.parametrize("code", ["A02", "B05", "B08", "C06.count", "E01", "A11", "H01", "G01"])
def test_a_trend_is_the_months_themselves(code: str, city_engine: Engine) -> None:
    span = Period.parse("2025-10-01..2026-10-31")
    trend = city_engine.compute([Ask(code, CITY, span, by="month")])
    months = city_engine.compute([Ask(code, CITY, month) for month in span.months()])
    assert len(trend) == len(months) == 13
    for point, month in zip(trend, months, strict=True):
        assert point.period == month.period and point.by and point.by.key == month.period.code
        assert (point.value, point.status, point.as_of) == (month.value, month.status, month.as_of)
        assert (point.compare.yoy, point.compare.mom) == (month.compare.yoy, month.compare.mom)


def test_days_of_a_month(city_engine: Engine) -> None:
    days, [month] = city_engine.compute_each([Ask("I02", CITY, OCTOBER, by="day"), Ask("I02", CITY, OCTOBER)])
    assert len(days) == 31 and total(days) == month.value
    assert days[4].by and days[4].by.label == "2026年10月5日" and days[4].as_of == datetime(2026, 10, 5)


@pytest.mark.parametrize(("code", "by"), [("A02", "customer"), ("A02", "tg"), ("C02", "tg"), ("B02", "industry")])
def test_the_first_members_are_the_largest(code: str, by: str, city_engine: Engine) -> None:
    every, first = city_engine.compute_each([Ask(code, CITY, OCTOBER, by=by), Ask(code, CITY, OCTOBER, by=by, limit=5)])
    assert len(first) == min(5, len(every))
    assert [fact.value for fact in first] == [fact.value for fact in every][:5]
    assert all(fact.by and fact.by.label for fact in first)


def test_names_of_members(city_engine: Engine) -> None:
    asks = [Ask("A02", CITY, OCTOBER, by=by) for by in ("industry", "tariff_class", "voltage", "org")]
    labels = [{fact.by.label for fact in facts if fact.by} for facts in city_engine.compute_each(asks)]
    assert "工业" in labels[0] and "工商业（两部制）" in labels[1] and "10千伏" in labels[2]
    areas = city_engine.compute([Ask("C02", CITY, OCTOBER, by="tg", limit=3)])
    assert all(fact.by and fact.by.label != fact.by.key for fact in areas)


def test_an_unknown_indicator_or_dimension_is_refused(city_engine: Engine) -> None:
    with pytest.raises(NotFound, match="碳排放强度"):
        city_engine.compute([Ask("碳排放强度", CITY, OCTOBER)])
    with pytest.raises(BadRequest, match="不能按这个维度拆分"):
        city_engine.compute([Ask("A05", CITY, OCTOBER, by="industry")])


def test_parts_and_names_find_the_same_indicator(city_engine: Engine) -> None:
    facts = city_engine.compute(
        [Ask("H01", CITY, OCTOBER, part="capacity"), Ask("H01.capacity", CITY, OCTOBER), Ask("专变容量", CITY, OCTOBER)]
    )
    assert len({(fact.indicator, fact.value, fact.unit) for fact in facts}) == 1
    assert [fact.id for fact in facts] == ["F1", "F2", "F3"]


def test_a_fact_carries_its_provenance(city_engine: Engine, city_gate: Gate) -> None:
    [fact] = city_engine.compute([Ask("C01", COUNTY, OCTOBER)])
    assert fact.source == "acquisition+marketing" and set(fact.datasets) == {"bill", "supply_day", "energy_day"}
    assert len(fact.query.splitlines()) == 3 and fact.params["org"] == COUNTY
    assert fact.params["cur_start"] == "2026-10-01" and fact.row_count > 0 and fact.as_of is not None
    assert fact.caliber and fact.caliber_version == f"2026.1/{catalog().thresholds.version}"
    assert Fact.model_validate(fact.model_dump(mode="json")).params == fact.params


def test_one_statement_answers_many_asks(city_gate: Gate) -> None:
    traces: list[QueryTrace] = []
    gate = Gate(city_gate.actor, city_gate.settings, on_queries=traces.extend)
    engine = Engine(gate, catalog(), city_gate.settings.business_date(), iter(map(str, range(1000))).__next__)
    codes = ("A02", "B01", "B02", "B03", "E01", "E02", "E08", "E09", "G07")
    engine.compute([Ask(code, CITY, OCTOBER) for code in codes])
    asked = [trace for trace in traces if trace.purpose == "指标计算"]
    assert len(asked) == 2, [trace.sql for trace in asked]
