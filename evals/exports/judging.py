"""What is wrong with one exported file, by aspect; an aspect that nothing was found in is absent."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Literal

from core.domain.report import CheckResult
from core.errors import GmaError
from evals.exports import boxes, papers, prints, slides, web
from evals.mutations.score import false_alarms
from tools.checks import check_pages, open_file
from tools.checks.context import Context
from tools.checks.proof.expected import Sheet, squeeze
from tools.checks.standardization import standardization

Aspect = Literal["opened", "gated", "letters", "placed"]
Faults = dict[Aspect, list[str]]
_ASIDE = re.compile(r"F\d+|[^\w]")
"""Numbers of facts, and marks, of which a program may hang one in the margin where nobody reads it."""
_EDGE = {"upright": (100.0, 97.0), "across": (75.0, 72.0)}
"""Points at the top and the bottom of a page that hold header and footer."""


def judged(path: Path, context: Context) -> tuple[Faults, Decimal | None]:
    """One file by its own, with its 标准化率 where it has one."""
    faults: Faults = {"opened": [], "gated": [], "letters": [], "placed": []}
    results: list[CheckResult] = []
    try:
        _BY_FORMAT[path.suffix](path, context, faults)
        if path.suffix != ".html":
            pages = open_file(path, context.content)
            results = check_pages(pages, context)
            faults["letters"] += [f"「{text[:16]}」里有字没有字形" for text in prints.unprintable(pages)]
    except (GmaError, OSError, ValueError, KeyError, AttributeError, zipfile.BadZipFile) as error:
        faults["opened"].append(f"打不开：{error}")
    faults["gated"] += [f"{item.label} {item.place}{item.text}" for item in false_alarms(results)]
    return {aspect: found for aspect, found in faults.items() if found}, standardization(results)


def by_office(path: Path, printed: Path, context: Context) -> Faults:
    """The same file as LibreOffice opened and printed it."""
    if not printed.exists():
        return {"opened": ["LibreOffice 打不开"]}
    faults: Faults = {"letters": prints.loose_fonts(printed)}
    if boxes.measurable():
        pages = boxes.leaves(printed)
        faults["letters"] += prints.lost(pages)
        if path.suffix == ".docx":
            faults["placed"] = [*boxes.outside(pages), *_cut(pages, context)]
        else:
            deck = slides.open_deck(path)
            faults["placed"] = list(slides.overflowing(deck, pages))
            faults["placed"] += boxes.covered(slides.outside_charts(deck, pages))
    return {aspect: [f"LibreOffice：{text}" for text in found] for aspect, found in faults.items() if found}


def _docx(path: Path, context: Context, faults: Faults) -> None:
    document = papers.open_paper(path)
    faults["opened"] += papers.out_of_form(document)
    faults["placed"] += papers.too_wide(document)


def _pdf(path: Path, context: Context, faults: Faults) -> None:
    faults["letters"] += [f"字体 {name} 没有嵌入" for name in prints.loose_fonts(path)]
    if boxes.measurable():
        pages = boxes.leaves(path)
        faults["letters"] += prints.lost(pages)
        faults["placed"] += [*boxes.outside(pages), *boxes.covered(pages)]


def _pptx(path: Path, context: Context, faults: Faults) -> None:
    faults["placed"] += slides.off_slide(slides.open_deck(path))


def _html(path: Path, context: Context, faults: Faults) -> None:
    faults["opened"] += web.broken(path)
    text = squeeze(web.words(path))
    faults["gated"] += [f"缺少报告原文：{item[:30]}" for item in _printed(context) if item not in text]


_BY_FORMAT: dict[str, Callable[[Path, Context, Faults], None]] = {
    ".docx": _docx,
    ".pdf": _pdf,
    ".pptx": _pptx,
    ".html": _html,
}


def _cut(pages: Sequence[boxes.Leaf], context: Context) -> Iterator[str]:
    """Lines and cells of the report that the printed pages lack."""
    text = _ASIDE.sub("", "".join(word.text for page in pages for word in _within(page)))
    for item in _printed(context):
        if _ASIDE.sub("", item) not in text:
            yield f"少了「{item[:30]}」"


def _within(page: boxes.Leaf) -> Iterator[boxes.Word]:
    top, bottom = _EDGE["upright" if page.height > page.width else "across"]
    return (word for word in page.words if word.bottom > top and word.top < page.height - bottom)


def _printed(context: Context) -> Iterator[str]:
    """Every line and every cell of the report, without white space."""
    for item in context.expected.order:
        if isinstance(item, Sheet):
            cells = (cell for row in (item.heads, *item.rows) for cell in row)
            yield from filter(None, map(squeeze, (item.caption, item.unit, *cells, item.note)))
        else:
            yield item.bare
