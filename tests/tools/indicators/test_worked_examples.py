"""The worked examples of the trade, as a table."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.indicators import formulas
from tools.indicators.compare import change, contribution_points, contribution_rate, daily_change

TABLE = yaml.safe_load((Path(__file__).parents[2] / "cases" / "indicators_formulas.yaml").read_text("utf-8"))


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def rounded(value: Decimal | None, places: str = "0.01") -> Decimal | None:
    return None if value is None else value.quantize(Decimal(places), ROUND_HALF_UP)


def test_mean_price_is_split_into_structure_and_price() -> None:
    case = TABLE["price_split"]
    sides = [{k: (Decimal(v[0]), Decimal(v[1])) for k, v in case[side].items()} for side in ("before", "after")]
    split = formulas.price_split(*sides)
    assert split is not None
    assert {name: rounded(getattr(split, name)) for name in case["expected"]} == {
        name: Decimal(due) for name, due in case["expected"].items()
    }
    assert abs(split.structure + split.price - split.change) < Decimal("1e-40")


def test_a_class_that_only_one_side_has_is_structure() -> None:
    old = {"工商业": (Decimal(10), Decimal(700))}
    new = {"工商业": (Decimal(10), Decimal(700)), "居民": (Decimal(10), Decimal(500))}
    split = formulas.price_split(old, new)
    assert split is not None and split.price == 0 and split.structure == split.change == -100
    assert formulas.price_split({}, new) is None


@pytest.mark.parametrize("case", TABLE["tg_loss"])
def test_loss_of_an_area_with_pv(case: dict[str, str]) -> None:
    found = formulas.tg_loss_pct(*(Decimal(case[name]) for name in ("in", "out", "pv", "used")))
    assert rounded(found) == Decimal(case["expected"])


@pytest.mark.parametrize("case", TABLE["register"])
def test_register_rollover(case: dict[str, str]) -> None:
    found = formulas.register_kwh(Decimal(case["before"]), Decimal(case["after"]), Decimal(case["ratio"]))
    assert found == Decimal(case["expected"])


@pytest.mark.parametrize("case", TABLE["exchange"])
def test_meter_exchange(case: dict[str, Any]) -> None:
    old, new = (tuple(Decimal(x) for x in case[side]) for side in ("old", "new"))
    assert formulas.exchange_kwh(old, new) == Decimal(case["expected"])  # type: ignore[arg-type]


@pytest.mark.parametrize("case", TABLE["demand"])
def test_demand_charge(case: dict[str, str]) -> None:
    found = formulas.demand_charge(*(Decimal(case[name]) for name in ("kwh", "kva", "kw", "price")))
    assert found == Decimal(case["expected"])


@pytest.mark.parametrize("case", TABLE["capacity"])
def test_capacity_charge(case: dict[str, str]) -> None:
    assert formulas.capacity_charge(Decimal(case["kva"]), Decimal(case["price"])) == Decimal(case["expected"])


@pytest.mark.parametrize("case", TABLE["power_factor"])
def test_power_factor(case: dict[str, str]) -> None:
    assert formulas.power_factor(Decimal(case["p"]), Decimal(case["q"])) == Decimal(case["expected"])
    assert formulas.power_factor(Decimal(0), Decimal(0)) is None


@pytest.mark.parametrize("case", TABLE["power_factor_pct"])
def test_power_factor_adjustment(case: dict[str, str]) -> None:
    assert formulas.power_factor_pct(Decimal(case["cos"])) == Decimal(case["expected"])


@pytest.mark.parametrize("case", TABLE["accumulated"])
def test_accumulated_rate_is_not_the_mean_of_rates(case: dict[str, Any]) -> None:
    pairs = [(Decimal(a), Decimal(b)) for a, b in case["pairs"]]
    assert rounded(formulas.accumulated_pct(pairs)) == Decimal(case["expected"])
    mean = sum((b / a for a, b in pairs), Decimal(0)) / len(pairs) * 100
    assert rounded(mean) == Decimal("93.00")


@pytest.mark.parametrize("case", TABLE["changes"])
def test_change(case: dict[str, Any]) -> None:
    found = change(number(case["now"]), number(case["base"]), case["rule"])
    assert rounded(found) == number(case["expected"])


@pytest.mark.parametrize("case", TABLE["daily"])
def test_change_of_daily_means(case: dict[str, Any]) -> None:
    found = daily_change(Decimal(case["now"]), case["days"], Decimal(case["base"]), case["base_days"])
    assert rounded(found) == Decimal(case["expected"])


@pytest.mark.parametrize("case", TABLE["contribution"])
def test_contribution(case: dict[str, Any]) -> None:
    parts = [(Decimal(now), Decimal(base)) for now, base in case["parts"]]
    now, base = sum((p[0] for p in parts), Decimal(0)), sum((p[1] for p in parts), Decimal(0))
    assert [rounded(contribution_points(a, b, base)) for a, b in parts] == [number(x) for x in case["points"]]
    assert [rounded(contribution_rate(a, b, now, base)) for a, b in parts] == [number(x) for x in case["rates"]]


def test_reliability_example() -> None:
    events = [
        formulas.Outage(Decimal("1.5"), 200),
        formulas.Outage(Decimal(4), 50),
        formulas.Outage(Decimal("0.02"), 300, sustained=False),
    ]
    found = formulas.reliability(events, 1000, Decimal(720))
    assert found is not None
    assert (found.saifi, found.saidi, found.caidi, found.maifi) == tuple(map(Decimal, ("0.25", "0.5", "2", "0.3")))
    assert rounded(found.asai, "0.000001") == Decimal("99.930556")
    assert formulas.reliability(events, 0, Decimal(720)) is None
    calm = formulas.reliability([], 1000, Decimal(720))
    assert calm is not None and calm.caidi is None and calm.asai == 100
