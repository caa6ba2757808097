"""均价分解: the year-on-year change of the mean price as structure and price effect (domain.md §1.13)."""

from __future__ import annotations

from decimal import Decimal

from core.domain.fact import By, Fact
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.derived import base_of, derived
from tools.indicators.ask import Ask
from tools.indicators.formulas import price_split


def run(bench: Bench, org: str, period: Period) -> Result:
    energies, amounts, prices = bench.compute(
        [
            Ask("A07", org, period, by="tariff_class"),
            Ask("B03", org, period, by="tariff_class"),
            Ask("B02", org, period),
        ]
    )
    price = next((fact for fact in prices if fact.has_value), None)
    paid = {fact.by.key: fact for fact in amounts if fact.by and fact.has_value}
    rows = [(fact, paid[fact.by.key]) for fact in energies if fact.by and fact.has_value and fact.by.key in paid]
    known = [(e, a) for e, a in rows if base_of(e) and base_of(a) is not None and e.value and a.value is not None]
    if price is None or not known or len(known) != len(rows) or base_of(price) is None:
        return Result("均价分解")
    before = {_key(e): (_kwh(base_of(e)), _price(base_of(a), base_of(e))) for e, a in known}
    after = {_key(e): (_kwh(e.value), _price(a.value, e.value)) for e, a in known}
    split = price_split(before, after)
    if split is None:
        return Result("均价分解")
    parents = [price, *(fact for pair in known for fact in pair)]
    method = "结构=Σ(本期占比−基期占比)×基期价；价格=Σ本期占比×(本期价−基期价)"

    def mint(name: str, value: Decimal, label: str = "") -> str:
        by = By(dim="cause", key=label, label=label) if label else None
        fact = derived(bench, price, name, value, parents, method, by=by, rule="diff")
        made.append(fact)
        return fact.id

    made = [price, *(fact for pair in known for fact in pair)]
    places = {
        "price_change": [mint("均价变动", split.change)],
        "price_structure": [mint("结构因素", split.structure)],
        "price_price": [mint("价格因素", split.price)],
        "price_steps": [
            mint("上年同期均价", base_of(price) or Decimal(0), "上年同期均价"),
            mint("结构因素", split.structure, "结构因素"),
            mint("价格因素", split.price, "价格因素"),
            mint("本期均价", price.value or Decimal(0), "本期均价"),
        ],
    }
    return Result("均价分解", made, [], places)


def _key(fact: Fact) -> str:
    return fact.by.key if fact.by else ""


def _kwh(value: Decimal | None) -> Decimal:
    return value or Decimal(0)


def _price(amount: Decimal | None, energy: Decimal | None) -> Decimal:
    """元/千千瓦时 of an amount in 元 and an energy in kWh."""
    return (amount or Decimal(0)) / (energy or Decimal(1)) * 1000


ANALYSIS = Analysis("price_split", "均价分解", run)
