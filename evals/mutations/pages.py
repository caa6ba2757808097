"""Mutations of a file as it was read back: each text, cell, chart number and label can be made false."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

from evals.mutations import Mutation
from evals.mutations.texts import MUTATORS
from tools.checks.context import Context
from tools.checks.lexicon import org_names
from tools.checks.proof.expected import squeeze
from tools.checks.reading import Drawing, Pages

T = TypeVar("T")


@dataclass(frozen=True)
class Site:
    """Where a text lies: `lines[i]`, `grids[i]` row and column, `drawings[i]` series and point, title or label."""

    kind: str
    at: int
    row: int = 0
    column: int = 0


def sites(pages: Pages, context: Context) -> list[tuple[Site, str]]:
    """Every place that says something of the report, with its text."""
    return [(site, text) for site, text in _sites(pages, context) if text.strip()]


def _sites(pages: Pages, context: Context) -> Iterator[tuple[Site, str]]:
    printed = {text for _, _, plot in context.expected.plots for trace in plot.traces for text in trace.printed}
    signed = squeeze(context.content.org_name)
    before = ""
    for at, line in enumerate(pages.lines):
        if line.zone != "cover" and line.style != "Contents" and before != signed:
            yield Site("line", at), line.text
        before = squeeze(line.text)
    for at, grid in enumerate(pages.grids):
        if grid.zone != "cover":
            for row, cells in enumerate(grid.rows):
                for column, cell in enumerate(cells):
                    yield Site("cell", at, row, column), cell
    for at, drawing in enumerate(pages.drawings):
        for row, (_, values) in enumerate(drawing.series):
            for column, value in enumerate(values):
                yield Site("point", at, row, column), value
        for row, title in enumerate(drawing.titles):
            yield Site("title", at, row), title
        for row, category in enumerate(drawing.categories):
            yield Site("category", at, row), category
        for row, label in enumerate(drawing.labels):
            if label in printed:
                yield Site("label", at, row), label


def changed(pages: Pages, site: Site, text: str) -> Pages:
    """The same file with one text replaced."""
    match site.kind:
        case "line":
            line = replace(pages.lines[site.at], text=text)
            return replace(pages, lines=_put(pages.lines, site.at, line))
        case "cell":
            grid = pages.grids[site.at]
            row = _put(grid.rows[site.row], site.column, text)
            return replace(pages, grids=_put(pages.grids, site.at, replace(grid, rows=_put(grid.rows, site.row, row))))
        case _:
            drawing = _drawn(pages.drawings[site.at], site, text)
            return replace(pages, drawings=_put(pages.drawings, site.at, drawing))


def _drawn(drawing: Drawing, site: Site, text: str) -> Drawing:
    match site.kind:
        case "point":
            name, values = drawing.series[site.row]
            return replace(drawing, series=_put(drawing.series, site.row, (name, _put(values, site.column, text))))
        case "title":
            return replace(drawing, titles=_put(drawing.titles, site.row, text))
        case "category":
            return replace(drawing, categories=_put(drawing.categories, site.row, text))
    return replace(drawing, labels=_put(drawing.labels, site.row, text))


def _put(items: tuple[T, ...], at: int, item: T) -> tuple[T, ...]:
    return (*items[:at], item, *items[at + 1 :])


def names_of(context: Context) -> tuple[str, ...]:
    """Units and members whose names can be confused."""
    found: dict[str, None] = {}
    for fact in context.content.facts:
        if fact.by is not None and fact.by.dim in {"org", "industry", "tariff_class", "customer", "tg", "biz_type"}:
            found[fact.by.label] = None
        for name in org_names(fact):
            if len(name) > 5:
                found[name] = None
    return tuple(name for name in found if len(name) > 1)


def mutations(pages: Pages, context: Context, kind: str, count: int, rng: Random) -> Iterator[tuple[Mutation, Pages]]:
    """Up to `count` false files of one kind, places drawn at random; those that stay true are left out."""
    places = sites(pages, context)
    names = names_of(context)
    rng.shuffle(places)
    made = 0
    for site, text in _cycled(places):
        if made >= count:
            return
        new = MUTATORS[kind](text, names, rng)
        if new is None or _true(new, text, context):
            continue
        made += 1
        place = f"{site.kind}{site.at}.{site.row}.{site.column}"
        yield Mutation(kind, place, text, new), changed(pages, site, new)


def _cycled(places: Sequence[tuple[Site, str]]) -> Iterator[tuple[Site, str]]:
    for _ in range(6):
        yield from places


def _true(new: str, old: str, context: Context) -> bool:
    """Whether the new text prints as the old one or is another sentence of the report."""
    return squeeze(new) == squeeze(old) or squeeze(new) in context.expected.sentences
