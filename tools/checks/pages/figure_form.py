"""F11 图: name below with a running number, and words that stand for the figure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tools.checks import Hit
from tools.checks.anatomy import caption
from tools.checks.context import Context
from tools.checks.mending.letters import substituting
from tools.checks.pages import form_check
from tools.checks.reading import Line, Pages

_FIRST = re.compile(r"(?<=^图)\s?\d{1,3}")
_SHAPE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    lines = pages.lines
    count = 0
    for at, line in enumerate(lines):
        if not line.picture or line.zone != "body":
            continue
        count += 1
        below = next((item for item in lines[at + 1 : at + 3] if item.text.strip()), None)
        match = caption(below) if below else None
        if below is None or match is None or match[1] != "图" or not match[3].strip():
            yield Hit(f"第{count}幅图", "图下方没有“图N　题名”", "补写图题。")
        elif match[2] != str(count):
            mend = substituting((below.node,) if below.node is not None else (), _FIRST, str(count))
            yield Hit(f"图{match[2]}", f"图号不连续，应为图{count}", f"改为图{count}。", mend=mend)
        if not line.alt.strip():
            words = match[3].strip() if match else ""
            yield Hit(f"第{count}幅图", "没有替代文字", "补写一句图的内容说明。", "warn", mend=_describe(line, words))


def _describe(line: Line, words: str) -> Callable[[], None] | None:
    shape = next(line.node.iter(_SHAPE), None) if line.node is not None else None
    if shape is None or not words:
        return None
    return lambda: shape.set("descr", words)


CHECK = form_check("F11", _run)
