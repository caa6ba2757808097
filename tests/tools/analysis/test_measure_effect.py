"""Effects of measures: the interval holds the true difference as often as it says, few customers give none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import BadRequest
from tools.analysis.measure_effect import FEWEST, effects


def kept(seed: int, gain: float, customers: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    treated = rng.permutation(np.arange(customers) % 2)
    share = rng.normal(40, 15, customers) + gain * treated
    return pd.DataFrame({"措施": "欠费风险", "采取措施": treated, "保留比例": share})


def test_the_interval_holds_the_true_difference_as_often_as_it_says() -> None:
    held = 0
    for seed in range(200):
        (one,) = effects(kept(seed, 8.0))
        assert one.cause == "arrears" and one.low is not None and one.high is not None
        held += one.low <= 8.0 <= one.high
    assert 0.91 <= held / 200 <= 0.99


def test_few_customers_and_a_single_side_give_no_effect() -> None:
    (few,) = effects(kept(1, 30.0, 2 * FEWEST - 2))
    assert few.difference is None and f"至少{FEWEST}户" in few.said()
    both = effects(pd.concat([kept(1, 5.0), kept(2, 0.0).assign(措施="shrink", 采取措施=1)]))
    assert [one.cause for one in both] == ["shrink", "arrears"] and both[0].difference is None
    assert both[1].difference is not None and "区间" in both[1].said()


@pytest.mark.parametrize(
    ("table", "word"),
    [
        (kept(1, 0.0).drop(columns="采取措施"), "采取措施"),
        (kept(1, 0.0).assign(措施="打折"), "打折"),
        (kept(1, 0.0).assign(保留比例="很多"), "保留比例"),
        (kept(1, 0.0).assign(采取措施=[None] + [1] * 59), "采取措施"),
    ],
)
def test_a_table_that_cannot_be_read_says_what_is_wrong(table: pd.DataFrame, word: str) -> None:
    with pytest.raises(BadRequest) as caught:
        effects(table)
    assert word in str(caught.value)
