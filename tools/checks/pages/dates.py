"""F14 日期: Arabic numerals, four digits of the year, no leading zeros."""

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

_ZERO = re.compile(r"(?<=年)0(?=[1-9]月)|(?<=月)0(?=[1-9]日)|(?<=年)\s*0(?=[1-9]\s*月)")
_ISO = re.compile(r"(?<![\d./-])((?:19|20)\d{2})([-/.])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?![\d./-])")
_HAN = re.compile(
    r"[一二][〇○零一二三四五六七八九]{3}年(?:[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}日)?)?"
)
_SHORT = re.compile(r"(?<![\d年])[’']?(?:1\d|2\d)年(?=(?:1[0-2]|[1-9])月)")
_DIGITS = {char: str(at % 10) for at, char in enumerate("〇一二三四五六七八九")} | {"○": "0", "零": "0"}


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    zero = next(rule for rule in wording() if rule.id == "date_zero")
    for said in texts(pages):
        match = compiled(zero.pattern).search(said.text) or _ZERO.search(said.text)
        if match:
            yield Hit(said.place, f"{zero.label}：{match[0]}", zero.fix, mend=substituting(said.nodes, _ZERO, ""))
        if said.cell:
            continue
        if match := _ISO.search(said.text):
            yield Hit(
                said.place, f"日期写作「{match[0]}」", "写作“2026年1月5日”。", mend=substituting(said.nodes, _ISO, _iso)
            )
        if match := _HAN.search(said.text):
            yield Hit(
                said.place,
                f"日期用了汉字：{match[0]}",
                "用阿拉伯数字写日期。",
                mend=substituting(said.nodes, _HAN, _han),
            )
        if match := _SHORT.search(said.text):
            yield Hit(
                said.place,
                f"年份不是四位：{match[0]}",
                "年份写四位数字。",
                mend=substituting(said.nodes, _SHORT, _full),
            )


def _iso(match: re.Match[str]) -> str:
    return f"{match[1]}年{int(match[3])}月{int(match[4])}日"


def _han(match: re.Match[str]) -> str:
    year, _, rest = match[0].partition("年")
    shown = "".join(_DIGITS[char] for char in year) + "年"
    return shown + re.sub(r"[一二三四五六七八九十]+", lambda found: str(_count(found[0])), rest)


def _count(text: str) -> int:
    tens, _, ones = text.rpartition("十")
    if "十" not in text:
        return int(_DIGITS[text])
    return (int(_DIGITS[tens]) if tens else 1) * 10 + (int(_DIGITS[ones]) if ones else 0)


def _full(match: re.Match[str]) -> str:
    return "20" + match[0].lstrip("’'")


CHECK = form_check("F14", _run)
