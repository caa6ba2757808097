"""The page of HTML: whole, self-contained, every figure with its card, ready for a phone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_LOADED = re.compile(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.opens: set[str] = set()
        self.ids: list[str] = []
        self.loose_tables = 0
        self.classes: list[str] = []
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.ids.append(told.get("id") or "")
        self.opens.add(told.get("popovertarget") or "")
        if tag == "table" and "scroll" not in self.classes:
            self.loose_tables += 1
        if tag not in _VOID:
            self.open.append(tag)
            self.classes.append(told.get("class") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids.append(dict(attrs).get("id") or "")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.crossed.append(tag)
        elif self.open:
            self.open.pop()
            self.classes.pop()


def read(path: Path) -> _Reader:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader


def words(path: Path) -> str:
    """All that the page says."""
    return "".join(read(path).words)


def broken(path: Path) -> Iterator[str]:
    """What would keep a reader from using the page."""
    text, reader = path.read_text(encoding="utf-8"), read(path)
    if reader.crossed or reader.open:
        yield f"标签没有配对：{'、'.join([*reader.crossed, *reader.open][:3])}"
    if missing := sorted(reader.opens - set(reader.ids) - {""}):
        yield f"没有数据卡片：{'、'.join(missing[:3])}"
    if doubled := [name for name, count in Counter(reader.ids).items() if name and count > 1]:
        yield f"编号重复：{'、'.join(doubled[:3])}"
    if reader.loose_tables:
        yield f"{reader.loose_tables} 张表不能横向滚动，手机上会撑破页面"
    if _LOADED.search(text) or "<script" in text:
        yield "要从别处装载内容"
    if 'name="viewport"' not in text:
        yield "没有为手机声明宽度"
