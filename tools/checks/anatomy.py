"""What the lines of a written report are: banner, title, headings, prose, captions, signature."""

from __future__ import annotations

import re
from itertools import pairwise

from tools.checks.reading import Line, Pages

HEADINGS = {
    1: re.compile(r"^[一二三四五六七八九十]{1,3}、"),
    2: re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]"),
    3: re.compile(r"^\d{1,2}[.．](?![\d.])"),
    4: re.compile(r"^[（(]\d{1,2}[）)]"),
}
WRONG_MARKS = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[.．，,：:](?=[^\d])|[一二三四五六七八九十]{1,3}\s+、|"
    r"[（(][一二三四五六七八九十]{1,3}[）)][、.．，,]|\d{1,2}[、，](?=[一-鿿“])|[（(]\d{1,2}[）)][、.．，,]|\d{1,2}[)）](?=[一-鿿])|"
    r"第[一二三四五六七八九十]{1,3}[、，](?=[一-鿿])|\([一二三四五六七八九十]{1,3}\)|\(\d{1,2}\))"
)
CAPTION = re.compile(r"^(表|图)\s?(\d{1,3})(?![\d.%年月日个户件])[\s　.．:：、]*(.*)$")
_BESIDES = re.compile(
    r"^(?:注\s*[:：]|说明\s*[:：]|备注\s*[:：]|数据来源|资料来源|来源\s*[:：]|单位\s*[:：]|（?单位[:：]|抄送|主送|附件|印发)"
)
_STYLES = {
    "Title",
    "Note",
    "Source",
    "Unit",
    "Imprint",
    "Caption",
    "FigureCaption",
    "AnnexText",
    "AnnexMark",
    "CoverText",
}
_ROLES = ("title", "toc", "caption", "header", "footer", "list of", "table of")
NUMBER_LINE = re.compile(r"[一-鿿]{2,12}\s*[〔\[【(（]\s*\d{2,4}\s*[〕\]】)）]\s*第?\s*\d+\s*号")
_ENDS = ("。", "；", "！", "？", ".", ";", "：", ":")


def heading_level(line: Line) -> int:
    """1 to 4 for a heading, by its number or by its style; 0 for prose, also for prose that begins with a number."""
    text = line.text.strip()
    if not text or is_contents(line) or len(text) > 40 or text.endswith(_ENDS[:-2]):
        return 0
    typed = next((at for at, pattern in HEADINGS.items() if pattern.match(text)), 0)
    if typed and not (typed > 2 and _sentence(text)):
        return typed
    named = re.fullmatch(r"heading (\d)", line.role) or re.fullmatch(r"标题 ?(\d)", line.role)
    return min(int(named[1]), 4) if named else 0


def _sentence(text: str) -> bool:
    return bool(re.search(r"[，。；：]", text)) or len(text) > 30


def is_contents(line: Line) -> bool:
    """A line of the table of contents."""
    return (
        line.style.startswith("TOC")
        or line.role.startswith(("toc", "目录"))
        or bool(re.search(r"(?:\t|[.．·…]{3,}|\s{3,})\d+$", line.text))
    )


def banner(pages: Pages) -> list[Line]:
    """Lines before the title: secrecy, red name, number, signer; those of a cover too."""
    title = title_of(pages)
    return [line for line in pages.lines if title is not None and line.number < title.number]


_NAMES_PAPER = re.compile(r"(?:文\s*件|专报|简报|快报|信息|纪要|号待编）|\d+\s*号)$|注意保存|[绝机秘]\s*密")


def _heads_paper(line: Line) -> bool:
    """Whether a line belongs above the red line of an official paper."""
    text = line.text.strip()
    return (
        (bool(line.look.colour) and line.look.colour.startswith(("FF", "C0", "E6", "EE")))
        or (bool(NUMBER_LINE.search(text)) and len(text) < 40)
        or bool(re.fullmatch(r"\d{6}|.*注意保存|(?:特|加)急|(?:绝密|机密|秘密).*|.*(?:核心|普通)商密.*|签发人.*", text))
        or (bool(re.search(r"文\s*件$|号待编）$", text)) and len(text) < 30)
    )


def title_of(pages: Pages) -> Line | None:
    """The report's title: the first line in the title style, else the first that is centred and large, else the first
    with text that is no part of the red head."""
    lines = [line for line in pages.body() if line.text.strip()]
    for line in lines:
        if line.style == "Title" or line.role == "title":
            return line
    able = [line for line in lines[:15] if not _heads_paper(line) and not is_contents(line)]
    named = [line for line in lines[:6] if line in able or not _NAMES_PAPER.search(line.text.strip())]
    large = [line for line in named if line.look.align == "center" and line.look.size >= 36]
    # a title may be red by mistake; the red name of a paper is not a title
    return next((line for line in large if line in able), None) or next(iter(large or able), None)


def title_lines(pages: Pages) -> list[Line]:
    """The title and what it goes on in: following lines of the same look."""
    first = title_of(pages)
    if first is None:
        return []
    found = [first]
    for line in pages.lines:
        follows = line.number == found[-1].number + 1 and line.text.strip() and not heading_level(line)
        if follows and first.look.align == line.look.align == "center" and line.look.size == first.look.size:
            found.append(line)
    return found


def caption(line: Line) -> re.Match[str] | None:
    """The parts of a caption: 表 or 图, number, name; None for a sentence that begins so."""
    text = line.text.strip()
    match = CAPTION.match(text)
    if match is None or is_contents(line) or len(text) > 60 or text.endswith(("。", "；")):
        return None
    styled = line.style in {"Caption", "FigureCaption"} or line.role in {"caption", "题注", "图题"}
    return match if styled or line.look.align == "center" or not re.search(r"[，。；]", text) else None


_ANNEX = re.compile(r"^附\s*件\s*\d{0,2}\s*[:：]?$")


def text_end(pages: Pages) -> int:
    """Number of the line before which the text ends: the mark of the first annex, which has a form of its own."""
    first = title_of(pages)
    for line in pages.body():
        if first is not None and line.number > first.number and _ANNEX.match(line.text.strip()):
            return line.number
    return len(pages.lines) + 1


def prose(pages: Pages) -> list[Line]:
    """Sentences of the body: no title, heading, caption, note, signature, contents or annex."""
    head = {line.number for line in title_lines(pages)}
    first, end = min(head, default=0), text_end(pages)
    found = []
    for line in pages.body():
        text = line.text.strip()
        if len(text) < 20 and not (len(text) >= 8 and text.endswith("。")):
            continue
        if line.number in head or not first <= line.number < end or line.style in _STYLES | {"Aside", "TextBox"}:
            continue
        if line.role.startswith(_ROLES) or _BESIDES.match(text) or is_contents(line) or caption(line):
            continue
        if not heading_level(line) and re.search(r"[，。；：、]", text):
            found.append(line)
    return found


def body_lines(pages: Pages) -> list[Line]:
    """Every line with text from the title to the annex that is no part of the contents."""
    first = title_of(pages)
    at, end = first.number if first else 0, text_end(pages)
    return [line for line in pages.body() if at <= line.number < end and line.text.strip() and not is_contents(line)]


def segments(pages: Pages) -> list[tuple[int, int]]:
    """(first, last line number) of the stretches between one heading of level 1 or 2 and the next."""
    starts = [line.number for line in pages.body() if heading_level(line) in {1, 2}]
    last = pages.lines[-1].number if pages.lines else 0
    edges = [0, *starts, last + 1]
    return [(a, b - 1) for a, b in pairwise(edges) if b > a]
