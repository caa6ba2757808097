"""Ceilings of one turn: steps, tokens, seconds; and the guard against calling the same tool twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import LimitReached
from core.settings import Settings


@dataclass(frozen=True)
class LlmCall:
    """One call of a language model as the audit keeps it: which prompt, never what was said.

    `sha256` is of the prompt's file, `asked` of the text as it was sent; `outcome` is ok or a Chinese reason.
    """

    prompt: str
    version: str
    sha256: str
    asked: str
    model: str
    tokens: int
    seconds: float
    outcome: str


@dataclass
class Limits:
    """Counts what a turn has used. Every method that counts raises LimitReached when a ceiling is passed.

    `on_call` hears of every call of a language model before its answer is used.
    """

    max_steps: int
    max_tokens: int
    max_seconds: float
    clock: Callable[[], float] = time.monotonic
    steps: int = 0
    tokens: int = 0
    started: float = field(default=-1.0)
    on_call: Callable[[LlmCall], None] | None = None
    _called: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.started < 0:
            self.started = self.clock()

    @classmethod
    def from_settings(cls, settings: Settings) -> Limits:
        return cls(settings.max_steps, settings.max_tokens, settings.max_seconds)

    @property
    def left(self) -> float:
        """Seconds that remain, never negative."""
        return max(0.0, self.max_seconds - (self.clock() - self.started))

    def check(self) -> None:
        """Raise when the time is up."""
        if self.clock() - self.started > self.max_seconds:
            raise LimitReached(f"本次处理超过 {self.max_seconds:g} 秒，已停止。", "请缩小期间或单位范围后重试。")

    def step(self) -> None:
        """Count one step of a loop."""
        self.check()
        self.steps += 1
        if self.steps > self.max_steps:
            raise LimitReached(f"本次处理超过 {self.max_steps} 步，已停止。", "请把问题拆成几个小问题分别提出。")

    def spend(self, tokens: int) -> None:
        """Count language-model tokens."""
        self.tokens += tokens
        if self.tokens > self.max_tokens:
            raise LimitReached(
                f"本次处理使用的词元超过 {self.max_tokens}，已停止。", "请缩小报告范围，或提高 GMA_MAX_TOKENS。"
            )

    def called(self, call: LlmCall) -> None:
        """Record one call of a language model, then count its tokens."""
        if self.on_call is not None:
            self.on_call(call)
        self.spend(call.tokens)

    def repeated(self, tool: str, args: Mapping[str, Any]) -> bool:
        """Whether this very call was made before in the turn; remembers it."""
        key = f"{tool}:{json.dumps(args, ensure_ascii=False, sort_keys=True, default=str)}"
        seen = key in self._called
        self._called.add(key)
        return seen
