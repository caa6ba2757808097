"""F13 附件说明: what is said to be attached is attached, in the same words, numbered, without punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.checks import Hit
from tools.checks.anatomy import is_contents
from tools.checks.context import Context
from tools.checks.mending.letters import substituting
from tools.checks.pages import form_check
from tools.checks.reading import Line, Pages

_SAYS = re.compile(r"^[\s　]*附\s*件\s*([:：])\s*(?:(\d{1,2})\s*[.．、]\s*)?(.+)$")
_NEXT = re.compile(r"^[\s　]*(\d{1,2})\s*[.．]\s*(.{2,40})$")
_MARK = re.compile(r"^[\s　]*附\s*件\s*(\d{0,2})\s*[:：]?\s*$")
_HALF, _END = re.compile(r"(?<=附件)[:](?=.)"), re.compile(r"[。；，、;,.]\s*$")


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    lines = [line for line in pages.lines if line.text.strip() and line.style not in {"Aside", "TextBox"}]
    lines = [line for line in lines if not is_contents(line) and line.zone != "cover"]
    listed, attached = _listed(lines), _attached(lines)
    for at, (line, colon, number, name) in enumerate(listed, 1):
        nodes = (line.node,) if line.node is not None else ()
        if colon == ":":
            yield Hit(line.place, "“附件”后用了半角冒号", "改用全角冒号。", mend=substituting(nodes, _HALF, "："))
        if _END.search(name):
            yield Hit(line.place, "附件名称后有标点", "删去附件名称后的标点。", mend=substituting(nodes, _END, ""))
        if (number or len(listed) > 1) and number != str(at):
            yield Hit(line.place, f"附件序号应为{at}", "附件按顺序编号，如“附件：1.××”。")
    if listed and len(listed) != len(attached):
        yield Hit(
            listed[0][0].place,
            f"附件说明列了 {len(listed)} 个附件，文后有 {len(attached)} 个",
            "核对附件，补附或改正说明。",
        )
    elif attached and not listed:
        yield Hit(attached[0][0].place, "正文之后没有附件说明", "正文下空一行写“附件：”和附件名称。")
    for (_, _, _, name), (mark, title) in zip(listed, attached, strict=False):
        if title and _bare(name) != _bare(title):
            yield Hit(mark.place, f"附件标题「{title[:20]}」与附件说明「{name[:20]}」不一致", "改成同一名称。")


def _listed(lines: list[Line]) -> list[tuple[Line, str, str, str]]:
    """(line, colon, number, name) of each attachment that the text announces."""
    for at, line in enumerate(lines):
        match = _SAYS.match(line.text)
        if not match or len(line.text) > 60:
            continue
        found = [(line, match[1], match[2] or "", match[3].strip())]
        for after in lines[at + 1 :]:
            more = _NEXT.match(after.text)
            if not more or not match[2]:
                break
            found.append((after, "", more[1], more[2].strip()))
        return found
    return []


def _attached(lines: list[Line]) -> list[tuple[Line, str]]:
    """(mark, title) of each attachment that follows."""
    return [
        (line, lines[at + 1].text.strip() if at + 1 < len(lines) else "")
        for at, line in enumerate(lines)
        if _MARK.match(line.text)
    ]


def _bare(text: str) -> str:
    return re.sub(r"[\s　。；，、;,.《》]", "", text)


CHECK = form_check("F13", _run)
