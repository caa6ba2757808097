"""Signals S1—S11 of each big customer as of the book's day: the raw figure and 0 … 1 points by the rules.

Energy is compared with the median of all big customers over the same days, which takes season, weather and holidays
out (they share them), and with the customer's own level two to five months before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from knowledge.churn import churn_rules
from tools.analysis.churn.book import Book

if TYPE_CHECKING:
    import pandas as pd

RECENT = (0, 29)
LEVEL = (60, 150)
YEAR_AGO = (364, 393)
FEWEST_LEVEL_DAYS = 30
PEERS = 8


@dataclass(frozen=True)
class Signals:
    """`raw` and `points`: a row a customer still on supply, a column a signal; `lost` are those that have stopped."""

    raw: pd.DataFrame
    points: pd.DataFrame
    lost: pd.Series

    def score(self) -> pd.Series:
        """0 … 100: the weighted points of the signals whose systems answered."""
        rules = [signal for signal in churn_rules().signals if signal.id in self.points.columns]
        total = sum(signal.weight for signal in rules)
        weighted = sum(self.points[signal.id].fillna(0.0) * signal.weight for signal in rules)
        return weighted / total * 100  # type: ignore[no-any-return, return-value]


def signals(book: Book) -> Signals:
    """All signals; a signal whose system did not answer has no column."""
    import pandas as pd

    end = pd.Timestamp(book.as_of)
    at = book.customers.set_index("cons_no")
    closed = pd.to_datetime(at.close_date)
    here = at[closed.isna() | (closed > end)]
    energy = book.energy.reindex(here.index)
    recent, level, year = (_mean(energy, end, *window) for window in (RECENT, LEVEL, YEAR_AGO))
    enough = _days(energy, end, *LEVEL) >= FEWEST_LEVEL_DAYS
    level = level.where(enough & (level > 0))
    raw = pd.DataFrame(index=here.index)
    raw["S1"] = (_relative(recent / level) - 1) * 100
    raw["S1Y"] = (_relative(recent / year.where(year > 0)) - 1) * 100
    raw["S2"] = (_relative(_mean(energy, end, 0, 13) / _mean(energy, end, 30, 60).where(lambda v: v > 0)) - 1) * 100
    shape = _weekend(energy, end, 84, 180)
    raw["S3"] = (_weekend(energy, end, 0, 41) / shape.where(shape > 0) - 1).abs() * 100
    raw["S11"] = _idle_days(energy, level, end)
    growth = recent / year.where(year > 0)
    peers = growth.groupby(here.industry).agg(["median", "size"])
    known = peers["median"].where(peers["size"] >= PEERS)
    raw["S10"] = (here.industry.map(known) - 1) * 100
    silent = set(book.failed)
    if "marketing" not in silent:
        raw["S4"] = _cut(book, here, end)
        raw["S5"] = _payment_delay(book, here.index, end)
        plants = book.solar[pd.to_datetime(book.solar.grid_date) > end - pd.Timedelta(days=365)]
        new_kw = plants.groupby(plants.cons_no.astype(str)).cap_kw.sum().astype(float).reindex(here.index).fillna(0.0)
        raw["S6"] = new_kw / here.run_kva.astype(float).clip(lower=1.0) * 100
    if "service" not in silent:
        raw["S9"] = _leaving(book, here.index, end)
    if "equipment" not in silent:
        struck = book.outages[pd.to_datetime(book.outages.start_time) > end - pd.Timedelta(days=182)]
        raw["S7"] = here.line_id.map(struck.groupby("line_id").size()).fillna(0.0).astype(float)
    points = _points(raw)
    gone = (recent / level) <= churn_rules().lost_ratio
    return Signals(raw, points, gone.fillna(False))


def _points(raw: pd.DataFrame) -> pd.DataFrame:
    """0 where a signal starts, 1 where it is full, straight in between."""
    import numpy as np
    import pandas as pd

    rules = [signal for signal in churn_rules().signals if signal.id in raw]
    names = [signal.id for signal in rules]
    start = np.array([signal.start for signal in rules])
    full = np.array([signal.full for signal in rules])
    points = np.clip((raw[names].to_numpy(float) - start) / (full - start), 0.0, 1.0)
    return pd.DataFrame(points, index=raw.index, columns=names)


def _relative(ratio: pd.Series) -> pd.Series:
    """A ratio against the median customer's; as it is where fewer than `PEERS` have one."""
    known = ratio.dropna()
    middle = float(known.median()) if len(known) >= PEERS else 1.0
    return ratio / middle if middle > 0 else ratio


