"""行文: the house's wording rules, on every sentence as it prints (knowledge/standards/wording.yaml)."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.standards import compiled, wording
from tools.checks import Check, Hit
from tools.checks.context import Context


def wording_hits(place: str, printed: str) -> Iterator[Hit]:
    """Every wording mistake of one printed text."""
    for rule in wording():
        match = compiled(rule.pattern).search(printed)
        if match:
            shown = match.group(0) if len(match.group(0)) <= 40 else match.group(0)[:40] + "…"
            yield Hit(place, f"{rule.label}：{shown}", rule.fix, rule.level)


def _run(context: Context) -> Iterator[Hit]:
    for text in context.texts:
        if text.kind in {"prose", "caption", "title", "advice"}:
            yield from wording_hits(text.place, context.printed(text))


CHECK = Check("wording", "行文规范", _run)
