"""F19 西文字体: digits and letters in one of the fonts allowed, half width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from tools.checks import Hit
from tools.checks.anatomy import heading_level, prose, title_lines
from tools.checks.context import Context
from tools.checks.mending.letters import substituting
from tools.checks.mending.looks import each, letter
from tools.checks.pages import form_check
from tools.checks.reading import Line, Pages
from tools.checks.texts import texts

_LATIN = re.compile(r"[0-9A-Za-z]")
_WIDE = re.compile(r"[０-９Ａ-Ｚａ-ｚ]+(?:．[０-９]+)?")


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    allowed = pages.pack.page.latin_fonts
    titles = title_lines(pages)
    title_fonts = {*allowed, *pages.pack.page.title_fonts}
    for line in _lines(pages):
        fonts = title_fonts if line in titles else allowed
        wrong = [run for run in line.runs if _LATIN.search(run.text) and run.look.latin not in fonts]
        if wrong:
            named = wrong[0].look.latin or "未指定"
            mend = each((run.node for run in wrong), lambda node: letter(node, latin=allowed[0]))
            yield Hit(
                line.place, f"数字、字母用了「{named}」：{wrong[0].text.strip()[:12]}", f"改为{allowed[0]}。", mend=mend
            )
    for said in texts(pages):
        if match := _WIDE.search(said.text):
            mend = substituting(said.nodes, _WIDE, lambda found: unicodedata.normalize("NFKC", found[0]))
            yield Hit(said.place, f"数字、字母用了全角：{match[0]}", "改为半角。", mend=mend)


def _lines(pages: Pages) -> list[Line]:
    found = {line.number: line for line in (*title_lines(pages), *prose(pages))}
    found |= {line.number: line for line in pages.body() if heading_level(line)}
    return [found[number] for number in sorted(found)]


CHECK = form_check("F19", _run)
