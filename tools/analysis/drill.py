"""Drilling into a change of energy: who it comes from on one level, until four fifths of it are named (§4.3 step 4).

Levels are the dimensions of `dimension_choice`, which also says in what order they are worth looking at. Lines and
areas are metered energy, since bills know no lines; all others are billed energy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.period import Period
from core.errors import BadRequest
from tools.analysis import Bench, Result
from tools.analysis.big_customers import ALL, changes
from tools.analysis.derived import base_of, derived
from tools.analysis.dimension_choice import LABELS, ranking
from tools.analysis.measured import measured
from tools.analysis.scan.members import Members, members
from tools.fetch import Query
from tools.indicators.ask import Ask

BILLED = {"org": "A02", "industry": "A06", "tariff_class": "A07", "voltage": "A02"}
"""The indicator that splits billed energy by a level."""
ALL_SEEN = "各个维度都已看过，不能再往下了。"
ENOUGH = Decimal("0.8")
MOST = 8
METERED = """
SELECT e.tg_no AS tg_no, SUM(CASE WHEN e.date >= :start THEN e.fwd_kwh ELSE 0 END) AS now_kwh,
       SUM(CASE WHEN e.date <= :was_end THEN e.fwd_kwh ELSE 0 END) AS was_kwh, COUNT(*) AS n
FROM energy_day AS e
WHERE (e.date BETWEEN :start AND :end) OR (e.date BETWEEN :was_start AND :was_end) GROUP BY e.tg_no
"""


@dataclass(frozen=True)
class Part:
    """One member: this period and the same period of last year, in kWh."""

    now: Fact
    was: Fact

    @property
    def change(self) -> Decimal:
        return (self.now.value or Decimal(0)) - (self.was.value or Decimal(0))


def deeper(bench: Bench, org: str, period: Period, seen: Sequence[str]) -> Result:
    """One level further: the first dimension of the ranking that was not looked at yet. `seen` tells the steps before,
    each the level that was named, or "" for the next one of the ranking. BadRequest where none is left."""
    found = ranking(bench, org, period)
    if isinstance(found, str):
        return Result(f"逐层查看：{found}")
    left = [one.dim for one in found.order]
    for step in seen:
        left = [dim for dim in left if dim != (step or next(iter(left), ""))]
    if not left:
        raise BadRequest(ALL_SEEN, "可以说「为什么不是天气」，或换一个单位、月份再问。")
    return drill(bench, org, period, left[0])


def drill(bench: Bench, org: str, period: Period, level: str) -> Result:
    """Facts of the members that make the change, one finding, and how concentrated the level is; an honest label
    where the level has no members or no comparison."""
    label = f"按{LABELS[level]}看变化"
    parts = _parts(bench, org, period, level)
    if isinstance(parts, str):
        return Result(f"{label}：{parts}")
    total = _total(bench, org, period, level, parts)
    if not parts or total is None or not total.value:
        return Result(f"{label}：没有可比的{LABELS[level]}")
    whole = total.value
    same = sorted((p for p in parts if p.change * whole > 0), key=lambda p: -abs(p.change))
    if not same:
        return Result(f"{label}：没有与总变化同向的{LABELS[level]}", [total])
    enough = min(abs(whole), sum((abs(p.change) for p in same), Decimal(0))) * ENOUGH
    chosen: list[Part] = []
    for part in same[:MOST]:
        if sum((abs(p.change) for p in chosen), Decimal(0)) >= enough:
            break
        chosen.append(part)
    return _told(bench, org, level, label, parts, chosen, total)


def _told(bench: Bench, org: str, level: str, label: str, parts: list[Part], chosen: list[Part], total: Fact) -> Result:
    whole = total.value or Decimal(0)
    facts: list[Fact] = [total]
    words, moved = [], []
    said = "减少" if whole < 0 else "增加"
    for part in chosen:
        by = part.now.by
        change = derived(bench, part.now, "同比变化量", part.change, [part.now, part.was], "本期 − 上年同期", by=by)
        share = derived(
            bench, part.now, "对变化的贡献率", part.change / whole * 100, [change, total], "该项变化量 ÷ 总变化量",
            unit="%", kind="rate", by=by, rule="pp",
        )  # fmt: skip
        facts += [part.now, part.was, change, share]
        moved.append(change)
        name = f"{{{{{part.now.id}.label}}}}" if by else f"{{{{{part.now.id}.org}}}}"
        words.append(f"{name}{said}{{{{{change.id}:abs}}}}、贡献率{{{{{share.id}}}}}")
    named = sum((part.change for part in chosen), Decimal(0))
    together = derived(
        bench, total, "所列合计贡献率", named / whole * 100, [*moved, total], "所列变化量之和 ÷ 总变化量",
        unit="%", kind="rate", rule="pp",
    )  # fmt: skip
    facts.append(together)
    text = (
        f"按{LABELS[level]}看，同比共{said}{{{{{total.id}:abs}}}}，主要来自：{'；'.join(words)}；"
        f"所列合计贡献率{{{{{together.id}}}}}"
    )
    text += "。"
    finding = Finding(
        id="D0", kind=f"cause_{level}", severity="关注", title=label, text=text, org=org,
        facts=tuple(fact.id for fact in facts),
    )  # fmt: skip
    return Result(label, facts, [finding], {"total": [total.id], "parts": [fact.id for fact in moved]})


def _total(bench: Bench, org: str, period: Period, level: str, parts: list[Part]) -> Fact | None:
    """The change that is split: of all customers the unit's own, of other levels the sum over the members."""
    name = f"各{LABELS[level]}同比变化量合计"
    if level == "customer":
        whole = bench.compute([Ask("A02", org, period)])[0][0]
        base = base_of(whole)
        if not whole.has_value or whole.value is None or base is None:
            return None
        return derived(bench, whole, name, whole.value - base, [whole], "本期 − 上年同期")
    if not parts:
        return None
    unit = bench.tree.get(org)
    update = {"org": org, "org_name": unit.name if unit else ""}
    change = sum((part.change for part in parts), Decimal(0))
    like = parts[0].now.model_copy(update=update)
    everyone = [fact for part in parts for fact in (part.now, part.was)]
    return derived(bench, like, name, change, everyone, "各成员本期 − 上年同期之和")