def _window(energy: pd.DataFrame, end: pd.Timestamp, first: int, last: int) -> pd.DataFrame:
    """Columns from `last` to `first` days before the end, both included; columns are days in order."""
    import pandas as pd

    days = pd.DatetimeIndex(energy.columns)
    low = days.searchsorted(end - pd.Timedelta(days=last))
    high = days.searchsorted(end - pd.Timedelta(days=first), side="right")
    return energy.iloc[:, low:high]


def _mean(energy: pd.DataFrame, end: pd.Timestamp, first: int, last: int) -> pd.Series:
    return _window(energy, end, first, last).mean(axis=1)


def _days(energy: pd.DataFrame, end: pd.Timestamp, first: int, last: int) -> pd.Series:
    return _window(energy, end, first, last).notna().sum(axis=1)


def _weekend(energy: pd.DataFrame, end: pd.Timestamp, first: int, last: int) -> pd.Series:
    """Weekend energy per day over working-day energy per day."""
    import pandas as pd

    part = _window(energy, end, first, last)
    off = pd.DatetimeIndex(part.columns).dayofweek >= 5
    work = part.loc[:, ~off].mean(axis=1)
    return part.loc[:, off].mean(axis=1) / work.where(work > 0)


def _idle_days(energy: pd.DataFrame, level: pd.Series, end: pd.Timestamp) -> pd.Series:
    part = _window(energy, end, *RECENT)
    return part.lt(level * 0.02, axis=0).sum(axis=1).astype(float).where(level.notna())


def _cut(book: Book, here: pd.DataFrame, end: pd.Timestamp) -> pd.Series:
    import pandas as pd

    orders = book.orders[book.orders.wo_type.isin(["减容", "暂停"])]
    orders = orders[pd.to_datetime(orders.accept_time) > end - pd.Timedelta(days=365)]
    less = (orders.before_kva.astype(float) - orders.after_kva.astype(float)).groupby(orders.cons_no.astype(str)).sum()
    return less.reindex(here.index).fillna(0.0) / here.cap_kva.astype(float).clip(lower=1.0) * 100


def _payment_delay(book: Book, index: pd.Index, end: pd.Timestamp) -> pd.Series:
    """Mean days from issue to full payment of the last three due bills, less the same of the year before them."""
    import pandas as pd

    bills = book.bills[book.bills.amount.astype(float) > 0].copy()
    if not len(bills):
        return pd.Series(0.0, index=index)
    bills["issued"] = pd.to_datetime(bills.issue_time)
    bills["arrived"] = pd.to_datetime(bills.arrive_time)
    whole = bills.groupby(["cons_no", "bill_id"]).agg(
        issued=("issued", "first"), amount=("amount", "first"), arrived=("arrived", "max"), paid=("paid", "sum")
    )
    settled = whole.paid.astype(float) >= whole.amount.astype(float) - 1
    done = whole.arrived.where(settled).fillna(end)
    whole["days"] = (done - whole.issued).dt.days.clip(lower=0)
    age = (end - whole.issued).dt.days
    due = whole[age >= 25].reset_index()
    age = (end - due.issued).dt.days
    late = due[age <= 120].groupby("cons_no").days.mean()
    usual = due[(age > 120) & (age <= 485)].groupby("cons_no").days.mean()
    late.index, usual.index = late.index.astype(str), usual.index.astype(str)
    delay: pd.Series = (late.reindex(index) - usual.reindex(index)).fillna(0.0)
    return delay


def _leaving(book: Book, index: pd.Index, end: pd.Timestamp) -> pd.Series:
    """Tickets that ask about closing, moving or reducing in 120 days, and closing orders that are under way."""
    import pandas as pd

    asked = book.tickets[pd.to_datetime(book.tickets.accept_time) > end - pd.Timedelta(days=120)]
    closing = book.orders[book.orders.wo_type == "销户"]
    closing = closing[pd.to_datetime(closing.accept_time) > end - pd.Timedelta(days=120)]
    count = asked.groupby(asked.cons_no.astype(str)).size().reindex(index).fillna(0.0)
    return count + closing.groupby(closing.cons_no.astype(str)).size().reindex(index).fillna(0.0)


def outcome(book: Book, day: date, days: int = 90) -> pd.Series:
    """Whether each customer was gone `days` after `day`: closed, or at most `outcome_ratio` of its level before.

    For learning only: it looks at the future of `day`, up to the book's own day.
    """
    import pandas as pd

    start, end = pd.Timestamp(day), pd.Timestamp(day) + pd.Timedelta(days=days)
    at = book.customers.set_index("cons_no")
    closed = pd.to_datetime(at.close_date)
    left = (closed > start) & (closed <= end)
    level = _mean(book.energy, start, *LEVEL).reindex(at.index)
    after = _mean(book.energy, end, 0, 20).reindex(at.index)
    shrunk = after <= level * churn_rules().outcome_ratio
    return (left | shrunk).fillna(False)
