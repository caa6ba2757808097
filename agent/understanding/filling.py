"""Slots to `Understood`: the intent, what is inherited, what is assumed, what must be asked and what is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from agent.events import Choice, Understood
from agent.understanding import intents, units
from agent.understanding.context import DATA_INTENTS, Context
from agent.understanding.glossary import IndicatorLookup, member
from agent.understanding.indicators import misspelt, near_indicators
from agent.understanding.leftover import looks_like_indicator, unknown_words
from agent.understanding.period_grammar import Clock, quarter_of
from agent.understanding.periods import default_period, until_range
from agent.understanding.safety import CAN
from agent.understanding.slots import Slots
from core.domain.actor import Actor
from core.domain.indicator import Indicator
from core.domain.org import OrgTree
from core.domain.period import Period

ASK_INDICATOR = ("A02", "B05", "C02", "E08")
_GUESSED = frozenset({"explain", "forecast", "detect", "churn"})


@dataclass
class Draft:
    """An `Understood` in the making; `stop` holds the finished one as soon as a question or a refusal ends the work."""

    slots: Slots
    clock: Clock
    actor: Actor
    tree: OrgTree
    lookup: IndicatorLookup
    context: Context
    settled: dict[str, str]
    intent: str = "unclear"
    values: dict[str, Any] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)

    def ask(self, question: str, choices: tuple[Choice, ...] = ()) -> Understood:
        return self._done(clarify=question, choices=choices)

    def refuse(self, sentence: str) -> Understood:
        return Understood(**{**self.values, "intent": "refuse", "refusal": sentence, "assumed": tuple(self.assumed)})

    def done(self) -> Understood:
        return self._done()

    def _done(self, **more: Any) -> Understood:
        return Understood(**{**self.values, "intent": self.intent, "assumed": tuple(dict.fromkeys(self.assumed)), **more})


def fill(
    slots: Slots, *, clock: Clock, actor: Actor, tree: OrgTree, lookup: IndicatorLookup, context: Context, settled: dict[str, str]
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
        draft.values["indicator"] = _one_or_list(slots.indicators.codes)
    elif slots.indicators.choices and act == "search":
        draft.values["indicator"] = list(slots.indicators.choices)
    if slots.orgs.codes:
        draft.values["org"] = _one_or_list(tuple(code.split("|")[0] for code in slots.orgs.codes))
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
    if template == "R4" and not re.search(r"季报|季度|规划|市场分析|经营分析|下季", slots.text):
        template = "R1"
    if not named and template == "R1":
        draft.assumed.append("未指明报告类型，按月度营销指标分析报告")
    draft.values.update(template=template, submit=intents.wants_submit(slots.verbs))
    if slots.indicators.codes and not slots.indicators.group:
        draft.values["indicator"] = _one_or_list(slots.indicators.codes)
    wanted = intents.export_format(slots.text)
    if wanted:
        draft.values["query"] = wanted
    stop = units.settle_orgs(draft, inherit=True) or _settle_period(draft, template)
    return stop or draft.done()


def _data(draft: Draft) -> Understood:
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
    if kind == "churn" and any(code in {"H05", "H06"} for code in codes) and not re.search(r"流失|挽", slots.verbs):
        kind = None
    stranger = _stranger(draft, kind)
    if stranger:
        return stranger
    follow_up = context.intent is not None and _is_follow_up(slots)
    if kind is None and context.intent == "report" and follow_up and not codes:
        return _report_again(draft)
    draft.intent = _intent(draft, kind, follow_up)
    if draft.intent == "unclear":
        return _unclear(draft)
    _carry(draft, follow_up)
    _members(draft)
    stop = _settle_indicator(draft) or units.settle_orgs(draft, inherit=True) or _settle_period(draft, None)
    if stop:
        return stop
    draft.assumed.extend(slots.indicators.assumed)
    return _splittable(draft) or draft.done()


_DIMS = {
    "org": "单位",
    "industry": "行业",
    "tariff_class": "用电类别",
    "voltage": "电压等级",
    "tg": "台区",
    "month": "月份",
    "day": "日期",
    "customer": "客户",
    "biz_type": "业务类型",
    "cause": "原因",
}
_GROWTH = re.compile(
    r"增速|增长率|增幅|降幅|涨幅|跌幅|变化(?:最|率)|(?:增长|增加|下降|上升|下滑|降低|减少|涨|跌|降|升)(?:得|幅度|的)?(?:最|较|超过|前|后)"
)
_CONDITION = re.compile(r"(?:超过|低于|高于|大于|小于|不足|不到|达到|突破|少于|多于)\d+(?:\.\d+)?(?:%|亿|万|个百分点|千瓦时|元|户|件|次)*")


def _members(draft: Draft) -> None:
    """大工业售电量 is answered by the split that shows 大工业; what cannot be applied as a condition is said."""
    slots, values = draft.slots, draft.values
    named = member(slots.rest)
    if named and draft.intent in {"query", "compare", "rank", "breakdown"}:
        dim, word = named
        known = [draft.lookup.indicators[code] for code in slots.indicators.codes if code in draft.lookup.indicators]
        if not values.get("by") and known and all(dim in item.dims for item in known):
            values["by"] = dim
            draft.intent = "breakdown" if draft.intent == "query" else draft.intent
            draft.assumed.append(f"按{_DIMS[dim]}列出，其中可见「{word}」")
        elif known:
            draft.assumed.append(f"「{word}」未作为筛选条件")
    condition = _CONDITION.search(slots.text)
    if condition and draft.intent in {"query", "rank", "breakdown", "compare"}:
        draft.assumed.append(f"条件「{condition.group()}」未作筛选，列出全部供对照")


def _splittable(draft: Draft) -> Understood | None:
    """Say which splits an indicator has when the wanted one is not among them."""
    by, codes = draft.values.get("by"), draft.values.get("indicator")
    if draft.intent not in {"rank", "breakdown", "query", "compare"} or not by or not isinstance(codes, str):
        return None
    item = draft.lookup.indicators.get(codes)
    if item is None or by in item.dims or not item.dims:
        return None
    can = "、".join(_DIMS.get(dim, dim) for dim in item.dims)
    return draft.ask(f"{item.name}不能按{_DIMS.get(by, by)}拆分，可以按{can}来看，您要哪一种？")


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
    if slots.indicators.codes or slots.indicators.choices:
        if follow_up and context.intent in {"rank", "breakdown", "compare", "forecast", "explain"} and _elliptic(slots.text):
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
    values["by"] = slots.dims.by or (context.by if same else None)
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
    if draft.intent == "compare" and not values["compare"] and len(slots.orgs.codes) < 2:
        values["compare"] = "yoy"
        draft.assumed.append("比较基期未指明，按与去年同期相比")
    if draft.intent == "churn" or (draft.intent == "detect" and not slots.dims.by):
        values["by"] = None


def _settle_indicator(draft: Draft) -> Understood | None:
    slots, context, lookup = draft.slots, draft.context, draft.lookup
    read = slots.indicators
    if "indicator" in draft.settled:
        draft.values["indicator"] = draft.settled["indicator"]
        return None
    codes = read.codes
    if read.choices and draft.intent in {"query", "compare", "rank", "breakdown"}:
        if slots.dims.by == "tg" and "C02" in read.choices:
            draft.values["indicator"] = "C02"
            return None
        if not codes:
            before = set(context.indicator) & set(read.choices)
            if before:
                draft.values["indicator"] = next(code for code in read.choices if code in before)
                return None
            return _which_indicator(draft, read.word, read.choices)
    if read.choices:
        codes = (*codes, read.choices[0])
        draft.assumed.append(f"「{read.word}」按{lookup.indicators[read.choices[0]].name}")
    if codes:
        draft.values["indicator"] = _by_station(draft, codes) or _one_or_list(codes)
        return None
    if draft.intent in {"churn"}:
        return None
    if draft.intent == "detect":
        return None
    if context.indicator and _inherits(draft):
        draft.values["indicator"] = _one_or_list(context.indicator)
        return None
    default = _implied(draft)
    if default:
        draft.values["indicator"] = default
        draft.assumed.append(f"指标未指明，按{lookup.indicators[default].name}")
        return None
    known = tuple(code for code in ASK_INDICATOR if code in lookup.indicators)
    return _which_indicator(draft, "", known)


def _by_station(draft: Draft, codes: tuple[str, ...]) -> str | None:
    """高损台区有哪些 asks for 台区 in order of their loss: the share of such 台区 has no 台区 of its own."""
    if draft.values.get("by") != "tg" or "C02" not in draft.lookup.indicators or codes[0][:3] not in {"C06", "C07"}:
        return None
    if draft.intent == "breakdown":
        draft.intent = "rank"
    draft.values["order"] = "asc" if codes[0].startswith("C07") else "desc"
    return "C02"


def _inherits(draft: Draft) -> bool:
    return not (draft.slots.dims.by == "tg" and draft.slots.dims.ranked and "C02" not in draft.context.indicator)


def _implied(draft: Draft) -> str | None:
    by = draft.slots.dims.by
    wanted = "C02" if by == "tg" else "E01" if by == "biz_type" else "A02"
    sure = draft.intent in _GUESSED or by in {"tg", "customer", "industry", "tariff_class", "biz_type"}
    return wanted if sure and wanted in draft.lookup.indicators else None


def _which_indicator(draft: Draft, word: str, codes: tuple[str, ...]) -> Understood:
    names = [(code, draft.lookup.indicators[code].name) for code in codes]
    choices = tuple(Choice(slot="indicator", value=code, label=name) for code, name in names)
    listed = "、".join(f"{index}. {name}" for index, (_, name) in enumerate(names, start=1))
    default = f"（直接回复“是”则按{names[0][1]}）" if names else ""
    units.settle_orgs(draft, inherit=True)
    _settle_period(draft, None)
    draft.values["indicator"] = names[0][0] if word else None
    if word:
        return draft.ask(f"「{word}」可以指几个指标，您要看哪一个？{listed}{default}", choices)
    return draft.ask(f"您想看哪个指标？例如{listed}{default}", choices)


def _settle_period(draft: Draft, template: str | None) -> Understood | None:
    read, context, clock = draft.slots.periods, draft.context, draft.clock
    if read.problem:
        return draft.ask(read.problem)
    closed = clock.closed
    period = read.period
    if read.future and draft.intent != "forecast":
        if template == "R4":
            period = quarter_of(clock.closed.end, 0) if quarter_of(clock.closed.end, 0).end <= clock.closed.end else quarter_of(clock.closed.end, -1)
            draft.assumed.append(f"规划以已结束的{period.label}为基础")
        else:
            label = period.label if period else "这个期间"
            return draft.refuse(f"{label}还没有到，没有数据。最近有数据的月份是{closed.label}，您可以改问{closed.label}，或让我做趋势预测。")
    if period is not None:
        draft.assumed.extend(note for note in read.assumed)
        if read.until and _accumulates(draft):
            period = until_range(period)
        draft.values["period"] = period
        return None
    if read.same:
        base = context.period or closed
        period = base.yoy()
        draft.values["period"] = period
        draft.assumed.append(f"「去年同期」按{period.label}")
        return None
    trend = draft.values.get("by") == "month" and (not context.period or context.period.days <= 31)
    if context.period and not trend and draft.intent != "forecast" and _fits(context.period, template):
        draft.values["period"] = context.period
        return None
    if draft.values.get("by") == "month":
        period = _last_year(closed)
        draft.assumed.append(f"期间未指明，按最近十二个月（{period.label}）")
    elif draft.intent == "forecast":
        period = _next(closed)
        draft.assumed.append(f"期间未指明，按下一个待结月份{period.label}")
    else:
        period, note = default_period(clock, template, draft.intent)
        draft.assumed.append(note)
    draft.values["period"] = period
    return None


def _last_year(closed: Period) -> Period:
    months = closed.trailing_months(12)
    return Period(start=months[0].start, end=closed.end, grain="range")


def _fits(period: Period, template: str | None) -> bool:
    """A weekly report needs a week, a quarterly one a quarter, the others take what the conversation is about."""
    return {"R2": period.grain == "week", "R4": period.grain == "quarter"}.get(template or "", period.grain != "week" or not template)


def _next(closed: Period) -> Period:
    year, month = (closed.start.year, closed.start.month + 1) if closed.start.month < 12 else (closed.start.year + 1, 1)
    return Period.month(year, month)


def _accumulates(draft: Draft) -> bool:
    """截至10月底 of a flow means January to October; of a stock (欠费余额) the month itself."""
    value = draft.values.get("indicator")
    codes = [value] if isinstance(value, str) else list(value or [])
    known: list[Indicator] = [draft.lookup.indicators[code] for code in codes if code in draft.lookup.indicators]
    return bool(known) and all(item.kind in {"amount", "count"} and item.compare.ytd == "sum" for item in known)


def _stranger(draft: Draft, kind: str | None) -> Understood | None:
    """A unit or an indicator that nobody knows: refuse with what there is, or ask with what it may have meant."""
    slots, lookup = draft.slots, draft.lookup
    found = units.stranger(draft)
    if found:
        return found
    if slots.indicators.missing and not slots.indicators.codes:
        near = "、".join(near_indicators(slots.indicators.missing, lookup))
        return draft.refuse(f"目录里目前没有「{slots.indicators.missing}」的数据。相近的指标有：{near}；也可以问“有哪些指标”。")
    if slots.indicators.codes or slots.indicators.choices or "indicator" in draft.settled:
        extra = [word for word in unknown_words(slots.rest) if looks_like_indicator(word) and len(word) >= 3]
        draft.assumed.extend(f"没有「{word}」这个指标，已略过" for word in extra[:1])
        return None
    words = unknown_words(slots.rest)
    if not words:
        return None
    word = words[0]
    fixed = misspelt(word, lookup)
    if fixed:
        draft.settled = {**draft.settled, "indicator": fixed}
        draft.assumed.append(f"「{word}」按{lookup.indicators[fixed].name}理解")
        return None
    if kind in {"churn", "explain", "detect"} and not looks_like_indicator(word):
        return None
    if looks_like_indicator(word):
        near = "、".join(near_indicators(word, lookup))
        return draft.refuse(f"目前没有「{word}」这个指标。相近的指标有：{near}；也可以问“有哪些指标”。")
    return None


def _report_again(draft: Draft) -> Understood:
    """A follow-up to a report request that names another unit or period asks for the same report of those."""
    if draft.slots.empty or draft.slots.dims.by or draft.slots.periods.compare:
        draft.intent = "unclear"
        return _unclear(draft)
    draft.intent = "report"
    template = draft.context.template or "R1"
    draft.values.update(template=template)
    return units.settle_orgs(draft, inherit=True) or _settle_period(draft, template) or draft.done()


def _unclear(draft: Draft) -> Understood:
    draft.intent = "unclear"
    draft.values = {}
    words = unknown_words(draft.slots.rest)
    head = f"没有看懂「{words[0][:20]}」。" if words else "没有看懂您的意思。"
    return draft.ask(f"{head}请说明要看的指标、单位和期间，例如“望湖区2026年10月售电量”。{CAN}" if words else f"{head}{CAN}")


def _one_or_list(codes: tuple[str, ...]) -> str | list[str]:
    return codes[0] if len(codes) == 1 else list(codes)
