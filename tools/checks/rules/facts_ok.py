"""数据状态: incomplete data that a section uses are called incomplete there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.domain.tokens import used_facts
from tools.checks import Check, Hit
from tools.checks.context import Context

_SAID = re.compile(r"不完整|不齐|暂估|快报|初步|补采|部分数据|待复核")


def _run(context: Context) -> Iterator[Hit]:
    for section in context.content.sections:
        texts = [text for text in context.texts if text.section == section.id]
        used = {name for text in texts for name in (*used_facts(text.source), *text.facts)}
        partial = [context.facts[name] for name in sorted(used) if name in context.facts]
        names = list(dict.fromkeys(fact.name for fact in partial if fact.status == "partial"))
        if names and not _SAID.search("".join(text.source for text in texts if text.kind in {"prose", "header"})):
            yield Hit(
                f"「{section.heading}」",
                f"{'、'.join(names[:4])}{'等' if len(names) > 4 else ''}的数据不完整，文中没有说明",
                "在本节写明数据不完整及原因。",
            )


CHECK = Check("facts_ok", "不完整数据有说明", _run, "warn")
