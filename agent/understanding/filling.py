"""Slots to `Understood`: the intent, what is inherited, what is assumed, what must be asked and what is refused."""

from __future__ import annotations

import re
from dataclasses import replace

from agent.events import Understood
from agent.understanding import intents, units
from agent.understanding.conditions import apply_members, check_split
from agent.understanding.context import DATA_INTENTS, Context
from agent.understanding.draft import Draft, one_or_list
from agent.understanding.glossary import IndicatorLookup
from agent.understanding.leftover import unknown_words
from agent.understanding.moments import Clock
from agent.understanding.safety import CAN
from agent.understanding.settling import settle_indicator, settle_period
from agent.understanding.slots import Slots
from agent.understanding.strangers import find_unknown
from core.domain.actor import Actor
from core.domain.org import OrgTree

_GROWTH = re.compile(
    r"增速|增长率|增幅|降幅|涨幅|跌幅|变化(?:最|率)|(?:进步|改善|提升|退步)(?:得|幅度|的)?最|(?:增长|增加|下降|上升|下滑|降低|减少|涨|跌|"
    r"降|升)(?:得|幅度|的)?(?:最|较|超过|前|后)"
)
_DRAW = re.compile(
    r"画(?:个|一?张|成|出)?.{0,3}图|做(?:个|一?张).{0,3}图|图表|可视化|柱状图|折线图|饼图|再(?:查|"
    r"算|看)一[次遍]|^继续$"
)
_ADDED = re.compile(r"^(?:再|还)?(?:加上?|带上|算上|连上|把.{1,8}(?:加上|也算上))")
_BESIDE = re.compile(
    r"^(?:那|再|还)?(?:跟|和|与|同|对比|比起?)[^,。]{1,10}?(?:相比|比较|对比|比一?比|比一?下|比|一起|一块儿?|放一起|并列)"
    r"(?:呢|怎么?样|如何|看看|看一?下|看)?[?。!]?$"
)
"""跟清河比呢: the units of the conversation beside the one that is named."""
_BOTH = re.compile(
    r"^(?:那|把)?(?:这|那)?(?:两|俩|2)(?:个|家)?(?:所|县|单位|公司|区|家)?(?:放一起)?(?:对比|比较|比一?比|比)"
)
"""两个所比一下: the unit of this turn and the one before it."""
_SHARE = re.compile(r"占.{0,10}(?:比例|比重|占比|百分之几|几成|多少)")


def fill(
    slots: Slots,
    *,
    clock: Clock,
    actor: Actor,
    tree: OrgTree,
    lookup: IndicatorLookup,
    context: Context,
    settled: dict[str, str],
) -> Understood:
    """Decide the intent of a reading and complete its slots."""
    draft = Draft(slots, clock, actor, tree, lookup, context, settled)
    act = intents.action(slots.text, slots.verbs, bool(context.report), bool(slots.indicators.codes))
    if act and act != "report":
        return _act(draft, act)
    if not actor.reads_data:
        return draft.refuse(f"{actor.role.label}负责系统管理，不查看业务数据。请用业务账号提问。")
    if act == "report":
        return _report(draft)
    return _data(draft)


def _act(draft: Draft, act: str) -> Understood:
    """Acts on a report, and searches: only what the sentence itself names is filled in."""
    slots, context = draft.slots, draft.context
    draft.intent = act
    draft.values["query"] = slots.text
    draft.values["report"] = _report_id(slots.text) or (context.report if act != "search" else None)
    if slots.indicators.codes and act == "search":
        draft.values["indicator"] = one_or_list(slots.indicators.codes)
    elif slots.indicators.choices and act == "search" and not re.search(r"模板|报告|月报|专题", slots.text):
        draft.values["indicator"] = list(slots.indicators.choices)
    if slots.orgs.codes:
        draft.values["org"] = one_or_list(tuple(code.split("|")[0] for code in slots.orgs.codes))
    if slots.periods.period and not slots.periods.future:
        draft.values["period"] = slots.periods.period
    named, found = intents.template(slots.text)
    if found and act == "search" and re.search(r"报|模板|专题|方案|总结", slots.text):
        draft.values["template"] = named
    if act == "export":
        draft.values["query"] = intents.export_format(slots.text) or "docx"
    return draft.done()


