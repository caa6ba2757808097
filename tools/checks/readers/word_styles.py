"""Formatting in effect: direct, by character style, by paragraph style and what it is based on, by default."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from tools.checks.readers.word_text import W, letters
from tools.checks.reading import Look, Run

Props = dict[str, str]
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WHITE = {"auto", "FFFFFF", "ffffff"}


@dataclass
class Styles:
    """The styles of one file; `theme` maps `minorEastAsia` and the like to fonts."""

    root: Any
    theme: dict[str, str]

    def __post_init__(self) -> None:
        self._seen: dict[str, Props] = {}

    @cached_property
    def _items(self) -> dict[str, Any]:
        return {style.get(f"{W}styleId"): style for style in self.root.iterchildren(f"{W}style")}

    @cached_property
    def _default(self) -> str:
        for name, item in self._items.items():
            if item.get(f"{W}default") in {"1", "true"} and item.get(f"{W}type") == "paragraph":
                return str(name)
        return ""

    @cached_property
    def _tail(self) -> Props:
        defaults = self.root.find(f"{W}docDefaults")
        if defaults is None:
            return {}
        holders = (defaults.find(f"{W}rPrDefault"), defaults.find(f"{W}pPrDefault"))
        return {key: value for holder in holders if holder is not None for key, value in self._props(holder).items()}

    def role(self, paragraph: Any) -> str:
        """What the paragraph's style is called, in lower case: `heading 1`, `title`, `caption` …"""
        item = self._items.get(style_id(paragraph) or self._default)
        name = item.find(f"{W}name") if item is not None else None
        return str(name.get(f"{W}val") or "").lower() if name is not None else ""

    def numbered(self, paragraph: Any) -> bool:
        """Whether the paragraph or its style numbers itself."""
        return self._paragraph(paragraph).get("numId", "0") not in {"0", ""}

    def look(self, paragraph: Any) -> Look:
        """The formatting of a paragraph and of its first run with text."""
        runs = self.runs(paragraph)
        return runs[0].look if runs else _look(self._paragraph(paragraph))

    def runs(self, paragraph: Any) -> tuple[Run, ...]:
        """Every run with text; of a paragraph read on its own."""
        base = self._paragraph(paragraph)
        found: list[Run] = []
        plain: dict[tuple[tuple[str, str], ...], Look] = {}
        for node, text in letters(paragraph):
            run = node.getparent()
            if found and found[-1].node is run:
                found[-1] = replace(found[-1], text=found[-1].text + text)
                continue
            own = self._props(run)
            named = run.find(f"{W}rPr/{W}rStyle")
            style = self._style(named.get(f"{W}val") or "") if named is not None else {}
            key = tuple(sorted((style | own).items()))
            if key not in plain:
                plain[key] = _look(base | style | own)
            found.append(Run(text, plain[key], run))
        return tuple(found)

    def _paragraph(self, paragraph: Any) -> Props:
        direct = self._props(paragraph) if paragraph.tag == f"{W}p" else {}
        return self._tail | self._style(style_id(paragraph) or self._default) | direct

    def _style(self, name: str) -> Props:
        if name not in self._seen:
            merged: Props = {}
            for item in reversed(list(self._chain(name))):
                merged |= self._props(item)
            self._seen[name] = merged
        return self._seen[name]

    def _chain(self, name: str) -> Iterator[Any]:
        seen: set[str] = set()
        while name in self._items and name not in seen:
            seen.add(name)
            style = self._items[name]
            yield style
            based = style.find(f"{W}basedOn")
            name = (based.get(f"{W}val") or "") if based is not None else ""

    def _props(self, holder: Any) -> Props:
        """What one holder of `w:rPr` and `w:pPr` sets itself."""
        found: Props = {}
        letters_ = holder.find(f"{W}rPr")
        if letters_ is not None:
            for item in letters_:
                self._letter(item, found)
        block = holder.find(f"{W}pPr")
        if block is not None:
            for item in block:
                _block(item, found)
        return found

    def _letter(self, item: Any, found: Props) -> None:
        value = item.get(f"{W}val") or ""
        match item.tag.removeprefix(W):
            case "rFonts":
                for key, name in (("font", "eastAsia"), ("latin", "ascii")):
                    theme = item.get(f"{W}{name}Theme") or ""
                    got = self.theme.get(theme, "") if theme else item.get(f"{W}{name}")
                    if got is not None:
                        found[key] = got
            case "sz":
                found["size"] = value
            case "b":
                found["bold"] = "0" if value in {"0", "false", "off"} else "1"
            case "color":
                found["colour"] = "" if value == "auto" else value.upper()
            case "vertAlign":
                found["raised"] = "" if value == "baseline" else value
            case "highlight":
                found["behind"] = "" if value == "none" else value
            case "shd":
                fill = item.get(f"{W}fill") or "auto"
                found["shade"] = "" if fill in _WHITE else fill


