"""Prices: the power-factor table, rounding, versions."""

from __future__ import annotations

import numpy as np
import pytest

from tools.demo import tariffs
from tools.demo.billing import rounded
from tools.demo.scale import parse_scale
from tools.demo.window import MONTHS, month


@pytest.mark.parametrize(
    ("cos_phi", "standard", "points"),
    [
        (94, 90, -60),
        (96, 90, -75),
        (90, 90, 0),
        (86, 90, 200),
        (70, 90, 1000),
        (68, 90, 1200),
        (60, 90, 2500),
        (90, 85, -50),
        (94, 85, -110),
        (98, 85, -110),
        (92, 80, -130),
        (78, 80, 100),
    ],
)
def test_power_factor_adjustment_follows_the_published_table(cos_phi: int, standard: int, points: int) -> None:
    assert tariffs.power_factor_points(cos_phi, standard) == points


def test_power_factor_standards() -> None:
    assert tariffs.power_factor_standard("2", 1000, 400) == 90
    assert tariffs.power_factor_standard("6", 1000, 400) == 85
    assert tariffs.power_factor_standard("1", 1000, 100) == 80
    assert tariffs.power_factor_standard("2", 1000, 80) == 0
    assert tariffs.power_factor_standard("2", 38, 100) == 0


def test_money_is_rounded_half_away_from_zero() -> None:
    assert rounded(np.array([14, 15, 16, -14, -15, -16, 0]), 10).tolist() == [1, 2, 2, -1, -2, -2, 0]


def test_the_price_version_changes_in_august_2026() -> None:
    names = [tariffs.version(m).name for m in MONTHS]
    assert names == ["第三监管周期"] * 23 + ["第四监管周期"] * 3
    peak, flat, valley = tariffs.business_prices(month("2026-10"), 1, True)
    assert valley < flat < peak
    assert tariffs.business_prices(month("2026-10"), 0, True)[1] < flat


def test_scales() -> None:
    assert parse_scale("city").customers == 120_000 and parse_scale("city").parquet
    assert parse_scale("small").hv + parse_scale("small").lv == 6_000
    with pytest.raises(ValueError, match="户数"):
        parse_scale("large:5")
