"""全量客户筛查: every customer of a unit in one month, by 24 months of bills — sudden changes and slow shrinking.

The one judgement of customers by month (`gma screen`, `gma detect --by customer`, chat). The months are summed where
the bills are, one row a customer; `screening` works on blocks of them, on this machine or on the cluster that holds the
source, and only the customers that stand out come back. The most striking are named, with how complete their readings
are: what a bill lacks because a meter could not be read is no change of use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from core.domain.fact import By, Compare, Fact
from core.domain.finding import Finding
from core.domain.period import Period, shift_months
from tools.analysis import Analysis, Bench, Result
from tools.analysis.customer_readings import absent
from tools.analysis.screening import MONTHS, Peers, peers_of, screen_block
from tools.analysis.severity import severity
from tools.fetch import Outcome, Query
from tools.sources.shards import Block, Shards

if TYPE_CHECKING:
    import numpy as np

    from knowledge.catalog import Catalog

LABEL = "全量客户筛查"
SHOWN = 10
RANKS = ("严重", "异常", "关注")
SUMS = ", ".join(f"CAST(SUM(CASE WHEN b.ym = :m{at} THEN b.kwh_total END) AS DOUBLE) AS m{at}" for at in range(MONTHS))
PIVOT = f"""
SELECT m.*, c.industry_code AS industry FROM (
SELECT b.cons_no AS cons_no, {SUMS} FROM bill AS b WHERE b.ym BETWEEN :first AND :last GROUP BY b.cons_no
) AS m JOIN customer AS c ON c.cons_no = m.cons_no
"""
"""Summed before it is joined: a row a customer, whatever the number of bills. Sums are DECIMAL, so that their order
does not matter, and become the nearest double afterwards: the same on every engine."""
KINDS = {"fall": ("骤降", "fallen"), "rise": ("骤增", "risen"), "shrink": ("持续收缩", "shrinking")}
METHOD = "扣除同行业客户同月共同变化与本户惯常增长后的变化，取同比与近月两种算法中较小者"


@dataclass(frozen=True)
class Lines:
    """The caliber's lines as plain numbers: share of change, units of scatter, kWh at stake, share of shrinking."""

    far: float
    sigmas: float
    least: float
    shrink: float


@dataclass(frozen=True)
class Striking:
    """`known` customers had a bill in the month. Of those of one kind, the most energy first: their number, the month's
    energy (kWh), the change (log ratio) and the energy it stands for (kWh)."""

    known: int
    rows: Mapping[str, Mapping[str, np.ndarray]]


def months_until(last: str) -> list[str]:
    """The 24 months that end with one, as `2026-10`, oldest first."""
    end = Period.parse(last).start
    return [f"{shift_months(end, at - MONTHS + 1):%Y-%m}" for at in range(MONTHS)]


def parameters(months: Sequence[str]) -> dict[str, str]:
    return {f"m{at}": month for at, month in enumerate(months)} | {"first": months[0], "last": months[-1]}


def striking(shards: Shards, lines: Lines) -> Striking:
    """Everybody screened, and those beyond the lines; the same digits however the rows are cut."""
    import numpy as np

    peers = peers_of(shards)
    known, parts = shards.fold(lambda block: _beyond(block, peers, lines), _joined)
    rows = {}
    for kind, found in parts.items():
        columns = {name: np.concatenate(some) for name, some in found.items()}
        order = np.lexsort((columns["cons_no"].astype(str), -columns["size"]))
        rows[kind] = {name: column[order] for name, column in columns.items()}
    return Striking(known, rows)


Parts = tuple[int, dict[str, dict[str, list["np.ndarray"]]]]


def _joined(one: Parts, two: Parts) -> Parts:
    out = {kind: {name: some + two[1][kind][name] for name, some in found.items()} for kind, found in one[1].items()}
    return one[0] + two[0], out


