"""F16 引号和括号: full width beside Chinese, and each has its other half."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.mending.letters import substituting
from tools.checks.pages import form_check
from tools.checks.reading import Pages
from tools.checks.texts import Said, texts

_HALF = re.compile(r"\((?=[^()]*[一-鿿])([^()]*)\)|(?<=[一-鿿])\(([^()]*)\)|\(([^()]*)\)(?=[一-鿿])")
_STRAIGHT = re.compile(r'"([^"]*[一-鿿][^"]*)"')
_CORNER = re.compile(r"[「『]([^「」『』]*)[」』]")
_SINGLE = re.compile(r"(?<![A-Za-z\d])'([^']*[一-鿿][^']*)'")
_PAIRS = (("（", "）"), ("“", "”"), ("‘", "’"), ("《", "》"), ("〔", "〕"), ("【", "】"))


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    for said in texts(pages):
        for pattern, text, fix, new in (
            (_HALF, "括号用了半角", "改用全角括号。", _round),
            (_STRAIGHT, "引号用了直引号", "改用“”。", r"“\1”"),
            (_SINGLE, "引号用了直引号", "改用‘’或“”。", r"“\1”"),
            (_CORNER, "引号用了直角引号", "改用“”。", r"“\1”"),
        ):
            match = pattern.search(said.text)
            if match:
                yield Hit(said.place, f"{text}：{match[0][:20]}", fix, mend=_mend(said, pattern, new))
        for left, right in _PAIRS:
            if _loose(said.text, left, right):
                yield Hit(
                    said.place,
                    f"“{left}{right}”不成对" if left not in "“‘" else f"引号{left}{right}不成对",
                    "补齐另一半。",
                )
        if re.search(r'(?<=[一-鿿])"|"(?=[一-鿿])', _STRAIGHT.sub("", said.text)):
            yield Hit(said.place, "引号不成对", "补齐另一半，并用“”。")
        bare = _HALF.sub("", said.text)
        if re.search(r"(?<=[一-鿿])\(|\)(?=[一-鿿])", bare) or (bare.count("(") != bare.count(")") and _chinese(bare)):
            yield Hit(said.place, "半角括号不成对", "补齐另一半，并用全角括号。")


def _round(match: re.Match[str]) -> str:
    return f"（{next(group for group in match.groups() if group is not None)}）"


def _mend(said: Said, pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str]) -> Callable[[], None] | None:
    return substituting(said.nodes, pattern, new)


def _loose(text: str, left: str, right: str) -> bool:
    """Whether a half stands without the other, in order; a list numbered 1） has only the right one."""
    depth = 0
    for at, char in enumerate(text):
        if char == left:
            depth += 1
        elif char == right:
            if depth == 0 and not (right == "）" and re.fullmatch(r"\s*\d{1,2}", text[:at])):
                if right != "’":
                    return True
                continue
            depth = max(0, depth - 1)
    return depth > 0


def _chinese(text: str) -> bool:
    return bool(re.search(r"[一-鿿]", text)) and not re.match(r"\s*\d{1,2}\)", text)


CHECK = form_check("F16", _run)