def _parts(bench: Bench, org: str, period: Period, level: str) -> list[Part] | str:
    if level == "customer":
        return [Part(item.now, item.before) for item in changes(bench, org, period, 100, ALL)]
    if level in BILLED:
        found = bench.compute([Ask(BILLED[level], org, period, by=level)])[0]
        return [
            Part(fact, derived(bench, fact, "上年同期", base, [fact], "上年同期", by=fact.by))
            for fact in found
            if fact.has_value and (base := base_of(fact)) is not None
        ]
    return _metered(bench, org, period, "line" if level == "line" else "tg")


def _metered(bench: Bench, org: str, period: Period, level: str) -> list[Part] | str:
    known = members(bench, "line" if level == "line" else "tg", org)
    if not isinstance(known, Members):
        return known
    was = period.yoy()
    params = {"start": period.start, "end": period.end, "was_start": was.start, "was_end": was.end}
    outcome = bench.gate.run(Query("acquisition", METERED, params, org, "线路台区同比", bulk=True))
    if outcome.status != "ok":
        return outcome.message or "采集2.0没有这一时段的日电量"
    table = outcome.frame()
    keys = table.tg_no.astype(str)
    table["member"] = keys.map(known.of) if known.of is not None else keys
    summed = table.dropna(subset=["member"]).groupby("member")[["now_kwh", "was_kwh", "n"]].sum().astype(float)
    found = []
    for row in summed.reset_index().to_dict("records"):
        by = By(dim=level, key=str(row["member"]), label=known.names.get(str(row["member"]), str(row["member"])))
        now, before = (
            measured(
                bench, outcome, params, org, span, name, Decimal(f"{row[column]:.2f}"), "kWh", indicator="A04",
                caliber="采集日电量合计（缺数未补）", by=by, decimals=0, rows=int(row["n"]),
            )
            for span, name, column in ((period, "采集电量", "now_kwh"), (was, "上年同期采集电量", "was_kwh"))
        )  # fmt: skip
        found.append(Part(now, before))
    return found