def _beyond(block: Block, peers: Peers, lines: Lines) -> Parts:
    """Of one block; a customer that fell suddenly is not counted as shrinking too."""
    import numpy as np

    found = screen_block(block, peers)
    now = block.numbers([f"m{MONTHS - 1}"], np.float64)[:, 0]
    known = np.isfinite(now)
    gap = now - found.expected
    with np.errstate(invalid="ignore"):
        sure = known & (np.abs(found.score) >= lines.sigmas) & (np.abs(gap) >= lines.least)
        fall = sure & (np.expm1(found.change) <= -lines.far)
        rise = sure & (np.expm1(found.change) >= lines.far)
        faded = np.expm1(np.log1p(np.maximum(now, 0)) - found.level) - now
        level, yoy = np.expm1(found.level) <= -lines.shrink, np.expm1(found.yoy) <= -lines.shrink
        shrink = known & ~fall & level & yoy & (faded >= lines.least)
    names = block.texts("cons_no")

    def part(flags: np.ndarray, change: np.ndarray, size: np.ndarray) -> dict[str, list[np.ndarray]]:
        columns = {"cons_no": names, "now": now, "change": change, "size": size}
        return {name: [column[flags]] for name, column in columns.items()}

    return int(known.sum()), {
        "fall": part(fall, found.change, -gap),
        "rise": part(rise, found.change, gap),
        "shrink": part(shrink, found.level, faded),
    }


def lines_of(catalog: Catalog) -> Lines:
    """The lines of the caliber in force."""
    get = catalog.thresholds.number
    return Lines(
        float(get("usage_anomaly.watch_pct")) / 100,
        float(get("customer_screen.sigmas")),
        float(get("usage_anomaly.least_customer_month_kwh")),
        float(get("customer_screen.shrink_pct")) / 100,
    )


def run(bench: Bench, org: str, period: Period) -> Result:
    """Counts of customers that fell, rose and shrink beyond the caliber's lines, and the largest of each as findings.

    A period that is not one month gives a label that says so.
    """
    if period.grain != "month":
        return Result(f"{LABEL}：请按一个自然月筛查，例如 2026-10")
    given = parameters(months_until(period.code))
    lines = lines_of(bench.catalog)
    query = Query("marketing", PIVOT, given, org, "全部客户逐月电量", bulk=True)
    outcome, found = bench.gate.scored(query, lambda shards: striking(shards, lines))
    if found is None:
        return Result(f"{LABEL}：{outcome.message or '没有客户电费账单'}")
    whole = Counted(bench, outcome, given, org, period)
    facts = [whole.count("筛查客户", found.known, "本期有电费账单的客户")]
    places = {"screened": [facts[0].id], "change": [], "lost": []}
    names = _names(bench, org, [str(key) for rows in found.rows.values() for key in rows["cons_no"][:SHOWN]])
    readings = absent(bench, org, period, names)
    told: list[tuple[list[Fact], Finding, Decimal]] = []
    for kind, rows in found.rows.items():
        label, place = KINDS[kind]
        many = whole.count(f"电量{label}客户", len(rows["cons_no"]), METHOD)
        facts.append(many)
        places[place] = [many.id]
        for key, now, change in zip(*(rows[name][:SHOWN] for name in ("cons_no", "now", "change")), strict=True):
            by = By(dim="customer", key=str(key), label=names.get(str(key), str(key)))
            told.append(_told(bench, whole, kind, by, float(now), float(change), readings))
    told.sort(key=lambda item: (RANKS.index(item[1].severity), -item[2]))
    for made, _, _ in told:
        facts += made
        places["change"].append(made[0].id)
        places["lost"].append(made[2].id)
    return Result(LABEL, facts, [finding for _, finding, _ in told], places)


