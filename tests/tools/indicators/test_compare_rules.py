"""Properties of the comparison rules and of the value arithmetic."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Broken
from tools.indicators.compare import change, contribution_points, contribution_rate, daily_change
from tools.indicators.expression import as_sql, evaluate, renamed

amounts = st.decimals(min_value=-(10**10), max_value=10**10, places=2, allow_nan=False, allow_infinity=False)
positive = st.decimals(min_value=1, max_value=10**10, places=2, allow_nan=False, allow_infinity=False)
NEAR = Decimal("1e-20")


@given(amounts, amounts)
def test_percent_change_gives_back_the_value(now: Decimal, base: Decimal) -> None:
    found = change(now, base, "pct")
    if base == 0 or now * base < 0:
        assert found is None
    else:
        assert found is not None
        assert abs(base + abs(base) * found / 100 - now) < NEAR * 10**12
        assert (found > 0) == (now > base)


@given(amounts, amounts)
def test_points_are_antisymmetric(now: Decimal, base: Decimal) -> None:
    there, back = change(now, base, "pp"), change(base, now, "pp")
    assert there is not None and back is not None and there == -back == now - base


@given(positive, positive, st.integers(1, 366))
def test_equal_lengths_make_the_daily_change_the_plain_one(now: Decimal, base: Decimal, days: int) -> None:
    plain, daily = change(now, base, "pct"), daily_change(now, days, base, days)
    assert plain is not None and daily is not None
    assert abs(plain - daily) < Decimal("1e-15") * max(abs(plain), Decimal(1))


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=8))
def test_contributions_add_up_to_the_total(parts: list[tuple[Decimal, Decimal]]) -> None:
    now, base = sum((p[0] for p in parts), Decimal(0)), sum((p[1] for p in parts), Decimal(0))
    points = [contribution_points(a, b, base) for a, b in parts]
    total = change(now, base, "pct")
    assert total is not None
    assert abs(sum((p for p in points if p is not None), Decimal(0)) - total) < NEAR * 10**6
    rates = [contribution_rate(a, b, now, base) for a, b in parts]
    known = [rate for rate in rates if rate is not None]
    assert len(known) in {0, len(rates)}
    if known:
        assert abs(sum(known, Decimal(0)) - 100) < Decimal("1e-15") * 10**6


@pytest.mark.parametrize("rule", ["pct", "pp", "diff"])
def test_nothing_is_compared_with_nothing(rule: str) -> None:
    assert change(None, Decimal(1), rule) is None  # type: ignore[arg-type]
    assert change(Decimal(1), None, rule) is None  # type: ignore[arg-type]


@given(amounts, amounts)
def test_arithmetic_is_exact_and_silent_about_zero_divisors(a: Decimal, b: Decimal) -> None:
    numbers: dict[str, Decimal | None] = {"a": a, "b": b, "gone": None}
    assert evaluate("a + b - 2 * a", numbers) == a + b - 2 * a
    assert evaluate("-a / (b - b)", numbers) is None
    assert evaluate("a + gone", numbers) is None


def test_expressions_hold_arithmetic_only() -> None:
    with pytest.raises(Broken):
        evaluate("a ** 2", {"a": Decimal(2)})
    with pytest.raises(Broken):
        evaluate("__import__('os')", {})
    assert renamed("100 * a / (a + b)", lambda name: f"{name}__cur") == "100 * a__cur / (a__cur + b__cur)"
    assert as_sql("100 * a / b", lambda name: f"r.{name}") == "((100 * r.a) * 1.0 / NULLIF(r.b, 0))"
