"""Rows of the service source: tickets follow customers, season, outages and what was planted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrays import NULL, Array, stream, strings
from tools.demo.customers import Customers
from tools.demo.network import Network
from tools.demo.organisation import STATIONS
from tools.demo.outages import Outages
from tools.demo.story_churn import Consultation
from tools.demo.story_service import ComplaintCluster
from tools.demo.ticket_text import CHANNEL_WEIGHTS, LEAVING, SUB_TYPES, WEIGHTS
from tools.demo.window import DAY_SECONDS, DAYS, MONTHS, WINDOW_SECONDS

MONTHLY_RATE = 0.026
"""Tickets per customer and month; far more than in reality, so that a small province has something to count."""
_SEASON = (1.1, 1.05, 0.9, 0.85, 0.9, 1.1, 1.45, 1.5, 1.15, 0.9, 0.9, 1.1)


@dataclass(frozen=True)
class Ticket:
    """One request before its handling is drawn."""

    accept: int
    biz: str
    sub: str
    department: str
    customer: int
    content: str


class Desk:
    """Writes tickets."""

    def __init__(self, c: Customers, network: Network, seed: int) -> None:
        self.c, self.network, self.seed = c, network, seed
        self.rng = stream(seed, "tickets")
        self.found: list[Ticket] = []

    def write(self, accept: int, biz: str, who: int, sub: str | None = None, wording: str | None = None) -> None:
        """Add one ticket of a customer."""
        options = SUB_TYPES[biz]
        chance = int(self.rng.integers(len(options)))
        if biz == "故障报修" and chance == 0 and self.rng.random() < 0.7:
            chance = 2  # single-customer faults are commoner than reports of an outage that nobody knows
        number = next((k for k, o in enumerate(options) if o[0] == sub), chance)
        name, department, wordings = options[number]
        text = wording or wordings[int(self.rng.integers(len(wordings)))]
        content = text.format(
            name=self.c.name[who], phone=self.c.phone[who], place=str(self.c.address[who]).removeprefix("云州市")
        )
        self.found.append(Ticket(accept, biz, name, department, who, content))

    def everyday(self) -> None:
        """The ordinary flow."""
        c, rng = self.c, self.rng
        kinds = list(WEIGHTS)
        weights = np.array(list(WEIGHTS.values())) / sum(WEIGHTS.values())
        hours = np.array([1, 1, 1, 1, 1, 1, 2, 5, 9, 11, 11, 9, 7, 7, 9, 10, 10, 9, 9, 8, 7, 5, 3, 2], dtype=float)
        for month in MONTHS:
            season = _SEASON[int(month.ym[5:]) - 1]
            number = int(rng.poisson(c.count * MONTHLY_RATE * season))
            who = rng.integers(0, c.count, number)
            day = rng.integers(month.first, month.end, number)
            second = rng.choice(24, number, p=hours / hours.sum()) * 3600 + rng.integers(0, 3600, number)
            biz = rng.choice(len(kinds), number, p=weights)
            for w, d, s, b in zip(who.tolist(), day.tolist(), second.tolist(), biz.tolist(), strict=True):
                if c.open_day[w] <= d < c.close_day[w]:
                    self.write(d * DAY_SECONDS + s, kinds[b], w)

    def after_outages(self, outages: Outages) -> None:
        """Reports within two hours of an outage's start; nobody reports a momentary one."""
        c, rng = self.c, self.rng
        members = [np.flatnonzero(c.tg == tg) for tg in range(self.network.tgs)]
        by_line = [np.flatnonzero(c.line == line) for line in range(len(self.network.line_id))]
        for o in outages.events:
            if o.end - o.start < 600:
                continue
            group = members[o.tg] if o.tg >= 0 else by_line[o.line]
            day = o.start // DAY_SECONDS
            group = group[(c.open_day[group] <= day) & (day < c.close_day[group])]
            share = {"计划": 0.002, "临时": 0.012, "故障": 0.028}[o.kind]
            number = min(len(group), int(rng.poisson(min(len(group), 600) * share)))
            if not o.reported:
                number = min(len(group), max(7, len(group) // 6))
            for w in rng.choice(group, number, replace=False).tolist() if number else []:
                reach = min(7200, o.end - o.start)
                self.write(min(o.start + int(rng.integers(120, reach)), WINDOW_SECONDS - 1), "故障报修", w, "停电报修")

    def planted(self, consultations: list[Consultation], clusters: list[ComplaintCluster]) -> None:
        """Hints of leaving, and complaint clusters."""
        c, rng = self.c, self.rng
        for who, day, _ in consultations:
            accept = day * DAY_SECONDS + int(rng.integers(9, 17)) * 3600
            self.write(accept, "业务咨询", who, "业扩报装", LEAVING[int(rng.integers(len(LEAVING)))])
        for cluster in clusters:
            steady = (c.kind > 0) & (c.open_day < 0) & (c.close_day >= DAYS)
            here = np.flatnonzero((c.station == cluster.station) & steady)
            for who in rng.choice(here, min(len(here), cluster.count), replace=False).tolist():
                day = cluster.start + int(rng.integers(cluster.days))
                self.write(day * DAY_SECONDS + int(rng.integers(8 * 3600, 20 * 3600)), "投诉", who, cluster.topic)

    def columns(self) -> dict[str, Array]:
        """Rows of ticket with their handling, in order of acceptance."""
        rng = self.rng
        tickets = sorted(self.found, key=lambda t: (t.accept, t.customer, t.biz))
        n = len(tickets)
        accept = np.array([t.accept for t in tickets], dtype=np.int64)
        repair = np.array([t.biz == "故障报修" for t in tickets])
        complaint = np.array([t.biz == "投诉" for t in tickets])
        query = np.array([t.biz in ("业务咨询", "信息查询", "表扬", "建议") for t in tickets])
        dispatch = accept + rng.integers(60, 900, n)
        travel = (rng.gamma(5.0, 330, n)).astype(np.int64) + 240
        travel = np.where(rng.random(n) < 0.015, travel + 3600, travel)
        arrive = dispatch + travel
        hours = np.where(complaint, rng.uniform(10, 110, n), rng.gamma(2.0, 14.0, n))
        repaired = arrive + (rng.gamma(2.0, 0.65, n) * 3600).astype(np.int64) + 600
        answered = dispatch + rng.integers(120, 2400, n)
        finish = np.where(repair, repaired, np.where(query, answered, dispatch + (hours * 3600).astype(np.int64)))
        revisit = finish + (rng.uniform(1, 40, n) * 3600).astype(np.int64)
        slow = np.clip((finish - accept) / 3600 / 60, 0, 1)
        bad = np.where(complaint, 0.09, 0.004) + 0.02 * slow
        draw = rng.random(n)
        grade = np.where(draw < bad, 3, np.where(draw < bad + 0.06, 2, np.where(draw < bad + 0.42, 1, 0)))
        silent = (rng.random(n) < 0.32) | (revisit >= WINDOW_SECONDS)
        grades = np.array(["非常满意", "满意", "一般", "不满意"], dtype=object)[grade]
        grades[silent] = None
        true = np.where(complaint, (rng.random(n) < 0.45).astype(np.int64), NULL)
        unnamed = rng.random(n) < np.where(repair, 0.18, np.where(complaint, 0.04, 0.12))
        who = np.array([t.customer for t in tickets], dtype=np.int64)
        cons = self.c.cons_no[who].copy()
        kept = np.isin(np.arange(n), [k for k, t in enumerate(tickets) if t.customer < self.c.big])
        cons[unnamed & ~kept] = None
        numbers = [f"SV{k + 1:09d}" for k in range(n)]
        channels = np.array(list(CHANNEL_WEIGHTS), dtype=object)
        return {
            "ticket_no": strings(numbers),
            "channel": rng.choice(channels, n, p=list(CHANNEL_WEIGHTS.values())),
            "biz_type": strings([t.biz for t in tickets]),
            "sub_type": strings([t.sub for t in tickets]),
            "cons_no": cons,
            "org_code": strings([STATIONS[s].code for s in self.c.station[who]]),
            "accept_time": accept,
            "dispatch_time": _reached(dispatch),
            "finish_time": _reached(finish),
            "arrive_time": np.where(repair, _reached(arrive), NULL),
            "revisit_time": np.where(silent & (rng.random(n) < 0.5), NULL, _reached(revisit)),
            "satisfaction": grades,
            "is_true": true,
            "duty_dept": strings([t.department for t in tickets]),
            "repeat_of": self._repeats(tickets, numbers),
            "content": strings([t.content for t in tickets]),
        }

    @staticmethod
    def _repeats(tickets: list[Ticket], numbers: list[str]) -> Array:
        """The earlier ticket of the same customer and kind within thirty days."""
        last: dict[tuple[int, str], tuple[int, str]] = {}
        out: list[str | None] = []
        for ticket, number in zip(tickets, numbers, strict=True):
            before = last.get((ticket.customer, ticket.biz))
            repeated = before is not None and ticket.accept - before[0] <= 30 * DAY_SECONDS
            out.append(before[1] if before is not None and repeated else None)
            last[(ticket.customer, ticket.biz)] = (ticket.accept, number)
        return strings(out)


def _reached(moment: Array) -> Array:
    return np.asarray(np.where(moment < WINDOW_SECONDS, moment, NULL))


def call_columns(c: Customers, tickets: dict[str, Array], seed: int) -> dict[str, Array]:
    """Rows of call_day: calls follow the telephone tickets of the station."""
    rng = stream(seed, "calls")
    codes = [s.code for s in STATIONS]
    place = {code: k for k, code in enumerate(codes)}
    counts = np.zeros((len(codes), DAYS), dtype=np.int64)
    days = tickets["accept_time"] // DAY_SECONDS
    np.add.at(counts, (np.array([place[o] for o in tickets["org_code"]], dtype=np.int64), days), 1)
    base = np.bincount(c.station, minlength=len(codes))[:, None] * 0.0012
    calls = counts + rng.poisson(base, counts.shape)
    answered = calls - rng.binomial(calls, 0.012)
    fast = answered - rng.binomial(answered, 0.035)
    return {
        "org_code": np.repeat(np.array(codes, dtype=object), DAYS),
        "date": np.tile(np.arange(DAYS), len(codes)),
        "calls": calls.ravel(),
        "answered": answered.ravel(),
        "answered_20s": fast.ravel(),
    }
