"""Where breaks are made: paragraphs of a document by what they are, found by their words and styles alone."""

from __future__ import annotations

import re
from random import Random
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEAD = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）)")
_NO_TEXT = ("toc", "表注", "图源", "附件", "封面", "版记", "表单位", "caption", "图题")


def paragraphs(document: Any) -> list[Any]:
    """From the title to the annex."""
    found = [item for item in document.paragraphs if not (item.style.name or "").lower().startswith(_NO_TEXT)]
    at = next((at for at, item in enumerate(found) if is_title(item)), 0)
    return found[at:]


def is_title(paragraph: Any) -> bool:
    if (paragraph.style.name or "").lower() == "title":
        return True
    sizes = [run.font.size.pt for run in paragraph.runs if run.font.size is not None]
    return bool(sizes) and sizes[0] == 22 and paragraph.text.strip() != "" and not paragraph.text.endswith("文件")


def title(document: Any) -> Any:
    return paragraphs(document)[0]


def prose(document: Any) -> list[Any]:
    """Sentences of the body; not the title, no annex."""
    found = paragraphs(document)[1:]
    stop = next((at for at, item in enumerate(found) if item.text.startswith("附件：")), len(found))
    return [item for item in found[:stop] if len(item.text) >= 25 and item.text.rstrip().endswith("。") and plain(item)]


def plain(paragraph: Any) -> bool:
    return not re.match(r"^(?:注：|单位：|数据来源)", paragraph.text) and not _HEAD.match(paragraph.text)


def headings(document: Any, level: int) -> list[Any]:
    mark = "（" if level == 2 else ""
    found = [item for item in paragraphs(document)[1:] if _HEAD.match(item.text) and len(item.text) < 40]
    return [item for item in found if item.text.startswith("（") == bool(mark)]


def captions(document: Any, kind: str) -> list[Any]:
    return [item for item in document.paragraphs if re.match(rf"^{kind}\d+　\S", item.text) and len(item.text) < 60]


def data_tables(document: Any) -> list[Any]:
    """Tables under a caption of the body."""
    found = []
    for table in document.tables:
        before = table._tbl.getprevious()
        for _ in range(2):
            if before is None:
                break
            text = "".join(node.text or "" for node in before.iter(f"{W}t"))
            if re.match(r"^表\d+　", text):
                found.append(table)
                break
            before = before.getprevious()
    return found


def texts(paragraph: Any) -> list[Any]:
    """The text nodes of a paragraph, of links too; without the small numbers of facts."""
    out = []
    for node in paragraph._p.iter(f"{W}t"):
        style = node.getparent().find(f"{W}rPr/{W}rStyle")
        if style is None or style.get(f"{W}val") != "FactNote":
            out.append(node)
    return out


def rewrite(paragraph: Any, pattern: str, new: str, times: int = 1) -> bool:
    """Replace within one text node of the paragraph; false when no node holds it."""
    for node in texts(paragraph):
        text, made = re.subn(pattern, new, node.text or "", count=times)
        if made:
            node.text = text
            node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            return True
    return False


def append(paragraph: Any, sentence: str) -> bool:
    """One more sentence, in the look of the last run."""
    nodes = [node for node in texts(paragraph) if (node.text or "").strip()]
    if not nodes:
        return False
    nodes[-1].text = (nodes[-1].text or "").rstrip() + sentence
    return True


def some(found: list[Any], rng: Random) -> Any:
    return rng.choice(found) if found else None


def say(document: Any, rng: Random, sentence: str) -> bool:
    """Append a sentence to some paragraph of prose."""
    found = some(prose(document), rng)
    return found is not None and append(found, sentence)
