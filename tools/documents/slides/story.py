"""From the laid-out report to slides: which sentence heads which page, and what stands below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.domain.fact import Fact
from core.domain.report import Chart, ReportContent
from core.domain.tokens import Span, used_facts
from tools.documents.layout import Heading, LaidChart, LaidTable, Prose, lay_out
from tools.documents.slides.sentences import Sentence, headline, sentences
from tools.documents.slides.tables import bottom_of

_NUMBER = re.compile(r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)")
MOST_LINES = 7
"""Lines of text on one page."""
TITLE_ROOM = 62
"""Full-width characters in a title of two lines."""
WIDE, NARROW, BELOW = 42, 16, 52
"""Full-width characters in a line of a text page, beside a chart, and below a table."""
_LINE, _BETWEEN, _LOWEST, _BOTTOM = 0.28, 0.16, 6.3, 6.8
"""Inches of a line below a table and after a sentence there, where the last one must end, and where a table must."""
MOST_ROWS = 11
"""Rows of a table on one page, without its header."""


@dataclass(frozen=True)
class Page:
    """One slide. `rows` cuts the table of a page; `more` marks that the same exhibit began on a page before."""

    kicker: str
    title: Sentence
    points: tuple[Sentence, ...] = ()
    chart: LaidChart | None = None
    table: LaidTable | None = None
    rows: tuple[int, int] = (0, 0)
    more: bool = False

    def facts(self) -> list[str]:
        """Every fact that the page shows, in reading order."""
        found = [name for part in (self.title, *self.points) for name in part.facts]
        if self.chart:
            found += _plotted(self.chart.chart)
        if self.table:
            found += [name for row in self.table.table.rows[slice(*self.rows)] for name in _tokens(row)]
        return list(dict.fromkeys(found))


@dataclass
class _Group:
    """What stands under one heading."""

    kicker: str
    chapter: str
    said: list[Sentence] = field(default_factory=list)
    exhibits: list[LaidTable | LaidChart] = field(default_factory=list)


def pages(content: ReportContent, labels: Mapping[str, str]) -> list[Page]:
    """The pages between cover and annex. Raises UnknownToken when a token or reference leads nowhere."""
    out: list[Page] = []
    chapter = ""
    for group in _gathered(_joined(_groups(content, labels))):
        beside = _with(out[-1], (_named(group),)) if out and _lone(group) and group.chapter == chapter else None
        if beside and beside is not out[-1]:
            out[-1] = beside
        else:
            out += _paged(group)
        chapter = group.chapter
    return out


def _gathered(groups: Sequence[_Group]) -> list[_Group]:
    """A chapter of a single sentence shares the page of the text before it, behind its heading."""
    out: list[_Group] = []
    open_ = False
    for group in groups:
        if _lone(group) and open_:
            named = _named(group)
            if sum(item.lines(WIDE) for item in (*out[-1].said[1:], named)) <= MOST_LINES:
                out[-1].said.append(named)
                continue
        out.append(group)
        open_ = not group.exhibits and not any(item.numbered for item in group.said)
    return out


def _lone(group: _Group) -> bool:
    return not group.exhibits and len(group.said) == 1 and not group.said[0].numbered


def _named(group: _Group) -> Sentence:
    """The first sentence of a group behind its heading."""
    return Sentence((Span(f"{_heading(group.kicker).text}："), *group.said[0].spans))


def _joined(groups: Sequence[_Group]) -> list[_Group]:
    """Neighbouring groups of one chapter that are only text share pages while seven lines hold them."""
    out: list[_Group] = []
    for group in groups:
        before = out[-1] if out else None
        if (
            before
            and not (before.exhibits or group.exhibits)
            and before.chapter == group.chapter
            and sum(item.lines(WIDE) for item in (*before.said[1:], *group.said)) <= MOST_LINES
        ):
            out[-1] = _Group(before.chapter, before.chapter, [*before.said, *group.said])
        else:
            out.append(group)
    return out


def _groups(content: ReportContent, labels: Mapping[str, str]) -> list[_Group]:
    out: list[_Group] = []
    chapter = ""
    for item in lay_out(content, labels):
        match item:
            case Heading(level=level, text=text):
                chapter = text if level == 1 else chapter
                out.append(_Group(text if level == 1 else f"{chapter}　{text}", chapter))
            case Prose(spans=spans):
                out[-1].said += sentences(spans)
            case LaidTable() | LaidChart():
                out[-1].exhibits.append(item)
    return [group for group in out if group.said or group.exhibits]


def _paged(group: _Group) -> list[Page]:
    """Exhibits take the sentence that speaks of them as their title; what is left makes text pages before them."""
    rest = list(group.said)
    heads = _assigned(group)
    shown: list[Page] = []
    over: list[Sentence] = []
    rest = [item for item in rest if not any(item is head for head in heads)]
    for exhibit, about in zip(group.exhibits, heads, strict=True):
        told = [item for item in over if isinstance(exhibit, LaidChart) and _shares(item, exhibit)]
        if told and about is None:  # the sentence about it heads the table before: it stands beside the chart in full
            over = [item for item in over if item not in told]
            rest = [_caption(exhibit), *told, *rest]
        title = about or (rest.pop(0) if rest and not rest[0].numbered else _caption(exhibit))
        head = headline(title, TITLE_ROOM)
        kept = (title,) if head is not title else ()
        if isinstance(exhibit, LaidChart):
            points, rest = _beside(kept, exhibit, rest, anyone=about is None and not told)
            shown.append(Page(group.kicker, head, tuple(points), chart=exhibit))
        else:
            shown += [Page(group.kicker, head, table=exhibit, rows=cut, more=cut[0] > 0) for cut in _cuts(exhibit)]
            shown[-1] = _with(shown[-1], kept)
            over += () if shown[-1].points else kept
    rest = [*over, *rest]
    if len(rest) == 1:  # a lone sentence would make a page of nothing but a title
        at = next((at for at, page in enumerate(shown) if _with(page, rest) is not page), None)
        if at is not None:
            shown[at], rest = _with(shown[at], rest), []
    return [*_texts(group.kicker, rest), *shown]


def _shares(sentence: Sentence, laid: LaidChart) -> bool:
    return bool(set(_plotted(laid.chart)).intersection(sentence.facts))


def _with(page: Page, said: Sequence[Sentence]) -> Page:
    """The page with more sentences beside its chart or below its table; the same page where they do not fit."""
    points = (*page.points, *said)
    if page.chart:
        fits = sum(item.lines(NARROW) for item in points) <= MOST_LINES
    elif page.table:
        needed = sum(_LINE * item.lines(BELOW) + _BETWEEN for item in points)
        fits = bottom_of(page.table, page.rows) + needed <= _LOWEST
    else:
        fits = False
    return replace(page, points=points) if said and fits else page


def _assigned(group: _Group) -> list[Sentence | None]:
    """For each exhibit the sentence about it; no sentence serves two."""
    rest = list(group.said)
    out: list[Sentence | None] = []
    for exhibit in group.exhibits:
        found = _about(exhibit, rest)
        rest = [item for item in rest if item is not found]
        out.append(found)
    return out


def _caption(exhibit: LaidTable | LaidChart) -> Sentence:
    return Sentence((Span(exhibit.chart.caption if isinstance(exhibit, LaidChart) else exhibit.table.caption),))


def _cuts(laid: LaidTable) -> list[tuple[int, int]]:
    """Even parts of a table, none longer or higher than a page."""
    rows = len(laid.rows)
    parts = max(-(-rows // MOST_ROWS), 1)
    while True:
        step = -(-rows // parts)
        cuts = [(at, min(at + step, rows)) for at in range(0, rows, step)] if rows else [(0, 0)]
        if step <= 1 or all(bottom_of(laid, cut) <= _BOTTOM for cut in cuts):
            return cuts
        parts += 1


def _beside(
    kept: Sequence[Sentence], exhibit: LaidChart, rest: list[Sentence], *, anyone: bool
) -> tuple[list[Sentence], list[Sentence]]:
    """Sentences that share facts with a chart (or `anyone`) stand beside it while there is room."""
    plotted = set(_plotted(exhibit.chart))
    room = MOST_LINES
    points: list[Sentence] = []
    for item in (*kept, *[one for one in rest if anyone or plotted.intersection(one.facts)]):
        if item.lines(NARROW) <= room:
            points.append(item)
            room -= item.lines(NARROW)
    if points and len(kept) + len(rest) - len(points) == 1:
        points.pop()  # a lone sentence would make a page of nothing but a title
    left = [item for item in (*kept, *rest) if not any(item is one for one in points)]
    return points, left


def _texts(kicker: str, rest: list[Sentence]) -> list[Page]:
    """Pages of at most seven lines, evenly filled, each headed by its first sentence (a list by its heading)."""
    out: list[Page] = []
    while rest:
        if rest[0].numbered:
            head, points, others = _heading(kicker), [], list(rest)
        else:
            first, *others = rest
            head = headline(first, TITLE_ROOM)
            points = [] if head is first else [first]
        lines = sum(item.lines(WIDE) for item in (*points, *others))
        room = max(-(-lines // max(-(-lines // MOST_LINES), 1)), 1)
        room -= sum(item.lines(WIDE) for item in points)
        while others and (others[0].lines(WIDE) <= room or not (points or len(others) < len(rest))):
            room -= others[0].lines(WIDE)
            points.append(others.pop(0))
        if len(others) == 1 and others[0].lines(WIDE) + sum(item.lines(WIDE) for item in points) <= MOST_LINES:
            points.append(others.pop())
        out.append(Page(kicker, head, tuple(points)))
        rest = others
    return out


def _heading(kicker: str) -> Sentence:
    """The innermost heading without its number, as a title."""
    return Sentence((Span(_NUMBER.sub("", kicker.split("　")[-1])),))


def _about(exhibit: LaidTable | LaidChart, said: Iterable[Sentence]) -> Sentence | None:
    """The sentence that shares most facts with the exhibit, the earliest of equals; None when none shares any."""
    shown = set(_plotted(exhibit.chart)) if isinstance(exhibit, LaidChart) else _listed(exhibit)
    best, most = None, 0
    for item in said:
        shared = len(shown.intersection(item.facts))
        if shared > most:
            best, most = item, shared
    return best


def _listed(laid: LaidTable) -> set[str]:
    return {name for row in laid.table.rows for name in _tokens(row)}


def _plotted(chart: Chart) -> list[str]:
    return list(dict.fromkeys(point.fact for series in chart.series for point in series.points if point))


def _tokens(row: Sequence[str]) -> list[str]:
    return [name for cell in row for name in used_facts(cell)]


def shown_facts(page: Page, facts: Mapping[str, Fact]) -> list[Fact]:
    """The page's facts for its notes."""
    return [facts[name] for name in page.facts() if name in facts]