def _report_id(text: str) -> str | None:
    match = re.search(r"(?<![a-z0-9])(?:rpt|r)-?\d{3,}[a-z0-9-]*", text)
    return match.group().upper() if match else None


def _report(draft: Draft) -> Understood:
    slots = draft.slots
    draft.intent = "report"
    template, named = intents.template(slots.text)
    period = slots.periods.period
    if not named and period:
        template = {"week": "R2", "quarter": "R4"}.get(period.grain, "R1")
    monthly = period is not None and period.grain == "month"
    if template == "R4" and monthly and not re.search(r"季|规划|市场分析", slots.text):
        template = "R1"
    if not named and template == "R1":
        draft.assumed.append("未指明报告类型，按月度营销指标分析报告")
    draft.values.update(template=template, submit=intents.wants_submit(slots.verbs))
    if slots.indicators.codes and not slots.indicators.group:
        draft.values["indicator"] = one_or_list(slots.indicators.codes)
    wanted = intents.export_format(slots.text)
    if wanted:
        draft.values["query"] = wanted
    stop = units.settle_orgs(draft, inherit=True) or settle_period(draft, template)
    return stop or draft.done()


def _data(draft: Draft) -> Understood:
    _add_units(draft)
    slots, context = draft.slots, draft.context
    kind = intents.question(
        slots.verbs,
        whole=slots.text,
        compare=slots.periods.compare,
        ranked=slots.dims.ranked,
        by=slots.dims.by,
        orgs=len(slots.orgs.codes),
    )
    codes = slots.indicators.codes
    if (
        slots.dims.ranked
        and codes
        and codes[0].startswith("A11")
        and not slots.dims.by
        and not slots.dims.top
        and kind == "rank"
    ):
        kind = None
    if kind == "churn" and "H05.lost" in codes:
        kind = None
    if _SHARE.search(slots.text) and len(slots.orgs.codes) == 2 and codes:
        return _share(draft)
    if kind == "churn" and any(code in {"H05", "H06"} for code in codes) and not re.search(r"流失|挽", slots.verbs):
        kind = None
    stranger = find_unknown(draft, kind)
    if stranger:
        return stranger
    follow_up = context.intent is not None and _is_follow_up(slots)
    if kind is None and context.intent == "report" and follow_up and not codes:
        return _report_again(draft)
    draft.intent = _intent(draft, kind, follow_up)
    if draft.intent == "detect" and slots.indicators.group:
        draft.slots = slots = replace(slots, indicators=replace(slots.indicators, codes=()))
    if draft.intent == "unclear":
        return _unclear(draft)
    _carry(draft, follow_up)
    apply_members(draft)
    stop = settle_indicator(draft) or units.settle_orgs(draft, inherit=True) or settle_period(draft, None)
    if stop:
        return stop
    draft.assumed.extend(slots.indicators.assumed)
    return check_split(draft) or draft.done()


def _add_units(draft: Draft) -> None:
    """加上清河, 跟清河比: the units of the conversation and the new one, compared or listed together."""
    slots, before = draft.slots, draft.context.org
    if len(before) == len(draft.context.earlier) == 1 and _BOTH.match(slots.text) and not slots.orgs.codes:
        codes: tuple[str, ...] = (*draft.context.earlier, *before)
        draft.slots = replace(
            slots, orgs=replace(slots.orgs, codes=codes, each=False), dims=replace(slots.dims, by=None)
        )
        return
    beside = _BESIDE.match(slots.text) and not set(slots.orgs.codes) & set(before)
    if before and slots.orgs.codes and (_ADDED.match(slots.text) or beside):
        codes = tuple(dict.fromkeys((*before, *slots.orgs.codes)))
        draft.slots = replace(slots, orgs=replace(slots.orgs, codes=codes))


def _share(draft: Draft) -> Understood:
    """望湖区占全市的比例: the whole split by unit, so that part and whole stand side by side."""
    codes = sorted(draft.slots.orgs.codes, key=len)
    if not codes[1].startswith(codes[0]):
        draft.intent = "compare"
    else:
        draft.intent = "breakdown"
        draft.values["by"] = "org"
        draft.assumed.append("按各单位列出，占比请结合合计查看")
    draft.values["org"] = codes[0] if draft.intent == "breakdown" else codes
    return settle_indicator(draft) or settle_period(draft, None) or draft.done()


