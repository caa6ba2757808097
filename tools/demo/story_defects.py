"""Planted: data defects, theft, abnormal areas. Each goes into the faults and into the answer key."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tools.demo.answers import Answers, Item
from tools.demo.arrays import stream
from tools.demo.customers import Customers
from tools.demo.faults import Faults, Gap, MeterChange, RatioError, UnderReading
from tools.demo.network import Network
from tools.demo.organisation import STATIONS
from tools.demo.timeline import Timeline
from tools.demo.window import DAYS, MONTHS, month_of

Draw = Callable[[int], list[int]]


def planted_size(customers: int) -> float:
    """How many defects to plant, 1 at the small scale; they become rarer in a larger province."""
    ratio = customers / 6_000
    return max(0.34, ratio) if ratio <= 1 else float(ratio**0.6)


class DefectPlanter:
    """Chooses victims, each at most once."""

    def __init__(
        self, c: Customers, network: Network, timeline: Timeline, faults: Faults, answers: Answers, seed: int
    ) -> None:
        self.c, self.network, self.timeline, self.faults, self.answers = c, network, timeline, faults, answers
        self.rng = stream(seed, "defects")
        self.size = planted_size(c.count)
        alive = (c.open_day < 0) & (c.close_day >= DAYS)
        taken = np.zeros(c.count, dtype=bool)
        taken[list(timeline.taken)] = True
        good = alive & ~taken & ~c.anchor
        self.shops = self._shuffle(np.flatnonzero(good & (c.kind == 2)))
        self.shops.sort(key=lambda i: -float(c.base[i]) * float(self.rng.uniform(0.5, 1.5)))
        self.homes = self._shuffle(np.flatnonzero(good & (c.kind == 1)))
        self.plants = self._shuffle(np.flatnonzero(good & (c.kind == 0) & (np.arange(c.count) >= c.big)))
        self.big = self._shuffle(np.flatnonzero(good & (np.arange(c.count) < c.big)))
        self.areas = self._shuffle(np.arange(network.public))

    def _shuffle(self, found: np.ndarray) -> list[int]:
        return [int(k) for k in self.rng.permutation(found)]

    def _take(self, pool: list[int], wanted: float) -> list[int]:
        number = min(len(pool), max(1, round(wanted)))
        out, pool[:] = pool[:number], pool[number:]
        self.timeline.taken.update(out if pool is not self.areas else [])
        return out

    def _note(self, kind: str, who: int, start: int | None, end: int | None, note: str, **extra: object) -> None:
        code = STATIONS[self.c.station[who]].code
        self.answers.defects.append(Item(kind, code, [self.c.cons_no[who]], start, end, note, None, dict(extra)))

    def _note_area(
        self, kind: str, tg: int, start: int | None, end: int | None, note: str, ids: list[str] | None = None
    ) -> None:
        code = STATIONS[self.network.tg_station[tg]].code
        self.answers.defects.append(Item(kind, code, ids or [self.network.tg_no[tg]], start, end, note))

    def plant(self) -> None:
        """All of them."""
        self.under_readings()
        self.meters()
        # An area has one story: those of thieves and wrong ratios get no other.
        victims = [u.customer for u in self.faults.under] + [e.customer for e in self.faults.ratios]
        busy = {int(self.c.tg[k]) for k in victims}
        self.areas = [k for k in self.areas if k not in busy]
        self.wrong_relations()
        self.areas_with_losses()
        self.gaps()
        self.bills()

    def under_readings(self) -> None:
        """Theft at low voltage, a lost phase at big customers, stopped meters."""
        for who in self._take(self.shops, 6 * self.size):
            start = int(self.rng.integers(120, DAYS - 60))
            found = start + int(self.rng.integers(60, 200))
            end = found if found < DAYS - 10 and self.rng.random() < 0.6 else DAYS
            lost = float(self.rng.uniform(0.55, 0.85))
            self.faults.under.append(UnderReading(who, start, end, lost, "theft"))
            last = end - 1 if end < DAYS else None
            self._note("theft", who, start, last, f"窃电，少计约{lost:.0%}", found=end < DAYS)
        for who in self._take(self.big, 2 * self.size):
            start = int(self.rng.integers(300, DAYS - 90))
            end = min(DAYS, start + int(self.rng.integers(25, 80)))
            self.faults.under.append(UnderReading(who, start, end, 1 / 3, "lost_current"))
            self._note("lost_current", who, start, end - 1, "一相失流，少计约三分之一")
        for who in self._take(self.homes, 3 * self.size):
            start = int(self.rng.integers(200, DAYS - 130))
            end = start + int(self.rng.integers(50, 120))
            self.faults.under.append(UnderReading(who, start, end, 1.0, "stopped"))
            self._note("stopped_meter", who, start, end - 1, "电表停走，有用电而电量为零")

    def meters(self) -> None:
        """Replacements, rollovers, wrong ratios."""
        changed = self._take(self.homes, 0.012 * self.c.count) + self._take(self.plants, 3 * self.size)
        for number, who in enumerate(changed):
            day = int(self.rng.integers(20, DAYS - 20))
            ratio = int(self.c.ratio[who])
            new = ratio * 3 // 2 if who < self.c.hv and number % 2 == 0 and ratio % 2 == 0 else ratio
            self.faults.changes[who] = MeterChange(who, day, int(self.rng.integers(9, 17)) * 3600 + 900, new)
            self._note("meter_change", who, day, day, "换表" + (f"，倍率{ratio}变为{new}" if new != ratio else ""))
        for who in self._take(self.homes, 3 * self.size) + self._take(self.plants, 1):
            speed = float(self.c.base[who]) * 100 / int(self.c.ratio[who])
            day = int(self.rng.integers(150, DAYS - 150))
            self.faults.rollovers[who] = int(100_000_000 - speed * day)
            self._note("rollover", who, None, None, "电表示值翻转（6.2位）")
        for who in self._take(self.shops, 3 * self.size):
            start = int(self.rng.integers(200, DAYS - 120))
            end = start + int(self.rng.integers(20, 40))
            self.faults.ratios.append(RatioError(who, start, end))
            self._note("ratio_error", who, start, end - 1, "档案倍率误为10倍，次月冲红重开")

    def gaps(self) -> None:
        """Areas without values, or with late ones, for a few days."""
        for number, tg in enumerate(self._take(self.areas, 8 * self.size)):
            length = int(self.rng.integers(2, 5))
            start = int(self.rng.integers(60, DAYS - 40))
            last = month_of(start).last
            start = min(start, last - length - 1)
            who = np.flatnonzero(self.c.tg_filed == tg)
            who = who[~np.isin(who, list(self.faults.changes) + [e.customer for e in self.faults.ratios])]
            late = number % 2 == 0
            self.faults.gaps.append(Gap(who, start, start + length, late=late))
            kind, note = ("late_data", "整台区数据迟到（补采）") if late else ("missing_freeze", "整台区日冻结缺失")
            self._note_area(kind, tg, start, start + length - 1, note)

    def wrong_relations(self) -> None:
        """Customers filed under a neighbouring area of the same line: a high loss here, a negative one there."""
        line = self.network.tg_line
        for _ in range(max(1, round(2 * self.size))):
            pairs = ((a, b) for a in self.areas for b in self.areas if a != b and line[a] == line[b])
            found = next(pairs, None)
            if found is None:
                return
            tg, other = found
            self.areas = [k for k in self.areas if k not in found]
            members = np.flatnonzero(self.c.tg == tg)
            moved = members[self.rng.permutation(len(members))[: max(2, len(members) // 7)]]
            self.c.tg_filed[moved] = other
            both = [self.network.tg_no[tg], self.network.tg_no[other]]
            note = f"户变关系错误：{len(moved)}户实接前者、档案挂后者，前者高损、后者负损"
            self._note_area("wrong_relation", tg, 0, None, note, both)
            self.answers.defects[-1].extra["cons_no"] = [self.c.cons_no[i] for i in moved]

    def areas_with_losses(self) -> None:
        """High and negative loss, no master meter, relation lost."""
        for tg in self._take(self.areas, 3 * self.size):
            rate = float(self.rng.uniform(0.085, 0.12))
            self.faults.loss_rate[tg] = rate
            self._note_area("high_loss", tg, 0, None, f"技术线损约{rate:.1%}")
        for tg in self._take(self.areas, 1 * self.size):
            self.faults.loss_rate[tg] = -0.03
            self._note_area("negative_loss", tg, 0, None, "台区总表互感器少计，线损为负")
        for number, tg in enumerate(self._take(self.areas, max(2, 4 * self.size))):
            start = int(self.rng.integers(200, DAYS - 60))
            if number % 2 == 0:
                end = start + int(self.rng.integers(15, 40))
                self.faults.no_meter.append((tg, start, end))
                self._note_area("no_master_meter", tg, start, end - 1, "台区总表故障，无供电量")
            else:
                end = start + int(self.rng.integers(8, 20))
                self.faults.no_relation.append((tg, start, end))
                self._note_area("no_relation", tg, start, end - 1, "营配关系缺失，线损不可算")

    def bills(self) -> None:
        """Wrong bills corrected a month later, and customers whose arrears grow."""
        for who in self._take(self.shops, 4 * self.size):
            index = int(self.rng.choice([k for k, m in enumerate(MONTHS[:-1]) if not m.ym.endswith("-12")]))
            self.faults.rebills.append((who, index))
            found = MONTHS[index]
            self._note("rebill", who, found.first, found.last, "电费多计三成，次月冲红重开", ym=found.ym)
        self.shops.reverse()
        for who in self._take(self.shops, 4 * self.size):
            since = int(self.rng.integers(8, 20))
            self.faults.short_payers[who] = (since, float(self.rng.uniform(0.4, 0.7)))
            self._note("growing_arrears", who, MONTHS[since].first, None, "每月只交部分电费，欠费逐月增加")
