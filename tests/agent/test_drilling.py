"""再往下看 and 为什么不是天气: what they mean depends on what was just told."""

from __future__ import annotations

from datetime import date

import pytest

from agent.events import Understood
from agent.understanding.context import Context
from agent.understanding.deeper import DEEPER
from agent.understanding.drilling import follow_up
from agent.understanding.reading import read
from core.domain.actor import Actor, Role
from core.domain.org import Org, OrgTree
from core.domain.period import Period
from knowledge.catalog import catalog
from tools.analysis.dimension_choice import LABELS

COUNTY = "9940104"
TREE = OrgTree(
    orgs=(
        Org(code=COUNTY, name="国网云州望湖区供电公司", level="county"),
        Org(code="994010401", name="望湖供电所", parent=COUNTY, level="station"),
    )
)


def told(intent: str, by: str | None = None) -> Context:
    return Context(intent=intent, org=(COUNTY,), period=Period.month(2026, 10), indicator=("A02",), by=by)


@pytest.mark.parametrize("text", ["再往下看", "往下看", "继续往下看", "请再往下一层看", "下钻", "再细一层", "继续深挖"])
def test_each_turn_takes_the_next_dimension_of_the_ranking(text: str) -> None:
    context = told("explain")
    for step in range(len(LABELS)):
        found = follow_up(text, context)
        assert found is not None and found.intent == "explain" and found.query == DEEPER and found.by is None
        assert found.drilled == ("",) * step
        context = context.after(text, found)
    last = follow_up(text, context)
    assert last is not None and last.clarify and "不能再往下" in last.clarify
    again = context.after("为什么下降", Understood(intent="explain", indicator="A02"))
    assert again.drilled == (), "another question begins anew"


def test_a_named_level_is_a_step_of_its_own() -> None:
    context = told("explain")
    for text, by in (("往下看台区", "tg"), ("再往下看", None), ("再往下看电压等级", "voltage")):
        found = follow_up(text, context)
        assert found is not None and found.by == by
        context = context.after(text, found)
    assert context.drilled == ("tg", "", "voltage")


def test_anomalies_go_down_their_own_levels_and_a_named_level_is_taken() -> None:
    seen = [follow_up("再往下看", told("detect", by)) for by in (None, "line", "tg")]
    assert [found and (found.intent, found.by) for found in seen] == [
        ("detect", "line"), ("detect", "tg"), ("detect", "customer"),
    ]  # fmt: skip
    named = follow_up("往下看台区", told("explain"))
    assert named is not None and named.by == "tg"


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("为什么不是天气", "天气"),
        ("为什么不是气温的原因", "天气"),
        ("是不是停电造成的", "停电"),
        ("会不会是采集缺数", "数据"),
        ("跟光伏有关吗", "光伏"),
        ("是不是春节的影响", "日历"),
    ],
)
def test_a_suspect_is_asked_about(text: str, about: str) -> None:
    actor = Actor(user="a", name="a", role=Role.ANALYST, org=COUNTY)
    found = read(
        text, today=date(2026, 11, 23), actor=actor, tree=TREE, indicators=catalog(), context=told("detect", "tg")
    )
    assert (found.intent, found.query, found.org, found.indicator) == ("explain", about, COUNTY, "A02")


def test_without_something_told_they_are_ordinary_sentences() -> None:
    actor = Actor(user="a", name="a", role=Role.ANALYST, org=COUNTY)
    assert follow_up("再往下看", Context()) is None
    assert follow_up("再往下看", told("query")) is None
    found = read("今天天气怎么样", today=date(2026, 11, 23), actor=actor, tree=TREE, indicators=catalog(),
                 context=told("detect"))  # fmt: skip
    assert found.refusal, "the weather itself stays nobody's business"


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("望湖区10月客户用电异常", "customer"),
        ("望湖区10月线路用电异常", "line"),
        ("望湖区10月台区用电异常", "tg"),
        ("望湖区10月用电异常", None),
    ],
)
def test_a_level_in_the_name_of_the_anomaly_is_taken(text: str, by: str | None) -> None:
    actor = Actor(user="a", name="a", role=Role.ANALYST, org=COUNTY)
    found = read(text, today=date(2026, 11, 23), actor=actor, tree=TREE, indicators=catalog(), context=Context())
    assert (found.intent, found.by) == ("detect", by)