def _told(
    bench: Bench, whole: Counted, kind: str, by: By, now: float, logs: float, readings: Mapping[str, Fact] | str
) -> tuple[list[Fact], Finding, Decimal]:
    """Facts and finding of one customer, and by how much energy (kWh) it stands before others of its grade: those whose
    readings lack stand behind, they are to be read before anybody is visited."""
    import math

    change = math.expm1(logs) * 100
    expected = math.expm1(math.log1p(max(now, 0.0)) - logs)
    label, _ = KINDS[kind]
    words = "近三个月较此前九个月，扣除同行业客户的变化" if kind == "shrink" else METHOD
    moved = whole.fact("偏离幅度", change, "%", words, by=by, kind="rate")
    used = whole.fact("当月电量", now, "kWh", "电费账单电量", by=by)
    gap = whole.fact("与期望的差额", now - expected, "kWh", f"当月电量 − 期望电量（{words}）", by=by)
    rank = severity(bench, Decimal(str(abs(change))), Decimal(str(now - expected)), "customer") or "关注"
    facts = [moved, used, gap]
    clause, lacking = "采集完整性未能核对，尚不能排除缺数", False
    seen = readings.get(by.key) if not isinstance(readings, str) else None
    if seen is not None and seen.value is not None:
        facts.append(seen)
        lacking = seen.value >= 1
        clause = f"期内缺数{{{{{seen.id}}}}}，{'须先核对缺数' if lacking else '不是缺数'}"
    excluded = ("不是天气或日历：同行业客户的共同变化已扣除", clause)
    text = (
        f"{{{{{used.id}.label}}}}{{{{{used.id}.period}}}}电量{{{{{used.id}}}}}，偏离期望{{{{{moved.id}}}}}，"
        f"差额{{{{{gap.id}}}}}；{'；'.join(excluded)}。"
    )
    visit = "核实停电与生产经营情况；持续收缩的，由客户经理走访。"
    finding = Finding(
        id="D0", kind=f"screen_{kind}", severity=rank, title=f"{by.label}电量{label}", text=text, org=whole.org,
        facts=tuple(fact.id for fact in facts), excluded=excluded,
        suggestion=f"先核对采集缺数，再{visit}" if lacking else visit,
    )  # fmt: skip
    size = abs(gap.value or Decimal(0))
    return facts, finding, -1 / (size + 1) if lacking else size


class Counted:
    """Facts of one screening: they share the query, unit and period."""

    def __init__(self, bench: Bench, outcome: Outcome, given: Mapping[str, str], org: str, period: Period) -> None:
        self.org = org
        self._bench, self._outcome, self._given, self._period = bench, outcome, given, period

    def count(self, name: str, value: int, method: str) -> Fact:
        return self.fact(name, value, "户", method, kind="count")

    def fact(
        self, name: str, value: float, unit: str, method: str, *, by: By | None = None, kind: str = "amount"
    ) -> Fact:
        unit_of = self._bench.tree.get(self.org)
        return Fact(
            id=self._bench.mint(), indicator="A02", name=name, value=Decimal(f"{value:.2f}"), unit=unit,
            decimals=0 if kind == "count" else 2, kind=kind, period=self._period, org=self.org,
            org_name=unit_of.name if unit_of else "", by=by, compare=Compare(rule="pp" if unit == "%" else "pct"),
            caliber=method, caliber_version=self._bench.catalog.thresholds.version, source=self._outcome.source,
            datasets=self._outcome.datasets, query=self._outcome.sql, params=dict(self._given),
            row_count=self._outcome.row_count, as_of=datetime.combine(self._period.end, time()), method=method,
        )  # fmt: skip


def _names(bench: Bench, org: str, keys: Sequence[str]) -> dict[str, str]:
    listed = ", ".join(f"'{key}'" for key in dict.fromkeys(keys) if key.isalnum())
    if not listed:
        return {}
    sql = f"SELECT c.cons_no AS cons_no, c.cons_name AS cons_name FROM customer AS c WHERE c.cons_no IN ({listed})"
    outcome = bench.gate.run(Query("marketing", sql, {}, org, "客户名称"))
    return {str(row["cons_no"]): str(row["cons_name"]) for row in outcome.records()} if outcome.status == "ok" else {}


ANALYSIS = Analysis("customer_screen", LABEL, run, "3")
