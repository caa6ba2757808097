"""Units of a reading: inherited, defaulted to the actor's own, asked when two bear the name, refused out of scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.events import Choice, Understood
from agent.understanding.leftover import unknown_words
from agent.understanding.orgs import find_stranger, nearest
from agent.understanding.unit_names import listing, spoken
from core.domain.org import Org

if TYPE_CHECKING:
    from agent.understanding.draft import Draft


def settle_orgs(draft: Draft, *, inherit: bool) -> Understood | None:
    """Fill `org`; returns the question or refusal that ends the reading."""
    read, context, tree = draft.slots.orgs, draft.context, draft.tree
    if "org" in draft.settled:
        draft.values["org"] = draft.settled["org"]
        return None
    if read.denied:
        return _denied(draft, read.denied)
    codes = list(read.codes)
    for index, code in enumerate(codes):
        if "|" in code:
            options = code.split("|")
            inside = [one for one in options if any(one.startswith(before) for before in context.org)]
            if len(inside) != 1:
                return _which(draft, options)
            codes[index] = inside[0]
    ranking = draft.intent in {"rank", "breakdown"} and draft.values.get("by") == "org"
    if codes:
        if ranking and len(codes) == 2 and read.whole:
            codes = [min(codes, key=len)]
        if ranking and len(codes) == 1 and draft.intent == "rank" and not _children(draft, codes[0]):
            codes = [_parent(draft, codes[0])]
        draft.values["org"] = _down(draft, codes[0], ranking) if len(codes) == 1 else codes
        return None
    if ranking and context.by == "org" and len(context.org) > 1 and not (draft.slots.dims.level or read.each):
        draft.values["org"] = list(context.org)
        return None
    above = {org.parent for code in context.org if (org := tree.get(code))}
    if ranking and context.intent == "compare" and len(context.org) > 1 and len(above) == 1 and not read.each:
        parent = above.pop()
        if parent and tree.get(parent):
            draft.values["org"] = parent
            return None
    if ranking:
        draft.values["org"] = _down(draft, _ranked(draft), ranking)
        return None
    if inherit and context.org and all(tree.get(code) for code in context.org):
        draft.values["org"] = context.org[0] if len(context.org) == 1 else list(context.org)
        return None
    draft.values["org"] = draft.actor.org
    draft.assumed.append(f"单位未指明，按{spoken(tree, draft.actor.org, context.known_names)}")
    return None


def stranger(draft: Draft) -> Understood | None:
    """The question or refusal for a name that looks like a unit and is none."""
    read = draft.slots.orgs
    if "org" in draft.settled or read.denied:
        return _denied(draft, read.denied) if read.denied else None
    word, near = find_stranger(draft.slots.rest, draft.tree)
    if not word and not read.codes:
        words = unknown_words(draft.slots.rest)
        for one in words:
            near = nearest(one, draft.tree) if len(one) <= 4 else ()
            if near:
                word = one
                break
    if not word or (read.codes and not near and word[-1:] not in "县区市所司"):
        return None
    if near:
        return _which(draft, list(near), f"没有找到「{word}」，您要问的是")
    can = listing(draft.tree, known=draft.context.known_names)
    return draft.refuse(f"没有找到「{word}」这个供电单位，或它不属于本公司。可以查询的单位有：{can}。")


def _which(draft: Draft, options: list[str], lead: str = "有几个单位叫这个名字，您要问的是") -> Understood:
    found: list[Org] = [org for code in options for org in draft.tree.orgs if org.code == code]
    choices = tuple(Choice(slot="org", value=org.code, label=_full(draft, org)) for org in found)
    listed = "、".join(f"{index}. {choice.label}" for index, choice in enumerate(choices, start=1))
    if len(choices) == 1:
        return _partial(draft, f"{lead}{choices[0].label}吗？（回复“是”即按此查询）", choices)
    return _partial(draft, f"{lead}哪一个？{listed}", choices)


def _partial(draft: Draft, question: str, choices: tuple[Choice, ...]) -> Understood:
    codes = draft.slots.indicators.codes
    if codes:
        draft.values["indicator"] = codes[0] if len(codes) == 1 else list(codes)
    if draft.slots.periods.period and not draft.slots.periods.future:
        draft.values["period"] = draft.slots.periods.period
    if draft.intent == "unclear" and codes:
        draft.intent = "query"
    return draft.ask(question, choices)


def _full(draft: Draft, org: Org) -> str:
    name = spoken(draft.tree, org.code, draft.context.known_names)
    parent = draft.tree.get(org.parent or "")
    return f"{spoken(draft.tree, parent.code)}{name}" if parent and org.level == "station" else name


def _denied(draft: Draft, name: str) -> Understood:
    own = draft.tree.get(draft.actor.org)
    mine = own.name if own else "您所在的单位"
    shown = "全市数据" if name == "全市" else f"「{name}」"
    can = listing(draft.tree, known=draft.context.known_names)
    return draft.refuse(f"{shown}不在您的数据权限范围内。您可以查询{mine}及其下属单位：{can}。")


def _down(draft: Draft, code: str, ranking: bool) -> str | list[str]:
    """供电所 of a city are the children of its counties: the counties take the city's place."""
    org = draft.tree.get(code)
    stations = draft.slots.orgs.station or draft.slots.dims.level == "station"
    if ranking and stations and org and org.level == "city":
        counties = [child.code for child in draft.tree.children(code)]
        draft.assumed.append(f"按{spoken(draft.tree, code, draft.context.known_names)}所辖各供电所")
        return counties or code
    return code


def _children(draft: Draft, code: str) -> bool:
    return bool(draft.tree.children(code))


def _parent(draft: Draft, code: str) -> str:
    org = draft.tree.get(code)
    return org.parent if org and org.parent and draft.tree.get(org.parent) else code


def _ranked(draft: Draft) -> str:
    """The unit whose children are ranked: counties under the city, stations under the county of the conversation."""
    level = "station" if draft.slots.orgs.station else draft.slots.dims.level
    before = [code for code in draft.context.org if draft.tree.get(code)]
    roots = draft.tree.roots()
    top = next((org.code for org in roots if draft.actor.org.startswith(org.code)), draft.actor.org)
    if level == "station" or (level == "" and before and _children(draft, before[0])):
        base = before[0] if before else draft.actor.org
        return base if _children(draft, base) else _parent(draft, base)
    if level == "county" and any(org.level == "city" for org in roots):
        return next(org.code for org in roots if org.level == "city")
    return top
