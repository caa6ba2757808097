"""An OpenAI-compatible endpoint: one JSON answer at a time, with a fuse that blows when the endpoint fails."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent.limits import Limits, LlmCall
from agent.prompt import Prompt
from core.settings import Settings

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

RETRIES = 1
BLOWN_FOR = 60.0
"""Seconds for which a failed endpoint is not asked again: at least the rest of the turn."""


class EndpointFailed(Exception):
    """The endpoint did not give a usable answer; the message is a Chinese reason for `LlmUse.fallback`."""


@dataclass
class Reply:
    """What one call brought: the parsed JSON object and the tokens it cost."""

    data: dict[str, Any]
    tokens: int


@dataclass
class Endpoint:
    """Asks the configured model for JSON objects. Not thread-bound; the client is made on first use."""

    settings: Settings
    clock: Callable[[], float] = time.monotonic
    _blown: float = field(default=float("-inf"))
    _reason: str = ""
    _client: ChatOpenAI | None = None

    @property
    def name(self) -> str:
        return self.settings.llm_model or "default"

    def blown(self) -> str:
        """Why the endpoint is not to be asked now; empty while it is."""
        return self._reason if self.clock() - self._blown < BLOWN_FOR else ""

    def ask(
        self,
        prompt: Prompt,
        text: str,
        schema: dict[str, Any],
        name: str,
        limits: Limits,
        most: float = float("inf"),
    ) -> Reply:
        """One schema-constrained answer to a rendered prompt, within what the turn has left and `most` seconds.

        Raises EndpointFailed, and LimitReached when the answer cost more than the turn may; only failures of
        transport blow the fuse. Every call that was made is recorded, also a failed one.
        """
        if self.blown():
            raise EndpointFailed(self.blown())
        begun = time.monotonic()
        tokens, outcome = 0, "中断"
        try:
            answer, tokens = self._answer(text, schema, name, min(limits.left, most))
            reply, outcome = Reply(_object(answer), tokens), "ok"
            return reply
        except EndpointFailed as failed:
            outcome = str(failed)
            raise
        finally:
            asked = hashlib.sha256(text.encode()).hexdigest()
            spent = round(time.monotonic() - begun, 3)
            limits.called(LlmCall(prompt.id, prompt.version, prompt.sha256, asked, self.name, tokens, spent, outcome))

    def _answer(self, text: str, schema: dict[str, Any], name: str, seconds: float) -> tuple[str, int]:
        from langchain_core.messages import HumanMessage
        from openai import APIConnectionError, APIStatusError, APITimeoutError, OpenAIError

        client = self._chat()
        limit = max(1.0, min(self.settings.llm_timeout, seconds) / (RETRIES + 1))
        form = {"type": "json_schema", "json_schema": {"name": name, "schema": schema, "strict": True}}
        try:
            message = client.invoke([HumanMessage(text)], response_format=form, timeout=limit)
        except APITimeoutError as error:
            raise self._blow(f"语言模型 {limit:g} 秒内没有应答") from error
        except APIConnectionError as error:
            raise self._blow("语言模型连接不上") from error
        except APIStatusError as error:
            raise self._blow(f"语言模型返回错误 {error.status_code}") from error
        except (OpenAIError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            raise self._blow(f"语言模型的应答不合协议（{type(error).__name__}）") from error
        usage = message.usage_metadata or {"total_tokens": 0}
        return str(message.content), int(usage["total_tokens"])

    def _blow(self, reason: str) -> EndpointFailed:
        self._blown, self._reason = self.clock(), f"{reason}，已改用内置规则"
        return EndpointFailed(self._reason)

    def _chat(self) -> ChatOpenAI:
        if self._client is None:
            from langchain_openai import ChatOpenAI
            from pydantic import SecretStr

            self._client = ChatOpenAI(
                base_url=self.settings.llm_base_url,
                model=self.name,
                api_key=SecretStr(self.settings.llm_api_key or "none"),
                temperature=0,
                timeout=self.settings.llm_timeout,
                max_retries=RETRIES,
            )
        return self._client


def _object(text: str) -> dict[str, Any]:
    """The JSON object in an answer, also when it stands in a code fence or after words."""
    match = re.search(r"\{.*\}", text, re.DOTALL)
    try:
        data = json.loads(match.group()) if match else None
    except json.JSONDecodeError:
        data = None
    if not isinstance(data, dict):
        raise EndpointFailed("语言模型的输出不是 JSON，已改用内置规则")
    return data
