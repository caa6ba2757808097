"""A model's slots are held against the sentence: what it names stands, what it does not hold is dropped."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from agent.grounding import grounded
from agent.planning import Slots
from agent.understanding import Context
from agent.understanding.moments import Clock
from agent.understanding.normal import normalise
from agent.understanding.slots import read_slots
from core.domain.org import Org, OrgTree
from knowledge.catalog import catalog

TREE = OrgTree(
    orgs=(
        Org(code="99401", name="国网云州供电公司", level="city"),
        Org(code="9940101", name="国网云州清河区供电公司", parent="99401"),
        Org(code="9940104", name="国网云州望湖区供电公司", parent="99401"),
    )
)


def held(text: str, **said: Any) -> dict[str, Any]:
    """The slots that stand of what a model said."""
    clock = Clock(today=date(2026, 11, 23))
    words = read_slots(normalise(text), clock, "99401", TREE, catalog(), Context())
    return grounded(Slots(**({"intent": "query"} | said)).model_dump(), words, catalog(), TREE)


@pytest.mark.parametrize(
    ("text", "said", "stands"),
    [
        (
            "清河的几个所10月哪家欠费最少",
            {"intent": "compare", "indicator": ["欠费余额"], "org": ["全市", "清河区"], "period": "9月"},
            {"intent": "rank", "org": ["清河区"], "period": "", "by": "单位"},
        ),
        ("截止9月末全市累计电费回收率", {"indicator": ["当月电费回收率"]}, {"indicator": ["累计电费回收率"]}),
        ("清河10月的SAIFI", {"indicator": ["售电收入"]}, {"indicator": ["用户平均停电次数"]}),
        ("全市10月售电收入较上月增减", {"intent": "compare", "compare": "同比"}, {"compare": "环比"}),
        (
            "清河和望湖10月谁的投诉多",
            {"intent": "compare", "org": ["清河", "望湖"], "compare": "同比"},
            {"compare": ""},
        ),
        ("给我列一下10月各县的欠费余额", {"by": ""}, {"intent": "breakdown", "by": "单位"}),
        ("望湖10月用电大户前十", {"intent": "rank", "by": "单位"}, {"intent": "rank", "by": "客户"}),
        ("全市10月费控复电成功率", {"intent": "search"}, {"intent": "query"}),
        ("频繁停电台区的判定标准", {"intent": "explain"}, {"intent": "search"}),
        ("清河10月频停台区有多少", {"intent": "rank", "by": "台区"}, {"intent": "query", "by": ""}),
        ("清河10月欠费清收专题材料", {"intent": "query"}, {"intent": "report", "report": "电费回收专项"}),
        ("全市去年前十个月售电量", {"intent": "rank", "by": "单位"}, {"intent": "query"}),
        ("清河区各所10月投诉量对比", {"intent": "compare", "compare": "同比"}, {"intent": "breakdown", "by": "单位"}),
        ("清河10月停电都是什么原因造成的，各占多少", {"intent": "explain"}, {"intent": "breakdown", "by": "停电原因"}),
        ("有没有去年的年度总结可以参考", {"intent": "query"}, {"intent": "search", "indicator": []}),
        ("清河9月采集成功率咋这么低", {"intent": "detect"}, {"intent": "explain"}),
        ("望湖区10月中旬采集成功率", {"intent": "breakdown", "by": "单位"}, {"intent": "query", "by": ""}),
        ("用R8模板做一份清河区10月的", {"intent": "unclear"}, {"intent": "report", "org": ["云州清河区"]}),
        ("全市二季度电费回收率", {"intent": "forecast"}, {"intent": "query"}),
        ("费控复电成功率的口径", {"intent": "search"}, {"intent": "search"}),
        ("有没有线损分析的报告模板", {"intent": "search", "indicator": ["综合线损率"]}, {"indicator": []}),
        ("清河上个月有没有偷电嫌疑的户", {"intent": "detect", "indicator": ["售电量"]}, {"indicator": []}),
        (
            "生成云州公司10月电费回收分析报告",
            {"intent": "query", "indicator": ["当月电费回收率"]},
            {"intent": "report", "report": "电费回收专项"},
        ),
        ("东陵区10月卖电多少", {"org": ["东陵区"], "indicator": ["售电量"]}, {"org": ["东陵区"]}),
        (
            "清河10月投诉量比去年多了几件",
            {"intent": "compare", "indicator": ["投诉量"], "org": ["清河"], "period": "１０月", "compare": "同比"},
            {"intent": "compare", "indicator": ["投诉量"], "org": ["清河"], "period": "１０月", "compare": "同比"},
        ),
    ],
)
def test_the_words_of_the_sentence_stand(text: str, said: dict[str, Any], stands: dict[str, Any]) -> None:
    made = held(text, **said)
    assert {name: made[name] for name in stands} == stands
