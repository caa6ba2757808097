"""The one entrance of understanding: a sentence and its conversation in, an `Understood` out. No llm, no I/O."""

from __future__ import annotations

import re
from datetime import date

from agent.events import Understood
from agent.understanding.context import Context
from agent.understanding.data_review import REVIEW, review_asked
from agent.understanding.drilling import WEATHER, follow_up, level_of
from agent.understanding.filling import fill
from agent.understanding.glossary import IndicatorLookup
from agent.understanding.intents import small_talk
from agent.understanding.measures import measures_asked
from agent.understanding.moments import Clock
from agent.understanding.normal import folded, normalise
from agent.understanding.pending import chosen, is_no
from agent.understanding.precedents import without_likeness
from agent.understanding.safety import CAN, refusal
from agent.understanding.slots import read_slots
from agent.understanding.spelling import respelt
from agent.understanding.unit_names import spoken
from agent.understanding.version_review import versions_asked
from core.domain.actor import Actor
from core.domain.org import OrgTree

LONGEST = 2000
_ALIKE = "写法沿用同一模板，以上一期已发布的报告为对照"
_GREETING = re.compile(
    r"^(?:你好呀?|您好|hi|hello|嗨|早上好|上午好|下午好|晚上好|各位|小助手|助手|请问一下|请问|那个|"
    r"嗯+|哦|好的|谢谢)[,。!~\s]*"
)

_CORRECTED = re.compile(
    r"^(?:不对|不是|错了|搞错了|弄错了|说错了|你理解错了|更正(?:一下)?|纠正一下|哦?不)[,。!]+(?=.)"
    r"|(?:不是|不要|不看|别看|而不是|不问|不查)(?!说|只)[^,。!?]{1,12}[,。](?=(?:而?是|要|看|问|查|我|换))"
)
"""What a correction takes back: 不对，…；不是临江，是清河 — only what stands after it is asked for."""


_HURRY = re.compile(
    r"[,。]?(?:今天|今晚|今早|明天|明早|明晚|后天|(?:这|本|下)?周[一二三四五六日天]|下午|上午|晚上|中午)(?:上午|下午|晚上)?"
    r"(?:[一二三四五六七八九十\d]+点半?|下班|开会|上班)?"
    r"(?:之?前(?:就?要用?|用|给我|发我|交|汇报)*|(?:就?要|要用|(?:开会|汇报)要?用)的?)(?=[,。!]|$)"
)
"""今天下班前要: when the answer is needed, not what it is about."""
_BACKGROUND = re.compile(
    r"^(?:我们?|咱们?|这边|手头)?(?:最近|现在)?(?:在|正在?)(?:准备|写|做|弄|赶)[^,。]{0,16}[,。](?=.{4})"
    r"|[,。](?:我|我们)(?:要|得)?(?:写|做|弄)(?:一?[个份])?(?:ppt|材料|报告|汇报|总结)[^,。]{0,12}(?:用|放)[^,。]{0,6}$"
)
"""在准备汇报材料，…: what somebody is busy with, beside the request itself."""
_UPPER = re.compile(
    r"(?:它们?|他们|这些?|那些?|该|其)?(?:个|家)?(?:单位|供电所|所)?(?:所在|所属|上级|隶属)的?(?:那个)?(?:县区?|区县?|市|单位|公司)"
)


def read(
    text: str, *, today: date, actor: Actor, tree: OrgTree, indicators: IndicatorLookup, context: Context
) -> Understood:
    """How a sentence is read. `tree` holds the units within the actor's scope only.

    A sentence that cannot be acted on comes back with `clarify` (a question, with `choices` where there are some) or
    `refusal` (a sentence that says why and what can be asked instead); everything assumed is named in `assumed`.
    """
    clean = normalise(text)
    unread = _unreadable(text, clean)
    if unread:
        return Understood(intent="unclear", clarify=unread)
    pending = context.pending
    settled: dict[str, str] = {}
    if pending and pending.choices:
        picked = chosen(text, pending)
        if picked:
            settled = {**pending.settled, picked.slot: picked.value}
            clean = normalise(pending.text)
        elif is_no(text):
            return Understood(
                intent="unclear", clarify="好的，请把要看的指标、单位和期间再说一遍，例如“望湖区上个月售电量”。"
            )
    followed = follow_up(_GREETING.sub("", clean) or clean, context)
    refused = refusal(clean) or refusal(folded(text))
    # the weather is nobody's business here, but as the suspect of a change that was just told
    if refused and (followed is None or followed.query != WEATHER):
        return Understood(intent="refuse", refusal=refused)
    if followed is not None:
        return followed
    if small_talk(clean):
        return Understood(intent="smalltalk", query=clean)
    bare = _GREETING.sub("", clean) or clean
    bare = _CORRECTED.sub("", bare) or bare
    bare = _BACKGROUND.sub("", _HURRY.sub("", bare)) or bare
    bare, versions = versions_asked(bare)
    bare, reviewing = review_asked(bare)
    bare, measures = measures_asked(bare)
    bare, alike = without_likeness(bare)
    bare = _upward(bare, tree, context)
    bare, respelled = respelt(bare, tree, indicators)
    clock = Clock(today=today, year=_year(context, today), base=context.period, data_until=context.data_until)
    slots = read_slots(bare, clock, actor.org, tree, indicators, context)
    found = fill(slots, clock=clock, actor=actor, tree=tree, lookup=indicators, context=context, settled=settled)
    if (reviewing or versions or measures) and found.intent == "detect":
        query = versions or (REVIEW if reviewing else measures)
        found = found.model_copy(update={"query": query, "indicator": None})
    found = level_of(found, bare)
    said = (*respelled, *((_ALIKE,) if alike and found.intent == "report" else ()))
    return found.model_copy(update={"assumed": (*said, *found.assumed)}) if said else found


def _upward(text: str, tree: OrgTree, context: Context) -> str:
    """它们所在的县: the unit above those of the conversation, put in by name where there is one such unit."""
    above = {unit.parent for unit in tree.orgs if unit.code in context.org and unit.parent}
    if not _UPPER.search(text) or len(above) != 1:
        return text
    code = above.pop()
    return _UPPER.sub(spoken(tree, code, context.known_names), text, count=1) if tree.get(code) else text


def _year(context: Context, today: date) -> int | None:
    """The year of the conversation, when it is about an earlier one."""
    year = context.period.end.year if context.period else None
    return year if year is not None and year < today.year else None


def _unreadable(text: str, clean: str) -> str | None:
    if not text.strip():
        return f"您还没有输入内容。{CAN}"
    if len(text) > LONGEST:
        return f"这段文字太长了（超过 {LONGEST} 字），请用一两句话说明要看的指标、单位和期间，或把资料作为附件上传。"
    if not re.search(r"[0-9a-z㐀-鿿]", clean):
        return f"没有看到文字内容。{CAN}"
    return None
