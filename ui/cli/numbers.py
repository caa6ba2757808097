"""`gma indicator | detect | explain | screen | churn | campaign | search`: one question, no conversation."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date

from agent.desk import Body, Desk
from core.domain.period import Period
from core.domain.tokens import plain
from core.errors import BadRequest
from core.settings import Settings
from ui.cli.output import emit
from ui.cli.session import open_runner


def indicator(arguments: argparse.Namespace) -> int:
    with open_runner() as runner:
        desk = Desk.open(runner, arguments.user)
        body = desk.indicator(arguments.code, arguments.org, period_of(arguments.period), arguments.by)
    return show(body, arguments.json)


def detect(arguments: argparse.Namespace) -> int:
    with open_runner() as runner:
        body = Desk.open(runner, arguments.user).detect(arguments.org, period_of(arguments.period), arguments.by)
    return show(body, arguments.json)


def explain(arguments: argparse.Namespace) -> int:
    with open_runner() as runner:
        desk = Desk.open(runner, arguments.user)
        body = desk.explain(arguments.indicator, arguments.org, period_of(arguments.period), arguments.by)
    return show(body, arguments.json)


def churn(arguments: argparse.Namespace) -> int:
    try:
        as_of = date.fromisoformat(arguments.as_of)
    except ValueError as error:
        raise BadRequest(f"「{arguments.as_of}」不是日期。", "请写成 2026-10-31。") from error
    with open_runner() as runner:
        body = Desk.open(runner, arguments.user).churn(arguments.org, as_of)
    return show(body, arguments.json)


def campaign(arguments: argparse.Namespace) -> int:
    from knowledge.strategies import strategies
    from tools.analysis.campaign import ONLY_ORDER
    from tools.analysis.learned.tables import read_table
    from tools.analysis.measure_effect import NO_CAUSE, effects

    changed = effects(read_table(arguments.outcomes)) if arguments.outcomes else []
    with open_runner() as runner:
        body = Desk.open(runner, arguments.user).campaign(arguments.org, period_of(arguments.period))
    if arguments.json:
        told = {
            "only_order": ONLY_ORDER,
            "compliance": strategies().compliance,
            "effects": [vars(one) for one in changed],
        }
        emit(body.json() | told)
        return 0 if body.succeeded else 1
    facts = {fact.id: fact for fact in body.facts}
    for place, finding in enumerate(body.findings, start=1):
        print(f"{place}. ［{finding.severity}］{finding.title}：{plain(finding.text, facts)}")
    print(f"{ONLY_ORDER}。\n{strategies().compliance}" if body.findings else "没有达到预警线的大客户。")
    if changed:
        print("\n".join(["所给对照表的效果估计：", *(one.said() for one in changed), NO_CAUSE]))
    return 0 if body.succeeded else 1


def screen(arguments: argparse.Namespace) -> int:
    settings = Settings()
    if arguments.engine:
        settings = settings.model_copy(update={"source_marketing_url": arguments.engine})
    with open_runner(settings) as runner:
        body = Desk.open(runner, arguments.user).screen(arguments.org, period_of(arguments.period))
    return show(body, arguments.json)


def search(arguments: argparse.Namespace) -> int:
    with open_runner() as runner:
        body = Desk.open(runner, arguments.user).search(arguments.text)
    if arguments.json:
        emit(body)
        return 0
    for hit in body["hits"]:
        print(f"{hit['title']}  〔{hit['kind']}〕\n  {hit['text'][:80]}")
    if not body["hits"]:
        print("没有找到相关内容。")
    return 0


def period_of(text: str) -> Period:
    """A period as people write it; BadRequest in Chinese for any other text."""
    try:
        return Period.parse(text)
    except ValueError as error:
        raise BadRequest(str(error).split("\n")[0]) from error


def needed(given: Mapping[str, str | None], example: str) -> None:
    """Raise BadRequest that names every option without a value, with an example."""
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise BadRequest(f"缺少 {'、'.join(missing)}。", example)


def show(body: Body, as_json: bool) -> int:
    """Print the facts and findings of one question; the exit code."""
    if as_json:
        emit(body.json())
    else:
        facts = {fact.id: fact for fact in body.facts}
        for fact in body.facts:
            words = "，".join(
                f"{{{{{fact.id}.{field}}}}}" for field in ("yoy", "mom") if getattr(fact.compare, field) is not None
            )
            label = f"{fact.by.label}　" if fact.by else ""
            print(
                label
                + plain(f"{{{{{fact.id}.name}}}} {{{{{fact.id}}}}} {words}", facts)
                + (f"　{fact.reason}" if fact.reason else "")
            )
        if not body.facts and not body.findings:
            print(body.extra.get("analysis", "没有结果"))
        for finding in body.findings:
            print(f"［{finding.severity}］{finding.title}：{plain(finding.text, facts)}")
    return 0 if body.succeeded else 1
