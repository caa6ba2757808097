"""What a sentence itself says outweighs what a language model made of it: slots are held against the words.

The model is asked for what the words leave open: which kind of question it is, and what a roundabout phrase means.
"""

from __future__ import annotations

import re
from typing import Any

from agent.understanding import intents
from agent.understanding.dimensions import SPLIT_BY_CAUSE
from agent.understanding.glossary import IndicatorLookup
from agent.understanding.normal import normalise
from agent.understanding.slots import Slots
from agent.understanding.unit_names import unit_names
from core.domain.org import OrgTree

SPLITS = {
    "org": "单位",
    "industry": "行业",
    "tariff_class": "用电类别",
    "voltage": "电压等级",
    "tg": "台区",
    "customer": "客户",
    "month": "月",
    "day": "日",
    "biz_type": "业务类型",
    "cause": "停电原因",
}
COMPARES = {"yoy": "同比", "mom": "环比", "ytd": "累计"}
REPORTS = {
    "R1": "月报",
    "R2": "周报",
    "R3": "用电异常专题",
    "R4": "季度经营规划",
    "R5": "大客户流失预警与挽回方案",
    "R6": "电费回收专项",
    "R7": "优质服务分析",
    "R8": "线损分析专题",
}
_SUFFIX = re.compile(r"(?:供电)?(?:公司|所)$|[县区市]$")
_AGAINST = re.compile(r"同比|环比|同期|比|差|变|增|减|涨|跌|升|降|去年|上年|上月|上期")
_CHANGED = re.compile(r"同比|环比|同期|去年|上年|上月|上期|往年|增|减|变|涨|跌|升|降|多了|少了")
_EACH = re.compile(r"[各每分按逐拆]|构成|结构|明细|走势|趋势|分布|占比|哪|列")
_LOOKED_UP = re.compile(
    r"口径|定义|怎么算|如何算|计算|公式|什么叫|什么是|意思|含义|指的|算不算|包不包|包括|标准|规定|要求|模板|"
    r"取数|哪儿取|来源|怎么写|写法|以前|往期|历史|上次|有没有.{0,8}(?:报告|经验)|报告|流程|状态|解释"
)
_DEFINED = re.compile(
    r"口径|定义|公式|怎么算|如何算|(?:判定|认定|计算|统计)(?:的)?(?:标准|方法|规则)|什么意思|什么叫|含义"
)
_ORDERED = re.compile(r"最|排|前(?!.{1,3}个?月)|后(?!.{1,3}个?月)|倒数|末|头|谁|哪|名|高低|多少到|top")
_PAPER = re.compile(r"(?:材料|报告|月报|周报|季报|专题|方案|总结|简报)[。!?吧]*$")
_HAD = re.compile(r"(?:有没有|有无|是否有|找).{0,12}(?:报告|总结|模板|方案|材料|经验)")
_DOCUMENTS = re.compile(r"模板|报告|月报|周报|专题|方案|总结|材料")
_FREE = {"detect", "churn", "report"}
"""Kinds of request that need no indicator: one that the sentence does not name is the model's own."""


def grounded(slots: dict[str, Any], words: Slots, lookup: IndicatorLookup, tree: OrgTree) -> dict[str, Any]:
    """The model's slots as they may stand, by the same names. `words` are the readings of the same sentence.

    Units and periods that the sentence does not hold are made up and left out; a name that is no unit of `tree` stays,
    so that the resolvers refuse it rather than answer for another. Indicators, comparisons and splits that the
    sentence names are taken from it.
    """
    clean = words.text
    ours = {unit.core for unit in unit_names(tree)} | {"全", "全公司"}
    org = [name for name in slots["org"] if (core := _SUFFIX.sub("", normalise(name))) in clean or core not in ours]
    if not org:
        org = [found.short for code in words.orgs.codes if (found := tree.get(code.split("|")[0]))]
    made = slots | {"org": org, "period": slots["period"] if normalise(slots["period"]) in clean else ""}
    made["compare"] = COMPARES.get(words.periods.compare or "", made["compare"] if _CHANGED.search(clean) else "")
    if words.periods.compare is None and len(org) > 1:
        made["compare"] = ""
    by = words.dims.by or ("org" if words.orgs.each else None)
    by = "cause" if re.search(SPLIT_BY_CAUSE, clean) else by
    made["by"] = SPLITS.get(by or "", made["by"])
    made["intent"] = _kind(made, words, named=by is not None)
    if made["intent"] in _FREE:
        made["compare"] = COMPARES.get(words.periods.compare or "", "")
    if made["intent"] == "report":
        known, named = intents.template(clean)
        made["report"] = REPORTS.get(known, made["report"]) if named else made["report"]
    if made["intent"] == "query":
        made["by"] = ""
    made["indicator"] = _indicators(made, words, lookup)
    return made


def _kind(made: dict[str, Any], words: Slots, *, named: bool) -> str:
    """The model's kind of question, unless the words rule it out."""
    clean, kind = words.text, str(made["intent"])
    if _HAD.search(clean):
        return "search"
    if intents.wants_report(clean, words.rest) or (kind != "search" and _PAPER.search(clean)):
        return "report"
    asked = intents.question(clean, compare=None, ranked=False, by=None, orgs=len(made["org"]))
    if asked == "explain" and kind not in {"search", "churn", "forecast"} and not _DEFINED.search(clean):
        return "breakdown" if made["by"] == SPLITS["cause"] else "explain"
    if kind in {"query", "explain", "compare"} and _DEFINED.search(clean):
        return "search"
    if kind == "forecast" and not intents.says_forecast(clean):
        kind = "query"
    if kind == "search" and not _LOOKED_UP.search(clean):
        kind = "query"
    if kind == "compare" and len(made["org"]) < 2 and not made["compare"] and not _AGAINST.search(clean):
        made["by"] = made["by"] or "单位"
        kind = "rank"
    if kind == "breakdown" and not named and not _EACH.search(clean):
        kind = "query"
    if kind == "rank" and not words.dims.ranked and not _ORDERED.search(clean):
        kind = "query"
    if kind in {"query", "breakdown", "compare"} and words.dims.ranked and len(made["org"]) < 2:
        made["by"] = made["by"] or "单位"
        return "rank"
    if named and not made["compare"] and (kind == "compare" or made["by"] == SPLITS["cause"]):
        return "breakdown"
    if kind == "query" and (named or (made["by"] and _EACH.search(clean))):
        return "breakdown"
    return kind


def _indicators(made: dict[str, Any], words: Slots, lookup: IndicatorLookup) -> list[str]:
    read = words.indicators
    codes = read.codes or read.choices[:1]
    if made["intent"] == "search" and _DOCUMENTS.search(words.text):
        return []
    if codes:
        return [lookup.indicators[code].name for code in codes if code in lookup.indicators]
    return [] if made["intent"] in _FREE else list(made["indicator"])
