"""Indicator and period of a draft: said, inherited, defaulted with a note, or asked for."""

from __future__ import annotations

import re

from agent.events import Choice, Understood
from agent.understanding import units
from agent.understanding.draft import Draft, one_or_list
from agent.understanding.moments import quarter_of
from agent.understanding.periods import default_period, until_range
from core.domain.indicator import Indicator
from core.domain.period import Period

ASK_INDICATOR = ("A02", "B05", "C02", "E08")
_GUESSED = frozenset({"explain", "forecast", "detect", "churn"})


def settle_indicator(draft: Draft) -> Understood | None:
    slots, context, lookup = draft.slots, draft.context, draft.lookup
    read = slots.indicators
    if "indicator" in draft.settled:
        draft.values["indicator"] = draft.settled["indicator"]
        return None
    codes = read.codes
    if read.choices and draft.intent in {"query", "compare", "rank", "breakdown"}:
        split = _split(draft, read.choices)
        if len(split) == 1:
            draft.values["indicator"] = split[0]
            return None
        hinted = _hinted(slots.text, read.choices)
        if hinted and not codes:
            draft.values["indicator"] = hinted
            return None
        if not codes:
            before = set(context.indicator) & set(read.choices)
            if before:
                draft.values["indicator"] = next(code for code in read.choices if code in before)
                return None
            return _which_indicator(draft, read.word, read.choices)
    if read.choices:
        guess = "C01" if "C01" in read.choices and "A05" in codes else read.choices[0]
        codes = (*codes, guess)
        draft.assumed.append(f"「{read.word}」按{lookup.indicators[guess].name}")
    if draft.intent == "churn":
        codes = tuple(code for code in codes if code.startswith("H05"))
        draft.values["indicator"] = one_or_list(codes) if codes else None
        return None
    if codes:
        draft.values["indicator"] = _by_station(draft, codes) or one_or_list(codes)
        return None
    if draft.intent == "detect":
        return None
    if context.indicator and _inherits(draft):
        draft.values["indicator"] = one_or_list(context.indicator)
        return None
    default = _implied(draft)
    if default:
        draft.values["indicator"] = default
        draft.assumed.append(f"指标未指明，按{lookup.indicators[default].name}")
        return None
    known = tuple(code for code in ASK_INDICATOR if code in lookup.indicators)
    return _which_indicator(draft, "", known)


def _split(draft: Draft, choices: tuple[str, ...]) -> list[str]:
    """Those of `choices` that can be split as asked, themselves or in one of their parts."""
    by, known = draft.slots.dims.by, draft.lookup.indicators
    return [
        code
        for code in choices
        if by and by != "org" and any(by in item.dims for one, item in known.items() if one.split(".")[0] == code)
    ]


_HINTS = {"C02": r"台区|低压|同期", "C01": r"综合|统计口径"}
"""Words elsewhere in the sentence that settle which 线损 is meant."""


def _hinted(text: str, choices: tuple[str, ...]) -> str | None:
    found = [code for code in choices if code in _HINTS and re.search(_HINTS[code], text)]
    return found[0] if len(found) == 1 else None


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
    settle_period(draft, None)
    draft.values["indicator"] = names[0][0] if word else None
    if word:
        return draft.ask(f"「{word}」可以指几个指标，您要看哪一个？{listed}{default}", choices)
    return draft.ask(f"您想看哪个指标？例如{listed}{default}", choices)


def settle_period(draft: Draft, template: str | None) -> Understood | None:
    read, context, clock = draft.slots.periods, draft.context, draft.clock
    if read.problem:
        return draft.ask(read.problem)
    closed = clock.closed
    period = read.period
    if read.future and draft.intent != "forecast":
        if template == "R4":
            period = (
                quarter_of(clock.closed.end, 0)
                if quarter_of(clock.closed.end, 0).end <= clock.closed.end
                else quarter_of(clock.closed.end, -1)
            )
            draft.assumed.append(f"规划以已结束的{period.label}为基础")
        else:
            label = period.label if period else "这个期间"
            return draft.refuse(
                f"{label}还没有到，没有数据。最近有数据的月份是{closed.label}，您可以改问{closed.label}，或让我做趋势预测。"
            )
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
    ahead = draft.intent != "forecast" or context.intent == "forecast"
    if context.period and not trend and ahead and _fits(context.period, template):
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
    return {"R2": period.grain == "week", "R4": period.grain == "quarter"}.get(
        template or "", period.grain != "week" or not template
    )


def _next(closed: Period) -> Period:
    year, month = (closed.start.year, closed.start.month + 1) if closed.start.month < 12 else (closed.start.year + 1, 1)
    return Period.month(year, month)


def _accumulates(draft: Draft) -> bool:
    """截至10月底 of a flow means January to October; of a stock (欠费余额) the month itself."""
    value = draft.values.get("indicator")
    codes = [value] if isinstance(value, str) else list(value or [])
    known: list[Indicator] = [draft.lookup.indicators[code] for code in codes if code in draft.lookup.indicators]
    return bool(known) and all(item.kind in {"amount", "count"} and item.compare.ytd == "sum" for item in known)
