"""The analyses on provinces that nobody has seen: fresh seeds, planted events and leavers, and quiet ones.

Two planted provinces and one quiet one by default (`sample` sets how many planted), twenty and four with `whole`. The
answer key is read here only; the analyses get the same data as in the office.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from agent.desk import Desk
from agent.runner import Runner
from core.domain.period import Period, shift_months
from evals.exam import Exam
from evals.suites import Result, Score

LABEL = "分析（新种子演示省）"
USER, CITY = "analyst01", "99401"
FIRST_SEED = 8101
WHOLE, QUIET_WHOLE = 20, 4
SCALE = "small"
MONTHS = 14
LAST = Period.month(2026, 10)
SNAPSHOTS = (date(2026, 7, 31), date(2026, 10, 31))
HORIZON = timedelta(days=90)
CLOSE = 0.20
"""A cause's energy counts as right within this share of the planted energy."""
DIMENSIONS = {
    "H1": {"tg"},
    "H2": {"line"},
    "H3": {"industry", "tariff_class"},
    "H5": {"customer"},
    "H7": {"industry", "tariff_class", "voltage"},
}
"""By which dimension each cause is planted: terminals of areas, lines, kinds of customers, single customers."""


def run(exam: Exam) -> Result:
    result = Result()
    planted = WHOLE if exam.whole else exam.sample or 2
    quiet = QUIET_WHOLE if exam.whole else 1
    for at in range(planted):
        with _province(exam, FIRST_SEED + at, True) as (desk, home):
            result.scores += score(desk, home, f"s{FIRST_SEED + at}")
        exam.say(f"  分析：第 {at + 1}/{planted} 个演示省")
    for at in range(quiet):
        with _province(exam, FIRST_SEED + 500 + at, False) as (desk, _):
            result.scores += _quiet(desk, f"q{FIRST_SEED + 500 + at}")
    for group in ("detected", "justified", "top_cause", "dimension", "energy", "fallen", "leavers", "quiet", "silent"):
        of = [item for item in result.scores if item.group == group]
        if of:
            result.measures[group] = round(100 * sum(item.ok for item in of) / len(of), 2)
    return result


@contextmanager
def _province(exam: Exam, seed: int, plant: bool) -> Iterator[tuple[Desk, Path]]:
    from tools.demo import build

    with tempfile.TemporaryDirectory(prefix="gma-planted-") as folder:
        home = Path(folder)
        build(home / "demo", seed=seed, scale=SCALE, plant=plant)
        runner = Runner.open(exam.settings.model_copy(update={"home": home}))
        try:
            yield Desk.open(runner, USER), home
        finally:
            runner.close()


def score(desk: Desk, home: Path, name: str) -> list[Score]:
    """Marks of one planted province: events found, alerts justified, causes and their size, leavers ranked."""
    key = {
        item: json.loads((home / "demo" / "answer_key" / f"{item}.json").read_text("utf-8"))
        for item in ("events", "churn")
    }
    events = [item for item in key["events"] if item.get("ym")]
    scores = [*_detected(desk, events, name)]
    for item in events:
        scores += _explained(desk, item, name)
    scores += _fallen(desk, key, name)
    for day in SNAPSHOTS:
        scores += _leavers(desk, key["churn"], day, f"{name}.{day:%Y-%m}")
    return scores


def _alerts(desk: Desk, org: str = CITY) -> Iterator[tuple[str, str, float]]:
    for month in LAST.trailing_months(MONTHS):
        begun = time.perf_counter()
        found = desk.detect(org, month).findings
        spent = time.perf_counter() - begun
        yield from ((finding.org, month.code, spent) for finding in found)


def _detected(desk: Desk, events: list[dict[str, Any]], name: str) -> Iterator[Score]:
    alerts = {(org, month): spent for org, month, spent in _alerts(desk)}
    lasting = {(item["org_code"], month) for item in events for month in item.get("months", {item["ym"]: None})}
    for item in events:
        place = (item["org_code"], item["ym"])
        wrong = "" if place in alerts else f"没有发现 {place[0]} {place[1]} 的{item['cause']}"
        yield Score(f"{name}.{item['cause']}", "detected", wrong, seconds=alerts.get(place, 0.0))
    for place in alerts:
        wrong = "" if place in lasting else f"{place[0]} {place[1]} 没有植入事件"
        yield Score(f"{name}.{place[0]}.{place[1]}", "justified", wrong)


