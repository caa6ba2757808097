"""The language model behind one small protocol: the embedded rules, or any OpenAI-compatible endpoint beside them.

`make_llm(settings)` once per process; every method says what it used (`LlmUse`). The rules are always there: safety
refusals are theirs alone, and whatever an endpoint fails to do, they do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

from agent.events import LlmUse, Understood
from agent.limits import Limits
from agent.understanding import Context, IndicatorLookup, read
from core.domain.actor import Actor
from core.domain.fact import Fact
from core.domain.org import OrgTree
from core.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from agent.endpoint import Endpoint


class Llm(Protocol):
    """What the graph needs of a language model."""

    name: str
    writes: bool

    def read(
        self,
        text: str,
        *,
        today: date,
        actor: Actor,
        tree: OrgTree,
        indicators: IndicatorLookup,
        context: Context,
        limits: Limits | None = None,
    ) -> tuple[Understood, LlmUse]:
        """How a sentence is read, and what reading it took."""
        ...

    def write(
        self,
        heading: str,
        texts: Sequence[str],
        facts: Mapping[str, Fact],
        labels: Mapping[str, str],
        *,
        limits: Limits,
    ) -> tuple[list[str], LlmUse]:
        """The paragraphs reworded: same tokens, same number, no digits; or as they came, with the reason."""
        ...

    def chat(self, known: Callable[[str], Fact | None] | None = None, today: date | None = None) -> BaseChatModel:
        """The chat model of the answer loop: bind the actor's tools to it and feed it `agent.rule_model.carry(...)`."""
        ...


class RuleLlm:
    """No endpoint: the rules read, plan and write."""

    name = "rule"
    writes = False

    def read(
        self,
        text: str,
        *,
        today: date,
        actor: Actor,
        tree: OrgTree,
        indicators: IndicatorLookup,
        context: Context,
        limits: Limits | None = None,
    ) -> tuple[Understood, LlmUse]:
        understood = read(text, today=today, actor=actor, tree=tree, indicators=indicators, context=context)
        return understood, LlmUse(calls=1)

    def write(
        self,
        heading: str,
        texts: Sequence[str],
        facts: Mapping[str, Fact],
        labels: Mapping[str, str],
        *,
        limits: Limits,
    ) -> tuple[list[str], LlmUse]:
        return list(texts), LlmUse()

    def chat(self, known: Callable[[str], Fact | None] | None = None, today: date | None = None) -> BaseChatModel:
        from agent.rule_model import RuleModel

        return RuleModel(today=today) if known is None else RuleModel(known=known, today=today)


class EndpointLlm(RuleLlm):
    """An endpoint beside the rules: asked for what the rules cannot place, and for wording."""

    writes = True

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.name = endpoint.name

    def read(
        self,
        text: str,
        *,
        today: date,
        actor: Actor,
        tree: OrgTree,
        indicators: IndicatorLookup,
        context: Context,
        limits: Limits | None = None,
    ) -> tuple[Understood, LlmUse]:
        from agent.endpoint import EndpointFailed
        from agent.planning import needs_model, read_with

        rules, use = super().read(text, today=today, actor=actor, tree=tree, indicators=indicators, context=context)
        if not needs_model(rules):
            return rules, use
        try:
            found, tokens = read_with(
                self.endpoint,
                text,
                rules,
                today=today,
                actor=actor,
                tree=tree,
                indicators=indicators,
                context=context,
                limits=limits or Limits.from_settings(self.endpoint.settings),
            )
        except EndpointFailed as failed:
            return rules, use.model_copy(update={"fallback": str(failed)})
        return found, LlmUse(kind="endpoint", name=self.name, calls=1, tokens=tokens)

    def write(
        self,
        heading: str,
        texts: Sequence[str],
        facts: Mapping[str, Fact],
        labels: Mapping[str, str],
        *,
        limits: Limits,
    ) -> tuple[list[str], LlmUse]:
        from agent.writing import write_with

        if not texts or self.endpoint.blown():
            return list(texts), LlmUse(fallback=self.endpoint.blown())
        written, calls, tokens, reason = write_with(self.endpoint, heading, texts, facts, limits)
        return written, LlmUse(kind="endpoint", name=self.name, calls=calls, tokens=tokens, fallback=reason)


def make_llm(settings: Settings) -> Llm:
    """The endpoint when `GMA_LLM_BASE_URL` is set, else the embedded rules. Nothing is contacted yet."""
    if not settings.llm_base_url:
        return RuleLlm()
    from agent.endpoint import Endpoint

    return EndpointLlm(Endpoint(settings))
