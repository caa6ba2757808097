"""F15 发文字号: hexagonal brackets, no leading zero, no 第; the year in full."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.mending.letters import substituting
from tools.checks.pages import form_check
from tools.checks.reading import Pages
from tools.checks.texts import texts

_ANY = re.compile(r"([一-鿿]{2,12})\s*[〔\[【(（［]\s*(\d{2}|\d{4})\s*[〕\]】)）］]\s*(第?)\s*(\d{1,5})\s*号")
_RIGHT = re.compile(r"[一-鿿]{2,12}〔\d{4}〕[1-9]\d*号")


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    for said in texts(pages, tables=False):
        yield from _wrong(said.place, said.text, said.nodes)
    for line in pages.lines:
        if line.zone == "cover":
            yield from _wrong(line.place, line.text, (line.node,) if line.node is not None else ())


def _wrong(place: str, text: str, nodes: tuple[object, ...]) -> Iterator[Hit]:
    for match in _ANY.finditer(text):
        if not _RIGHT.fullmatch(match[0]):
            mend = substituting(nodes, _ANY, _mended) if len(match[2]) == 4 else None
            yield Hit(
                place,
                f"发文字号写法有误：{match[0]}",
                "写作“〔2026〕15号”的形式，年份四位，不编虚位，不加“第”。",
                mend=mend,
            )


def _mended(match: re.Match[str]) -> str:
    return f"{match[1]}〔{match[2]}〕{int(match[4])}号" if len(match[2]) == 4 else match[0]


CHECK = form_check("F15", _run)
