"""F26 行文: colloquial, absolute and blaming words, negative growth, approximations doubled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.standards import compiled, wording
from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.mending.letters import substituting
from tools.checks.pages import form_check
from tools.checks.reading import Pages
from tools.checks.texts import texts

ELSEWHERE = {"date_zero", "half_width", "bracket_pairs", "unit_mix", "range_percent", "pct_as_pp"}
"""Wording rules that format rules of their own stand for."""
_ABOUT = re.compile(r"(?<=约)(\s*\d[^，。；]{0,12}?)左右")


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    for said in texts(pages):
        for rule in wording():
            match = compiled(rule.pattern).search(said.text) if rule.id not in ELSEWHERE else None
            if match:
                mend = substituting(said.nodes, _ABOUT, r"\1") if rule.id == "double_approximation" else None
                yield Hit(said.place, f"{rule.label}：{match.group(0)[:40]}", rule.fix, rule.level, mend=mend)


CHECK = form_check("F26", _run)