def _block(item: Any, found: Props) -> None:
    match item.tag.removeprefix(W):
        case "jc":
            found["align"] = item.get(f"{W}val") or ""
        case "ind":
            for name in ("firstLineChars", "firstLine", "hangingChars", "hanging"):
                value = item.get(f"{W}{name}")
                if value is not None:
                    found[name] = value
        case "spacing":
            for name in ("line", "lineRule"):
                value = item.get(f"{W}{name}")
                if value is not None:
                    found[name] = value
        case "numPr":
            number = item.find(f"{W}numId")
            found["numId"] = (number.get(f"{W}val") or "") if number is not None else found.get("numId", "")


def _look(props: Props) -> Look:
    size = props.get("size", "")
    points = int(size) if size.isdigit() else 20
    return Look(
        font=props.get("font", ""),
        size=points,
        bold=props.get("bold") == "1",
        align=_align(props.get("align", "")),
        indent_chars=_indent(props, points),
        line=whole(props.get("line")),
        line_rule=props.get("lineRule", ""),
        latin=props.get("latin", ""),
        colour=props.get("colour", ""),
        behind=props.get("behind", "") or props.get("shade", ""),
        raised=bool(props.get("raised")),
    )


def _align(value: str) -> str:
    return {"start": "left", "end": "right"}.get(value, value)


def _indent(props: Props, points: int) -> int:
    """Hundredths of a character: as written, else from twips and the size of the letters (half-points)."""
    if whole(props.get("hangingChars")) or (whole(props.get("hanging")) and not whole(props.get("firstLineChars"))):
        return -100
    chars = whole(props.get("firstLineChars"))
    return chars if chars else round(whole(props.get("firstLine")) * 10 / max(points, 1))


def style_id(paragraph: Any) -> str:
    found = paragraph.find(f"{W}pPr/{W}pStyle") if paragraph.tag == f"{W}p" else None
    return (found.get(f"{W}val") or "") if found is not None else ""


def whole(value: str | None) -> int:
    """An attribute as a number, 0 when it is none."""
    return int(float(value)) if value and re.fullmatch(r"-?\d+(?:\.\d+)?", value) else 0


def theme_fonts(root: Any) -> dict[str, str]:
    """`minorEastAsia`, `majorAscii` … to the font of the theme for simplified Chinese."""
    found: dict[str, str] = {}
    for kind in ("major", "minor"):
        holder = next(root.iter(f"{_A}{kind}Font"), None) if root is not None else None
        if holder is None:
            continue
        latin, east = holder.find(f"{_A}latin"), holder.find(f"{_A}ea")
        hans = next((item for item in holder.iter(f"{_A}font") if item.get("script") == "Hans"), None)
        found[f"{kind}EastAsia"] = (east.get("typeface") if east is not None else "") or (
            hans.get("typeface") if hans is not None else ""
        )
        for name in ("Ascii", "HAnsi"):
            found[f"{kind}{name}"] = latin.get("typeface", "") if latin is not None else ""
    return found
