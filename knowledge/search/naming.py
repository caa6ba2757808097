"""Exact names first: codes, indicator names and aliases, report ids and titles, units and periods inside a query."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from knowledge.search.document import Doc
from knowledge.search.wording import fold

Names = Mapping[str, Sequence[int]]

_LONGEST = 60
_SHORTEST = 2
_ASCII = re.compile(r"[a-z0-9]")
_PERIOD = re.compile(r"(?<!\d)(\d{4})[-/.年]0?(\d{1,2})(?:月份?)?(?!\d)")
_QUARTER = re.compile(r"(?<!\d)(\d{4})年?(?:第?([一二三四1-4])季度|-?q([1-4]))")
_CODE = re.compile(r"[a-z]+[a-z0-9]*[-_/.]?\d[\w./-]*")
# Words that say how something is asked for, not what.
_ASKING = """
是怎么计算的 怎么计算 如何计算 怎么算 怎么统计 是什么意思 什么意思 是什么 是多少 什么是 的口径 口径 定义
计算公式 公式 含义 解释一下 说明一下 帮我找一下 帮我查一下 帮我找 帮我查 查询一下 查一下 找一下 看一下 看看
查询 检索 搜索 查找 打开 调出 给我 帮我 我要 我想看 我想 请问 请 麻烦 一下 有没有 有哪些 在哪里 在哪 哪里
这份 那份 这个 那个 指标 报告 模板 的 了 吗 呢 份 查 找 看 ？ ? ， , 。 、 ： : 「 」 《 》 “ ” " '
"""
_FILLERS = re.compile("|".join(re.escape(word) for word in sorted(_ASKING.split(), key=len, reverse=True)))


def spellings(text: str) -> str:
    """Folded text with its periods in one form (2026年10月, 2026年第三季度); for queries and names alike."""

    def month(found: re.Match[str]) -> str:
        number = int(found[2])
        return f"{found[1]}年{number}月" if 1 <= number <= 12 else found[0]

    def quarter(found: re.Match[str]) -> str:
        said = found[2] or found[3]
        return f"{found[1]}年第{'一二三四'[int(said) - 1] if said.isdigit() else said}季度"

    return _PERIOD.sub(month, _QUARTER.sub(quarter, fold(text)))


def names_of(docs: Sequence[Doc]) -> dict[str, list[int]]:
    """Every identifier and title, folded, with the rows that bear it."""
    names: dict[str, list[int]] = {}
    for row, doc in enumerate(docs):
        for name in {spellings(name) for name in (doc.id, doc.title, doc.template, *doc.identifiers)}:
            if len(name) >= _SHORTEST:
                names.setdefault(name, []).append(row)
    return names


def coverage(query: str, names: Names, seen: Callable[[int], bool]) -> tuple[dict[int, float], set[int]]:
    """How much of the query each visible row is named by (0 to 1), and the rows that are named in full.

    Longest names win and do not overlap: 售电量增长率 does not also name 售电量. A row is named in full when its names
    leave nothing of the query but words of asking, or when one of them is a code (A02, R3, a report id).
    """
    text = spellings(query)
    free = bytearray(b"\x01" * len(text))
    covered: dict[int, int] = {}
    full: set[int] = set()
    for length in range(min(len(text), _LONGEST), _SHORTEST - 1, -1):
        for at in range(len(text) - length + 1):
            name = text[at : at + length]
            if not all(free[at : at + length]) or name not in names or _inside_word(text, at, length):
                continue
            rows = [row for row in names[name] if seen(row)]
            if not rows:
                continue
            free[at : at + length] = bytes(length)
            for row in rows:
                covered[row] = covered.get(row, 0) + length
            if _CODE.fullmatch(name):
                full.update(rows)
    rest = "".join(char if free[i] else "\x00" for i, char in enumerate(text))
    left = len(_FILLERS.sub("", rest).replace("\x00", ""))
    named = sum(1 for flag in free if not flag)
    total = left + named
    shares = {row: count / total for row, count in covered.items()}
    full.update(row for row, count in covered.items() if count == total)
    return shares, full


def _inside_word(text: str, at: int, length: int) -> bool:
    """Whether a name that begins or ends in a Latin letter or digit is cut out of a longer word (A02 in A021)."""
    before = at > 0 and _ASCII.match(text[at]) and _ASCII.match(text[at - 1])
    end = at + length
    after = end < len(text) and _ASCII.match(text[end - 1]) and _ASCII.match(text[end])
    return bool(before or after)
