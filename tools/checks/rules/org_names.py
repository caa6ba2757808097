"""单位名称: a supply company or station that the text names must be one that the report's facts know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.checks import Check, Hit
from tools.checks.context import Context
from tools.checks.lexicon import STRANGER

_NAME = re.compile(STRANGER)


def _run(context: Context) -> Iterator[Hit]:
    known = {context.content.org_name} | {fact.org_name for fact in context.content.facts}
    known |= {fact.by.label for fact in context.content.facts if fact.by}
    for text in context.texts:
        for name in dict.fromkeys(_NAME.findall(context.printed(text))):
            if name not in known:
                yield Hit(text.place, f"「{name}」不在本报告的单位之内", "核对单位全称，以组织机构名录为准。")


CHECK = Check("org_names", "单位名称", _run, "warn")
