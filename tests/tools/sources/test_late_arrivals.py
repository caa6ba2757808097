"""F9: days arrive late, twice and out of order; after any sequence the roll-up equals a full recompute, exactly.

Fifteen sequences by default; `GMA_FAULTS=long` makes 200.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.tools.sources.test_rollup import SETTLE, Site, _read
from tools.sources.rollup import bring_up_to_date

FIRST = date(2026, 8, 1)
DAYS = st.integers(0, 40)
KWH = st.integers(0, 99_999).map(lambda cents: Decimal(cents) / 100)
ROLLED = (
    "SELECT org_code, tg_no, date, SUM(n)::BIGINT, SUM(fwd_kwh_n)::BIGINT, SUM(fwd_kwh), SUM(rev_kwh)"
    " FROM seen.energy_day_rollup GROUP BY ALL"
)


class Arrivals(RuleBasedStateMachine):
    """Day d arrives at d+1 … d+40, is sent again, or is replaced; now and then the roll-up is brought up to date."""

    @initialize(parted=st.booleans())
    def begin(self, parted: bool) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.site, self.rolled = Site(self.folder, parted), self.folder / "rollup.duckdb"
        self.sent: list[Any] = []
        self.fresh = False

    @rule(day=DAYS, tg=st.sampled_from(["T1", "T2"]), kwh=KWH)
    def arrives(self, day: int, tg: str, kwh: Decimal) -> None:
        row = ("994010301", tg, "M1", FIRST + timedelta(days=day), kwh, None)
        self.sent.append(row)
        self.site.load([row])
        self.fresh = False

    @rule(data=st.data())
    def is_sent_again(self, data: Any) -> None:
        if self.sent:
            self.site.load([data.draw(st.sampled_from(self.sent))])
            self.fresh = False

    @rule(data=st.data(), kwh=KWH)
    def is_replaced(self, data: Any, kwh: Decimal) -> None:
        if self.sent:
            old = data.draw(st.sampled_from(self.sent))
            month = f"{old[3]:%Y-%m}"
            at = self.site.rows[month].index(old)
            new = (*old[:4], kwh, old[5])
            self.site.rows[month][at] = new
            self.sent[self.sent.index(old)] = new
            self.site.write({month})
            self.fresh = False

    @rule()
    def is_rolled_up(self) -> None:
        time.sleep(SETTLE * 1.2)
        bring_up_to_date(self.site.path, self.rolled, SETTLE)
        self.fresh = True

    @invariant()
    def equals_a_full_recompute(self) -> None:
        if getattr(self, "fresh", False):
            assert sorted(_read(self.rolled, ROLLED), key=str) == sorted(self.site.raw(), key=str)

    def teardown(self) -> None:
        if hasattr(self, "site"):
            self.is_rolled_up()
            self.equals_a_full_recompute()
            shutil.rmtree(self.folder, ignore_errors=True)


Arrivals.TestCase.settings = settings(
    max_examples=200 if os.environ.get("GMA_FAULTS") == "long" else 15,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestArrivals = Arrivals.TestCase
