"""Exact names first: codes, indicator names and aliases, report ids and titles, units and periods inside a query."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.search.document import Doc
from knowledge.search.wording import fold

Mask = NDArray[np.bool_]

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
这份 那份 这个 那个 里面的 里的 指标 报告 模板 的 了 吗 呢 份 查 找 看 ？ ? ， , 。 、 ： : 「 」 《 》 “ ” " '
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


@dataclass(frozen=True)
class Named:
    """For each row: the share of the query that its names cover (0 to 1), whether they cover all of it, and whether
    its own title is among them."""

    shares: NDArray[np.float32]
    full: Mask
    titled: Mask


@dataclass(frozen=True)
class Names:
    """Every identifier and title, folded, with the rows that bear it, and with those whose own title it is.

    A section of a report also bears the title of the report: title and heading together name it.
    """

    rows: Mapping[str, NDArray[np.int32]]
    titles: Mapping[str, NDArray[np.int32]]
    count: int

    @classmethod
    def of(cls, docs: Sequence[Doc]) -> Names:
        rows: dict[str, list[int]] = {}
        titles: dict[str, list[int]] = {}
        known: dict[str, str] = {}
        for row, doc in enumerate(docs):
            report = str(doc.facts.get("report_title", ""))
            said = {doc.id, doc.title, doc.template, report, *doc.identifiers}
            for name in {known.get(one) or known.setdefault(one, spellings(one)) for one in said}:
                if len(name) >= _SHORTEST:
                    rows.setdefault(name, []).append(row)
            titles.setdefault(known[doc.title], []).append(row)
        return cls(_arrays(rows), _arrays(titles), len(docs))

    def coverage(self, query: str, mask: Mask) -> Named:
        """What the rows of the mask are named by in the query.

        Longest names win and do not overlap: 售电量增长率 does not also name 售电量. A row is named in full when its
        names leave nothing of the query but words of asking, or when one of them is a code (A02, R3, a report id).
        """
        text = spellings(query)
        free = bytearray(b"\x01" * len(text))
        covered = np.zeros(self.count, dtype=np.int32)
        full, titled = np.zeros(self.count, dtype=np.bool_), np.zeros(self.count, dtype=np.bool_)
        for length in range(min(len(text), _LONGEST), _SHORTEST - 1, -1):
            for at in range(len(text) - length + 1):
                name = text[at : at + length]
                if name not in self.rows or not all(free[at : at + length]) or _inside_word(text, at, length):
                    continue
                rows = self.rows[name]
                rows = rows[mask[rows]]
                if not len(rows):
                    continue
                free[at : at + length] = bytes(length)
                covered[rows] += length
                titled[self.titles.get(name, [])] = True
                if _CODE.fullmatch(name):
                    full[rows] = True
        rest = "".join(char if free[i] else "\x00" for i, char in enumerate(text))
        left = len(_FILLERS.sub("", rest).replace("\x00", ""))
        total = left + sum(1 for flag in free if not flag)
        if covered.any():
            full |= covered == total
        return Named((covered / max(total, 1)).astype(np.float32), full, titled)


def _arrays(found: Mapping[str, Sequence[int]]) -> dict[str, NDArray[np.int32]]:
    return {name: np.array(rows, dtype=np.int32) for name, rows in found.items()}


def _inside_word(text: str, at: int, length: int) -> bool:
    """Whether a name that begins or ends in a Latin letter or digit is cut out of a longer word (A02 in A021)."""
    before = at > 0 and _ASCII.match(text[at]) and _ASCII.match(text[at - 1])
    end = at + length
    after = end < len(text) and _ASCII.match(text[end - 1]) and _ASCII.match(text[end])
    return bool(before or after)
