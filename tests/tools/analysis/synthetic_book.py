"""A book of made-up big customers, some of which decline and leave."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from tools.analysis.churn.book import COLUMNS, Book

AS_OF = date(2026, 10, 31)
DAYS = 800


def synthetic(leavers: int, *, seed: int = 7, count: int = 120) -> Book:
    """Big customers of made-up energy: the first `leavers` decline over three months and then stand still."""
    rng = np.random.default_rng(seed)
    days = pd.date_range(pd.Timestamp(AS_OF) - pd.Timedelta(days=DAYS - 1), AS_OF, freq="D")
    season = 1 + 0.2 * np.sin(np.arange(DAYS) / 58) - 0.15 * (days.dayofweek >= 5)
    energy = rng.uniform(500, 5000, (count, 1)) * season * rng.normal(1, 0.05, (count, DAYS))
    for who in range(leavers):
        leave = int(rng.integers(300, DAYS - 20))
        factor = np.interp(np.arange(DAYS), (leave - 110, leave, leave + 1), (1.0, 0.35, 0.02))
        energy[who] *= factor
    ids = [f"{5200000000 + at}" for at in range(count)]
    customers = pd.DataFrame(
        {
            "cons_no": ids, "org_code": "994010101", "industry": "2", "cap_kva": 400.0, "run_kva": 400.0,
            "line_id": "L1", "open_date": date(2020, 1, 1), "close_date": None,
        }
    )  # fmt: skip
    frames = {name: pd.DataFrame(columns=list(columns)) for name, columns in COLUMNS.items()}
    return Book(AS_OF, customers, pd.DataFrame(energy, index=ids, columns=days), failed=(), statements={}, **frames)