def _is_follow_up(slots: Slots) -> bool:
    """Whether a sentence leans on the turn before: it lacks its own indicator, or is only a few words."""
    return not slots.indicators.codes or len(slots.text) <= 12 or slots.text.startswith(("那", "再", "换", "和", "改"))


def _intent(draft: Draft, kind: str | None, follow_up: bool) -> str:
    slots, context = draft.slots, draft.context
    if kind == "change":
        if not slots.indicators.codes and not slots.indicators.choices and not context.indicator:
            return "unclear" if slots.empty else "compare"
        return "compare"
    if kind == "compare" and follow_up and context.intent in {"rank", "breakdown"} and slots.periods.compare:
        return context.intent if not slots.dims.by and len(slots.text) <= 6 else "compare"
    if kind:
        return kind
    if slots.periods.each:
        return "breakdown"
    if slots.empty and context.intent in DATA_INTENTS and context.intent and _DRAW.search(slots.text):
        return context.intent
    if slots.indicators.codes or slots.indicators.choices:
        if (
            follow_up
            and context.intent in {"rank", "breakdown", "compare", "forecast", "explain"}
            and _elliptic(slots.text)
        ):
            return context.intent
        return "query"
    if not slots.empty and context.intent in DATA_INTENTS and context.intent is not None:
        return context.intent
    if not slots.empty and context.intent == "report":
        return "query"
    if not slots.empty and (intents.asks(slots.text) or slots.periods.period or slots.orgs.codes):
        return "query"
    return "unclear"


def _elliptic(text: str) -> bool:
    return bool(re.match(r"^(?:那|再|换|改|还有|和|以及)", text) or re.search(r"呢[?。!]?$", text)) and len(text) <= 14


def _carry(draft: Draft, follow_up: bool) -> None:
    """by, compare, top and order: said now, or carried over by a follow-up of the same intent."""
    slots, context, values = draft.slots, draft.context, draft.values
    same = follow_up and context.intent == draft.intent
    named = bool(slots.orgs.codes) and context.by == "org" and not slots.dims.by and draft.intent == "breakdown"
    if named and same:
        draft.intent = "query"
    values["by"] = slots.dims.by or (context.by if same and not named else None)
    values["compare"] = slots.periods.compare or (context.compare if same else None)
    values["top"] = slots.dims.top or (context.top if same else None)
    values["order"] = slots.dims.order or (context.order if same and draft.intent == "rank" else None)
    if draft.intent in {"rank", "breakdown"} and not values["compare"] and _GROWTH.search(slots.text):
        values["compare"] = "yoy"
        draft.assumed.append("增减按与去年同期相比")
    if draft.intent == "rank":
        values["by"] = values["by"] or (context.by if follow_up else None) or "org"
        values["order"] = values["order"] or "desc"
    if draft.intent == "breakdown" and slots.periods.each:
        values["by"] = values["by"] or "month"
    beside = same and len(context.org) > 1 and not context.compare and slots.periods.period is not None
    if draft.intent == "compare" and not values["compare"] and len(slots.orgs.codes) < 2 and not beside:
        values["compare"] = "yoy"
        draft.assumed.append("比较基期未指明，按与去年同期相比")
    if draft.intent == "forecast" and values["by"] == "month" and not re.search(r"[逐按各每分]个?月", slots.text):
        values["by"] = None
    if draft.intent == "churn" or (draft.intent == "detect" and not slots.dims.by):
        values["by"] = None


def _report_again(draft: Draft) -> Understood:
    """A follow-up to a report request that names another unit or period asks for the same report of those."""
    if draft.slots.empty or draft.slots.dims.by or draft.slots.periods.compare:
        draft.intent = "unclear"
        return _unclear(draft)
    draft.intent = "report"
    template = draft.context.template or "R1"
    draft.values.update(template=template)
    return units.settle_orgs(draft, inherit=True) or settle_period(draft, template) or draft.done()


def _unclear(draft: Draft) -> Understood:
    draft.intent = "unclear"
    draft.values = {}
    if draft.slots.periods.problem:
        return draft.ask(draft.slots.periods.problem)
    words = unknown_words(draft.slots.rest)
    head = f"没有看懂「{words[0][:20]}」。" if words else "没有看懂您的意思。"
    return draft.ask(
        f"{head}请说明要看的指标、单位和期间，例如“望湖区2026年10月售电量”。{CAN}" if words else f"{head}{CAN}"
    )
