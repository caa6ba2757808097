"""F17 中文标点: full width between Chinese, and after Chinese before a figure; no mark twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.mending.letters import substituting
from tools.checks.pages import form_check
from tools.checks.reading import Pages
from tools.checks.texts import texts

_LEFT = r"[一-鿿％”）〕》]"
_HALF = re.compile(
    rf"(?<={_LEFT})[,;:?!](?=[一-鿿“（《〔\d]|\s|$)|(?<=[\d%A-Za-z])[,;?!](?=[一-鿿“（《〔])|(?<=[一-鿿”）])\.(?=[一-鿿“（]|\s*$)|"
    r"(?<=[一-鿿])\.{3,6}"
)
_TWICE = re.compile(r"([，。；：、！？])\1+|[，、；][。，；、]|。[，；、]")
_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。"}


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    for said in texts(pages):
        match = _HALF.search(said.text)
        if match and not (said.cell and match[0] == "."):
            around = said.text[max(0, match.start() - 3) : match.end() + 3]
            yield Hit(
                said.place,
                f"中文之间用了半角标点：{around}",
                "改用全角标点。",
                mend=substituting(said.nodes, _HALF, _full),
            )
        match = _TWICE.search(said.text)
        if match:
            mend = substituting(said.nodes, _TWICE, lambda found: "。" if "。" in found[0] else found[0][0])
            yield Hit(said.place, f"标点重复：{match[0]}", "只留一个标点。", mend=mend)


def _full(match: re.Match[str]) -> str:
    return "……" if match[0].startswith("...") else _FULL[match[0]]


CHECK = form_check("F17", _run)