def _explained(desk: Desk, item: dict[str, Any], name: str) -> list[Score]:
    begun = time.perf_counter()
    body = desk.explain("A02", item["org_code"], Period.parse(item["ym"]))
    spent = time.perf_counter() - begun
    effects = {
        fact.by.key: float(fact.value)
        for fact in body.facts
        if fact.by and fact.by.dim == "cause" and fact.unit == "kWh" and fact.value is not None
    }
    cause, planted = item["cause"], -float(item["kwh"])
    causes = {key: value for key, value in effects.items() if key != "residual"}
    top = min(causes, key=lambda key: causes[key]) if causes else ""
    off = effects.get(cause, 0.0) / planted - 1
    ranked = [fact.by.key for fact in body.facts if fact.by and fact.by.dim == "dimension" and fact.name == "净变动度"]
    first = ranked[0] if ranked else ""
    return [
        Score(
            f"{name}.{cause}", "top_cause", "" if top == cause else f"首因为{top or '无'}，应为{cause}", seconds=spent
        ),
        Score(
            f"{name}.{cause}",
            "dimension",
            "" if first in DIMENSIONS[cause] else f"先看{first or '无'}，应为{'、'.join(sorted(DIMENSIONS[cause]))}",
        ),
        Score(f"{name}.{cause}", "energy", "" if abs(off) <= CLOSE else f"电量偏差{off:+.1%}"),
    ]


def _fallen(desk: Desk, key: dict[str, list[dict[str, Any]]], name: str) -> Iterator[Score]:
    """Customers that stop or shrink are named by the monthly screening of the city while they do so (a quarter later at
    the latest); ten of a kind are named a month."""
    months = LAST.trailing_months(MONTHS)
    named = {
        month.code: {
            fact.by.key
            for fact in desk.screen(CITY, month).facts
            if fact.name == "偏离幅度" and fact.by and fact.value is not None and fact.value < 0
        }
        for month in months
    }
    spans = [
        (who, item["ym"], item["ym"]) for item in key["events"] if item.get("cause") == "H5" for who in item["ids"]
    ]
    spans += [
        (item["ids"][0], item["precursor_start"][:7], item["leave_date"][:7])
        for item in key["churn"] if item.get("label") == 1
    ]  # fmt: skip
    for who, since, until in spans:
        first, last = Period.parse(since), Period.parse(until)
        while_it_lasts = [m.code for m in months if first.start <= m.start and m.start <= shift_months(last.start, 2)]
        if not while_it_lasts or first.start < months[0].start:
            continue
        wrong = "" if any(who in named[code] for code in while_it_lasts) else f"{who} 自 {since} 起没有被筛出"
        yield Score(f"{name}.{who}", "fallen", wrong)


def _leavers(desk: Desk, key: list[dict[str, Any]], day: date, name: str) -> Iterator[Score]:
    begun = time.perf_counter()
    facts = [fact for fact in desk.churn(CITY, day).facts if fact.name == "流失风险分" and fact.by]
    spent = time.perf_counter() - begun
    ranked = [fact.by.key for fact in facts if fact.by]
    leaving = [
        item["ids"][0]
        for item in key
        if item.get("label") == 1 and day < date.fromisoformat(item["leave_date"]) <= day + HORIZON
    ]
    tenth = max(1, round(_big(desk, day) * 0.1))
    for customer in leaving:
        wrong = "" if customer in ranked[:tenth] else f"{customer} 不在前 {tenth} 名"
        yield Score(f"{name}.{customer}", "leavers", wrong, seconds=spent)


def _big(desk: Desk, day: date) -> int:
    """Big customers of the city on supply at the end of a day."""
    from tools.analysis.churn.book import read_book
    from tools.analysis.churn.signals import signals

    book = read_book(desk.bench(), CITY, day)
    return 0 if isinstance(book, str) else len(signals(book).raw)


def _quiet(desk: Desk, name: str) -> Iterator[Score]:
    """`quiet`: at most one alert a unit and month, the stations' own alerts counted with their county's. `silent`: none
    at all of a county in a month, which is stricter."""
    tree = desk.bench().tree
    counties = [unit.code for unit in tree.children(CITY)]
    above = [(org, code) for org, code, _ in _alerts(desk)]
    below = [(county, code) for county in counties for org, code, _ in _alerts(desk, county) if org != county]
    for county in counties:
        for month in LAST.trailing_months(MONTHS):
            place = (county, month.code)
            many = above.count(place) + below.count(place)
            yield Score(f"{name}.{county}.{month.code}", "quiet", f"无事月份报了 {many} 次异常" if many > 1 else "")
            yield Score(f"{name}.{county}.{month.code}", "silent", "无事月份报了异常" if place in above else "")
