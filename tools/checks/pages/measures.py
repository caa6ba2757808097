"""F22 计量单位: Chinese names of units in the text; both ends of a range of percentages carry their sign."""

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

_SYMBOL = re.compile(
    r"(?<=[\d万亿千])\s*(kW\s*[·.•]?\s*h|MW\s*[·.•]?\s*h|GW\s*[·.•]?\s*h|kW|MW|GW|kVA|MVA)(?![A-Za-z/])", re.IGNORECASE
)
_DEGREE = re.compile(r"(?<=\d)\s*(万|亿)?度(?:电)?(?![^，。；]{0,1}[日夏])(?=[，。；、）以]|的?电?$|同比|环比|左右)")
_OLD = re.compile(r"千瓦小时|千瓦·时|瓩时|千瓦\s*/\s*时|(?<=[\d万亿])大卡")
_RANGE = re.compile(r"(?<![\d.%])(\d+(?:\.\d+)?)([～~—\-－至])(\d+(?:\.\d+)?)[%％](?!\d)")
_NAMES = {
    "kwh": "千瓦时",
    "mwh": "兆瓦时",
    "gwh": "吉瓦时",
    "kw": "千瓦",
    "mw": "兆瓦",
    "gw": "吉瓦",
    "kva": "千伏安",
    "mva": "兆伏安",
}


_FIX = "写中文单位名称，如千瓦时、千瓦、千伏安。"


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    ranged = next(rule for rule in wording() if rule.id == "range_percent")
    for said in texts(pages):
        if not said.cell:
            for pattern, new in ((_SYMBOL, _named), (_DEGREE, _energy), (_OLD, "千瓦时")):
                if (match := pattern.search(said.text)) and not _no_energy(said.text, match):
                    text = f"计量单位写法有误：{said.text[max(0, match.start() - 4) : match.end()]}"
                    yield Hit(said.place, text, _FIX, mend=substituting(said.nodes, pattern, new))
        match = _RANGE.search(said.text)
        if match and compiled(ranged.pattern).search(f"{match[1]}～{match[3]}%"):
            mend = substituting(said.nodes, _RANGE, r"\1%～\3%")
            yield Hit(said.place, f"{ranged.label}：{match[0]}", ranged.fix, mend=mend)


def _no_energy(text: str, match: re.Match[str]) -> bool:
    """Whether 度 is a degree of temperature or of an angle."""
    clause = re.split(r"[，。；]", text[: match.start()])[-1]
    return match.re is _DEGREE and "电" not in clause and bool(re.search(r"[温热冷湿角坡纬经暖]|[最偏]?[高低]", clause))


def _named(match: re.Match[str]) -> str:
    return _NAMES[re.sub(r"[\s·.•]", "", match[1]).lower()]


def _energy(match: re.Match[str]) -> str:
    return f"{match[1] or ''}千瓦时"


CHECK = form_check("F22", _run)
