"""A question put back to the person, and how their next message answers it."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field

from agent.events import Choice
from agent.understanding.normal import NUM, normalise, number

_PARTICLES = re.compile(
    r"^(?:就|要|看|选|我?(?:要|想)(?:看|查|问|的是)?|我(?:说|问|选)?的?是|应该|是|那就|嗯|哦|对|"
    r"按|用|查)+|(?:的|吧|呢|啊|呀|哈|就行|就好|即可|那个|这个|指标|好了|[。,!?.、~])+$"
)
_YES = re.compile(
    r"^(?:是|是的|对|对的|嗯+|嗯嗯|好|好的|行|可以|默认|按默认(?:的)?(?:来)?|没错|就是|就这个|是这个|"
    r"ok|yes|y|确认|对啊|是啊|没问题|就它|就按这个|按这个来?|都行|随便)(?:吧|呀|啊|哈|的)?[。!,.]?$"
)
_NO = re.compile(r"^(?:不是|都不是|不对|不|no|没有一个|哪个都不是|错了)(?:的|吧|啊)?[。!,.]?$")


class Pending(BaseModel):
    """A question put back: the text it was about, the choices offered, and what earlier answers have settled."""

    model_config = ConfigDict(frozen=True)

    text: str
    question: str
    choices: tuple[Choice, ...] = ()
    settled: dict[str, str] = Field(default_factory=dict)


def is_no(text: str) -> bool:
    return bool(_NO.match(normalise(text)))


def chosen(text: str, pending: Pending) -> Choice | None:
    """The choice that a reply picks: 是 the first, 第二个, 后者, words of one label; None for anything else."""
    said = normalise(text)
    if not pending.choices or len(said) > 24:
        return None
    if _YES.match(said):
        return pending.choices[0]
    ordinal = re.fullmatch(rf"(?:我?选|就|要|看)?(?:第)?({NUM})(?:个|项|种|条|号)?(?:吧|的|呢)?[。.,]?", said)
    if ordinal:
        index = number(ordinal[1])
        return pending.choices[index - 1] if index and index <= len(pending.choices) else None
    if re.match(r"^(?:前者|前面(?:那个|的)|前一个|第一)", said):
        return pending.choices[0]
    if re.match(r"^(?:后者|后面(?:那个|的)|后一个|最后一个)", said):
        return pending.choices[-1]
    core = _PARTICLES.sub("", _PARTICLES.sub("", said))
    if not core:
        return None
    exact = [choice for choice in pending.choices if core in {normalise(choice.label), choice.value.lower()}]
    within = [choice for choice in pending.choices if core in normalise(choice.label)]
    for found in (exact, within):
        if len(found) == 1:
            return found[0]
    return None
