"""F07 层次序号连续: each level counts on from the one before, starts anew under a higher one, and is typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tools.checks import Hit
from tools.checks.anatomy import HEADINGS, WRONG_MARKS, body_lines, heading_level, title_lines
from tools.checks.context import Context
from tools.checks.mending.letters import splice, substituting
from tools.checks.mending.looks import unnumbered
from tools.checks.pages import form_check
from tools.checks.reading import Line, Pages
from tools.documents.numbering import heading_number

_COUNT = re.compile(r"^[（(]?([一二三四五六七八九十]+|\d+)")
_ITEMS = re.compile(r"^(\d{1,2})[.．](?![\d.])")


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    counts = {1: 0, 2: 0}
    titles = {line.number for line in title_lines(pages)}
    item = 0
    for line in body_lines(pages):
        at = heading_level(line)
        if line.number in titles:
            continue
        if at in counts:
            counts[at] += 1
            counts[2] = 0 if at == 1 else counts[2]
            item = 0
            yield from _heading(line, at, counts)
        elif match := _ITEMS.match(line.text):
            if int(match[1]) not in {item + 1, 1}:
                wanted = f"{item + 1}."
                mend = substituting(_nodes(line), _ITEMS, wanted)
                yield Hit(line.place, f"序号不连续：{match[0]}", f"此处应为“{wanted}”。", mend=mend)
            item = int(match[1])


def _heading(line: Line, at: int, counts: dict[int, int]) -> Iterator[Hit]:
    wanted = heading_number(at, counts[at])
    shown = line.text.strip().replace("(", "（").replace(")", "）")
    if WRONG_MARKS.match(line.text.strip()):
        return
    if not HEADINGS[at].match(shown):
        text = "层次序号用了自动编号" if line.numbered else "标题没有层次序号"
        yield Hit(line.place, text, f"手工写出“{wanted}”。", mend=_write(line, wanted))
    elif not shown.startswith(wanted):
        mend = substituting(_nodes(line), HEADINGS[at], wanted)
        yield Hit(line.place, f"层次序号不连续：{line.text[:8]}", f"此处应为“{wanted}”。", mend=mend)
        number = _COUNT.match(shown)
        counts[at] = _value(number[1]) if number else counts[at]


def _write(line: Line, wanted: str) -> Callable[[], None] | None:
    if line.node is None:
        return None

    def mend() -> None:
        unnumbered(line.node)
        splice(line.node, 0, 0, wanted)

    return mend


def _nodes(line: Line) -> tuple[object, ...]:
    return (line.node,) if line.node is not None else ()


def _value(text: str) -> int:
    return next((at for at in range(1, 100) if heading_number(1, at) == f"{text}、"), 0)


CHECK = form_check("F07", _run)
