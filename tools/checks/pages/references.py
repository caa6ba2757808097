"""F12 表、图在正文中提到: every table and figure is referred to, and every reference leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from tools.checks import Hit
from tools.checks.anatomy import body_lines, caption, prose
from tools.checks.context import Context
from tools.checks.mending.letters import splice
from tools.checks.pages import form_check
from tools.checks.reading import Line, Pages

_SEEN = re.compile(
    r"(?:见|如|由|从|据|和|及|与|、|，|（)\s*([表图])\s?(\d{1,3})(?![\d.])(?=[。，；、）)所示中看可及和与至—～的]|$)"
)
_RANGE = re.compile(r"([表图])\s?(\d{1,3})\s*(?:至|到|—|～|~|-)\s*[表图]?\s?(\d{1,3})")


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    names: dict[str, Line] = {}
    said = ""
    for line in body_lines(pages):
        match = caption(line)
        if match:
            names.setdefault(f"{match[1]}{match[2]}", line)
        else:
            said += line.text + "\n"
    told = {f"{a}{n}" for a, first, last in _RANGE.findall(said) for n in range(int(first), min(int(last), 200) + 1)}
    settled = _in_order(names)
    for name, line in names.items():
        if name not in told and not re.search(rf"{name[0]}\s?{name[1:]}(?!\d)", said):
            yield Hit(
                name,
                "正文没有提到",
                f"在相应段落写“见{name}”。",
                mend=_announce(name, line, pages) if settled else None,
            )
    for line in prose(pages):
        for match in _SEEN.finditer(line.text):
            name = f"{match[1]}{match[2]}"
            if name not in names:
                yield Hit(line.place, f"提到的{name}不存在", "改为实有的表号、图号，或补上所缺的表、图。")


def _in_order(names: Iterable[str]) -> bool:
    """Whether the numbers run on: a wrong one is mended first, and may be the one that the text refers to."""
    counts = {kind: [int(name[1:]) for name in names if name[0] == kind] for kind in "表图"}
    return all(found == list(range(1, len(found) + 1)) for found in counts.values())


def _announce(name: str, line: Line, pages: Pages) -> Callable[[], None] | None:
    before = [item for item in prose(pages) if item.number < line.number and item.text.rstrip().endswith("。")]
    if not before or before[-1].node is None:
        return None
    target = before[-1]
    at = len(target.text.rstrip()) - 1
    return lambda: splice(target.node, at, at, f"（见{name}）")


CHECK = form_check("F12", _run)
