"""F18 空段与空格: no empty paragraph between paragraphs, no blanks for indenting or between Chinese characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from tools.checks import Hit
from tools.checks.anatomy import heading_level, prose, title_of
from tools.checks.context import Context
from tools.checks.mending.letters import substitute
from tools.checks.mending.looks import block
from tools.checks.pages import form_check
from tools.checks.readers.word_text import W
from tools.checks.reading import Line, Pages

_BETWEEN = re.compile(r"(?<=[一-鿿，。；：、）”])[ 　\t ]+(?=[一-鿿（“])|(?<=[一-鿿])[ 　 ]+(?=[，。；：、）”])")
_LEADING = re.compile(r"^[ 　\t ]+")
_HELD = tuple(f"{W}{name}" for name in ("drawing", "pict", "object", "sectPr", "br", "fldChar", "instrText"))


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    sentences = {line.number: line for line in prose(pages)}
    yield from _empty(pages, sentences)
    for line in pages.body():
        heading = bool(heading_level(line))
        if line.number not in sentences and not heading:
            continue
        if _LEADING.match(line.text):
            yield Hit(line.place, "用空格缩进", "删去空格，设首行缩进两字。", mend=_mend(line, _LEADING, indent=True))
        inner = line.text.strip()
        match = _BETWEEN.search(inner) if not heading else re.search(r"(?<=[一-鿿])[ 　]+(?=[一-鿿])", inner)
        if match:
            around = inner[max(0, match.start() - 4) : match.end() + 4]
            yield Hit(line.place, f"汉字之间有空格：{around}", "删去空格。", mend=_mend(line, _BETWEEN))


def _empty(pages: Pages, sentences: dict[int, Line]) -> Iterator[Hit]:
    """Runs of empty paragraphs: one is too many between two paragraphs of text, more than the rule allows anywhere."""
    title = title_of(pages)
    tables = {grid.after for grid in pages.grids}
    run: list[Line] = []
    before: Line | None = None
    lines = [line for line in pages.body() if line.style not in {"Aside", "TextBox"}]
    for line in lines:
        if _is_empty(line) and not (run and run[-1].number in tables):
            run.append(line)
            continue
        inside = (
            before is not None
            and title is not None
            and before.number > title.number
            and _text(before, sentences)
            and _text(line, sentences)
            and not any(number in tables for number in (before.number, *(item.number for item in run)))
        )
        if run and (inside or len(run) > pages.pack.page.blank_lines):
            text = f"有 {len(run)} 个空段" if len(run) > 1 else "用空段分隔段落"
            yield Hit(run[0].place, text, "删去空段，用段前段后距。", mend=_remove([item.node for item in run]))
        run, before = ([line] if _is_empty(line) else []), (before if _is_empty(line) else line)


def _text(line: Line, sentences: dict[int, Line]) -> bool:
    return line.number in sentences or bool(heading_level(line))


def _is_empty(line: Line) -> bool:
    if line.text.strip() or line.picture or line.breaks:
        return False
    return line.node is None or next(line.node.iter(*_HELD), None) is None


def _remove(nodes: list[Any]) -> Callable[[], None] | None:
    if any(node is None for node in nodes):
        return None

    def mend() -> None:
        for node in nodes:
            parent = node.getparent()
            if parent is not None:
                for mark in list(node.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd")):
                    node.addprevious(mark)
                parent.remove(node)

    return mend


def _mend(line: Line, pattern: re.Pattern[str], *, indent: bool = False) -> Callable[[], None] | None:
    if line.node is None:
        return None

    def mend() -> None:
        substitute(line.node, pattern, "")
        if indent:
            block(line.node, indent=200)

    return mend


CHECK = form_check("F18", _run)
