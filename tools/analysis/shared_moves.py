"""What moved a unit together with others, or with calendar and temperature: no anomaly of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from core.domain.fact import Fact
from tools.analysis import Bench
from tools.analysis.derived import derived


@dataclass(frozen=True)
class Shared:
    """`ratio`: by what the shared movement multiplies the expected energy; `clauses` say why the rest is not that."""

    ratio: Decimal
    facts: tuple[Fact, ...]
    clauses: tuple[str, ...]


def from_peers(bench: Bench, fact: Fact, peers: Sequence[tuple[Fact, Decimal]]) -> Shared:
    """The median of what the peers' energy is of their own seasonal levels (`peers`: their energy and that ratio)."""
    ratio = Decimal(median([ratio for _, ratio in peers]))
    moved = derived(
        bench, fact, "同级单位共同变化", (ratio - 1) * 100, [peer for peer, _ in peers],
        "同级单位偏离各自季节水平的中位数（日历、区域气温的影响）", unit="%", kind="rate", rule="pp",
    )  # fmt: skip
    return Shared(ratio, (moved,), (f"不是日历或区域气温：同级单位同期共同变化{{{{{moved.id}}}}}，已扣除",))


def from_response(bench: Bench, fact: Fact, expected: Decimal, value: Decimal) -> Shared:
    """By the unit's own response of daily energy to calendar and temperature, where no peers can be seen."""
    from tools.analysis.causes import Effect, calendar_shift, region_weather, unit_weather
    from tools.analysis.causes.case import open_case

    nothing = Shared(Decimal(1), (), ("没有可比的同级单位，日历和气温尚未排除",))
    if not fact.period.whole_months:
        return nothing
    case = open_case(bench, fact.org, fact.period, value - expected)
    calendar = calendar_shift.CAUSE.run(case)
    weather: list[Effect] = [cause.CAUSE.run(case) for cause in (unit_weather, region_weather)]
    clauses, facts, moved = [], [], Decimal(0)
    for name, effects in (("日历", [calendar]), ("气温", weather)):
        known = [effect.kwh for effect in effects if effect.kwh is not None]
        if not known:
            clauses.append(f"{name}尚未排除（{effects[0].unknown.rstrip('。')}）")
            continue
        one = derived(
            bench, fact, f"{name}影响电量", sum(known, Decimal(0)), [fact], effects[0].method, decimals=0
        ).model_copy(update={"query": "\n".join(effects[0].queries)})
        facts.append(one)
        moved += one.value or Decimal(0)
        clauses.append(f"不是{name}：{name}影响{{{{{one.id}}}}}，已扣除")
    if moved <= -expected:
        return nothing
    return Shared(1 + moved / expected, tuple(facts), tuple(clauses))
