"""What changed between two versions of a report: texts by section and facts by id."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.domain.fact import Fact
from core.domain.report import Chart, Listing, Paragraph, ReportContent, Section, Table

Change = Literal["added", "removed", "changed"]

_LEDGER = (
    "value",
    "unit",
    "decimals",
    "status",
    "period",
    "org",
    "by",
    "compare",
    "caliber_version",
    "query",
    "params",
)
"""The fields of a fact whose change is worth a line."""


class TextChange(BaseModel):
    """One text that differs, in token form; `old` is empty for an added one, `new` for a removed one."""

    model_config = ConfigDict(frozen=True)

    section: str
    heading: str
    change: Change
    old: str = ""
    new: str = ""


class FactChange(BaseModel):
    """One fact that differs; `fields` names what, `old` and `new` are the whole facts."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    change: Change
    fields: tuple[str, ...] = ()
    old: Fact | None = None
    new: Fact | None = None


class Difference(BaseModel):
    model_config = ConfigDict(frozen=True)

    texts: tuple[TextChange, ...]
    facts: tuple[FactChange, ...]


def difference(old: ReportContent, new: ReportContent) -> Difference:
    """Compare two contents; equal contents give no change."""
    return Difference(texts=tuple(_texts(old, new)), facts=tuple(_facts(old, new)))


def _texts(old: ReportContent, new: ReportContent) -> Iterator[TextChange]:
    if old.title != new.title:
        yield TextChange(section="", heading="标题", change="changed", old=old.title, new=new.title)
    before = {section.id: section for section in old.sections}
    after = {section.id: section for section in new.sections}
    for name in dict.fromkeys([*before, *after]):
        yield from _section(before.get(name), after.get(name))


def _section(old: Section | None, new: Section | None) -> Iterator[TextChange]:
    one = new or old
    assert one is not None
    before, after = (list(_lines(section)) if section else [] for section in (old, new))
    if old and new and old.heading != new.heading:
        yield TextChange(section=one.id, heading=one.heading, change="changed", old=old.heading, new=new.heading)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for at in range(max(i2 - i1, j2 - j1)):
            was = before[i1 + at] if i1 + at < i2 else ""
            is_ = after[j1 + at] if j1 + at < j2 else ""
            change: Change = "changed" if was and is_ else "added" if is_ else "removed"
            yield TextChange(section=one.id, heading=one.heading, change=change, old=was, new=is_)


def _lines(section: Section) -> Iterator[str]:
    """Every text of a section as one comparable line; a table row and a chart series are lines too."""
    for block in section.blocks:
        match block:
            case Paragraph(text=text):
                yield text
            case Listing(items=items):
                yield from items
            case Table():
                yield f"表：{block.caption}｜" + "｜".join(f"{c.header}{c.unit}" for c in block.columns)
                yield from ("｜".join(row) for row in block.rows)
                yield from (note for note in (block.unit_note, *block.notes) if note)
            case Chart():
                yield f"图：{block.caption}｜{block.unit}｜" + "、".join(block.categories)
                for series in block.series:
                    points = (f"{{{{{p.fact}.{p.field}}}}}" if p else "—" for p in series.points)
                    yield f"{series.name}：" + "、".join(points)
    if section.thin:
        yield section.thin


def _facts(old: ReportContent, new: ReportContent) -> Iterator[FactChange]:
    before, after = old.fact_map(), new.fact_map()
    for name in dict.fromkeys([*before, *after]):
        was, is_ = before.get(name), after.get(name)
        if was is None or is_ is None:
            one = was or is_
            assert one is not None
            yield FactChange(id=name, name=one.name, change="added" if is_ else "removed", old=was, new=is_)
        elif fields := tuple(field for field in _LEDGER if getattr(was, field) != getattr(is_, field)):
            yield FactChange(id=name, name=is_.name, change="changed", fields=fields, old=was, new=is_)
