"""The tables of requests: every phrase is read as its row says. They are the regression set of understanding."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.events import Understood
from agent.understanding import Context, read
from core.domain.actor import Actor, Role
from core.domain.org import Org, OrgTree
from core.domain.period import Period
from knowledge.catalog import catalog

CASES = Path(__file__).parents[2] / "cases" / "understanding"
TODAY = "2026-11-05"
_COUNTIES = {
    "9940101": ("清河区", ("青石", "柳浦", "桥头", "文苑")),
    "9940102": ("东陵县", ("陵阳", "茶岭", "石塘")),
    "9940103": ("临江市", ("江口", "沙洲", "港北", "新坝")),
    "9940104": ("望湖区", ("望湖", "荷塘", "云栖")),
}


def province() -> OrgTree:
    orgs = [Org(code="99401", name="国网云州供电公司", level="city")]
    for code, (area, stations) in _COUNTIES.items():
        orgs.append(Org(code=code, name=f"国网云州{area}供电公司", parent="99401", level="county"))
        orgs += [
            Org(code=f"{code}{number:02d}", name=f"{name}供电所", parent=code, level="station")
            for number, name in enumerate(stations, start=1)
        ]
    return OrgTree(orgs=tuple(orgs))


TREE = province()
NAMES = tuple(org.name for org in TREE.orgs)
ACTORS = {
    "city": Actor(user="analyst01", name="分析师", role=Role.ANALYST, org="99401"),
    "county": Actor(user="staff01", name="业务人员", role=Role.STAFF, org="9940104"),
    "admin": Actor(user="sysadmin01", name="管理员", role=Role.SYSADMIN, org="99401"),
}


def ask(text: str, actor: str = "city", today: str = TODAY, context: Context | None = None) -> Understood:
    who = ACTORS[actor]
    scope = OrgTree(orgs=tuple(org for org in TREE.orgs if org.code.startswith(who.org)))
    known = (context or Context()).model_copy(update={"known_names": NAMES})
    return read(text, today=date.fromisoformat(today), actor=who, tree=scope, indicators=catalog(), context=known)


def table(name: str) -> list[dict[str, Any]]:
    data = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    default = data.get("today", TODAY)
    return [{"today": default, **case} for case in data["cases"]]


def ident(case: dict[str, Any]) -> str:
    text = case.get("text") if "text" in case else case["turns"][0]["text"]
    return f"{case.get('as', '')}{text}"[:40]


def same_period(found: Period | None, wanted: object) -> bool:
    period = Period.parse(str(wanted))
    return found is not None and (found.start, found.end) == (period.start, period.end)


def check(understood: Understood, case: dict[str, Any]) -> None:
    said = understood.model_dump_json()
    for name in ("intent", "indicator", "org", "by", "compare", "template", "top", "order", "submit", "query"):
        if name in case:
            assert getattr(understood, name) == case[name], f"{name}: {said}"
    if "period" in case:
        assert same_period(understood.period, case["period"]), said
    if "assumed" in case:
        assert case["assumed"] in "；".join(understood.assumed), said
    if "clarify" in case:
        assert case["clarify"] in (understood.clarify or ""), said
    if case.get("ask") in {"indicator", "org"}:
        assert understood.clarify and understood.choices and understood.choices[0].slot == case["ask"], said
    elif "clarify" not in case and case.get("intent") not in {"unclear", "refuse"}:
        assert not understood.clarify and not understood.refusal, said
    if case.get("intent") == "refuse":
        assert understood.refusal, said


@pytest.mark.parametrize("case", table("periods") + table("today"), ids=ident)
def test_period(case: dict[str, Any]) -> None:
    understood = ask(f"{case['text']}售电量", today=case["today"])
    if case.get("future"):
        assert understood.intent == "refuse" and "还没有到" in (understood.refusal or ""), understood
    elif "ask" in case:
        assert case["ask"] in (understood.clarify or ""), understood
    else:
        check(understood, {"indicator": "A02", **case})


@pytest.mark.parametrize("case", table("orgs"), ids=ident)
def test_org(case: dict[str, Any]) -> None:
    understood = ask(f"{case['text']} 10月售电量", case.get("as", "city"))
    if "refuse" in case:
        assert understood.intent == "refuse" and case["refuse"] in (understood.refusal or ""), understood
        assert "望湖区" in (understood.refusal or ""), understood
    elif "denied" in case:
        assert understood.intent == "refuse" and "权限" in (understood.refusal or ""), understood
        assert case["denied"] in (understood.refusal or ""), understood
    elif "ask" in case:
        assert case["ask"] in (understood.clarify or "") and understood.choices, understood
    else:
        check(understood, {"intent": "query" if isinstance(case["org"], str) else understood.intent, **case})


@pytest.mark.parametrize("case", table("indicators"), ids=ident)
def test_indicator(case: dict[str, Any]) -> None:
    for text in (f"望湖区2026年10月{case['text']}", f"{case['text']}"):
        understood = ask(text)
        if "refuse" in case:
            assert understood.intent == "refuse" and case["refuse"] in (understood.refusal or ""), understood
        elif "ask" in case:
            assert [choice.value for choice in understood.choices] == case["ask"], understood
            assert understood.clarify, understood
        else:
            check(understood, case)


@pytest.mark.parametrize("case", table("intents") + table("phrasings"), ids=ident)
def test_intent(case: dict[str, Any]) -> None:
    check(ask(case["text"], case.get("as", "city")), case)


@pytest.mark.parametrize("case", table("refusals"), ids=ident)
def test_refusal(case: dict[str, Any]) -> None:
    understood = ask(case["text"])
    if case.get("allowed"):
        assert understood.intent != "refuse", understood
    else:
        assert understood.intent == "refuse" and case["sentence"] in (understood.refusal or ""), understood


@pytest.mark.parametrize("case", table("dialogs"), ids=ident)
def test_dialog(case: dict[str, Any]) -> None:
    context = Context()
    for turn in case["turns"]:
        understood = ask(turn["text"], case.get("as", "city"), context=context)
        check(understood, turn)
        context = Context.model_validate_json(context.after(turn["text"], understood).model_dump_json())


def test_the_tables_hold_three_hundred_phrases() -> None:
    single = sum(
        len(table(name)) for name in ("periods", "today", "orgs", "indicators", "intents", "phrasings", "refusals")
    )
    assert single + sum(len(case["turns"]) for case in table("dialogs")) >= 300
