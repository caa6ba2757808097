"""归属: a figure stands under the name of its own unit and member, and within its own period."""

from __future__ import annotations

from collections.abc import Iterator

from core.domain.fact import Fact
from core.domain.period import Period
from core.domain.report import Chart, Table
from core.domain.tokens import CHANGES
from tools.checks import Check, Hit
from tools.checks.context import Context
from tools.checks.figures import figure_of, printed_cell
from tools.checks.lexicon import org_names
from tools.checks.sentences import Atom, Sentence

_MEND = "核对这个数字属于哪个单位、哪个对象、哪个期间，改正名称或换用相应的数据事实。"
_AGAINST = ("较", "比", "与", "和", "同")


def _run(context: Context) -> Iterator[Hit]:
    for text, said in context.claims:
        for sentence in said:
            for problem in (*_owners(sentence, context), *_times(sentence, context)):
                yield Hit(text.place, problem, _MEND)
    for section in context.content.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield from _rows(block, context)
            elif isinstance(block, Chart):
                yield from _points(block, context)


def _owners(sentence: Sentence, context: Context) -> Iterator[str]:
    unit = member = None
    members: dict[str, Atom] = {}
    loose = apart = True
    for atom in sentence:
        match atom.kind:
            case "org":
                unit, loose = atom, False
            case "member":
                members[atom.key] = member = atom
                apart = False
            case "break":
                if atom.text in "；;":
                    member = None
                    members.clear()
                apart = apart or atom.text in "，：,:"
                loose = loose or atom.text in "；;"
            case "figure":
                assert atom.fact is not None
                names = org_names(atom.fact)
                named = unit is not None and (unit.key in names or not names)
                if not named and not (loose and _at_home(atom.fact, context)):
                    rest = f"不是{unit.text}的" if unit is not None else "句中没有写明"
                    yield f"{atom.text}是{_whose(atom.fact)}的{atom.fact.name}，{rest}"
                by = atom.fact.by
                member = members.get(by.dim, member) if by is not None else member
                if member is not None and _other_member(atom.fact, member, apart, context):
                    yield f"{atom.text}不是{member.text}的{atom.fact.name}"
                member = None
                members.clear()


def _whose(fact: Fact) -> str:
    return fact.by.label if fact.by is not None and fact.by.dim == "org" else fact.org_name or fact.org


def _at_home(fact: Fact, context: Context) -> bool:
    """Whether a figure may stand without a unit's name: it is the report's own."""
    if fact.by is not None and fact.by.dim == "org":
        return fact.by.key == context.content.org
    return fact.org == context.content.org or not fact.org_name


def _other_member(fact: Fact, member: Atom, apart: bool, context: Context) -> bool:
    """Whether a figure is another member's, or the total's. Across a comma only another member's is certain."""
    by = fact.by
    if by is not None:
        return by.dim == member.key and by.label != member.text
    alike = [
        item
        for item in context.of_member(member.text)
        if (item.unit, item.kind, item.period) == (fact.unit, fact.kind, fact.period)
    ]
    return bool(alike) and not (apart or fact.parents or member.text in fact.name)


def _times(sentence: Sentence, context: Context) -> Iterator[str]:
    """A figure belongs to the period that is named before it in its clause or the one before."""
    own = context.content.period
    when: Atom | None = None
    for at, atom in enumerate(sentence):
        before = sentence[at - 1].text if at else ""
        match atom.kind:
            case "when" | "earlier" | "now":
                when = None if before.endswith(_AGAINST) else atom
            case "break" if atom.text in "；;":
                when = None
            case "figure" if when is not None and atom.field not in CHANGES:
                assert atom.fact is not None
                period = atom.fact.period.ytd() if atom.field == "ytd" else atom.fact.period
                if not _in_time(atom.fact, period, when, own):
                    yield f"{atom.text}是{period.label}的{atom.fact.name}，不是{when.text}的"


def _in_time(fact: Fact, period: Period, when: Atom, own: Period) -> bool:
    if when.period is None:
        return bool(fact.parents) or (period.end == own.end if when.kind == "now" else period.end < own.end)
    since = when.period.start if when.key == "ytd" and own.end.month > 1 else period.start
    return period.end == when.period.end and period.start == since


def _rows(table: Table, context: Context) -> Iterator[Hit]:
    """The cells of a row belong to the member that its first cell names."""
    for at, row in enumerate(table.rows, 1):
        owner = _owner(row[0], context) if row else ""
        for column, cell in zip(table.columns[1:], row[1:], strict=False):
            figure = figure_of(cell, context.facts)
            if figure and owner and owner not in _labels(figure.fact, context):
                fact = figure.fact
                yield Hit(
                    f"表「{table.caption}」第{at}行「{column.header}」",
                    f"这个数是{fact.by.label if fact.by else fact.name}的，不是{printed_cell(row[0], context)}的",
                    _MEND,
                )


def _owner(cell: str, context: Context) -> str:
    """The known member, unit or indicator that a label cell names; "" for a total or a text of another kind."""
    printed = printed_cell(cell, context).strip()
    word = context.lexicon.names.get(printed)
    if word is None:
        return printed if context.of_member(printed) else ""
    return word.key if word.kind == "org" else printed


def _labels(fact: Fact, context: Context) -> frozenset[str]:
    if fact.by is None:
        return frozenset({fact.name}) | org_names(fact)
    return frozenset({fact.by.label}) | (org_names(fact) if fact.by.dim == "org" else frozenset({fact.name}))


def _cells(chart: Chart, context: Context) -> Iterator[Hit]:
    """A cell of a heat map belongs to the member of its row and the period of its column."""
    for series in chart.series:
        for category, point in zip(chart.categories, series.points, strict=False):
            fact = context.facts.get(point.fact) if point else None
            if fact is None or fact.by is None:
                continue
            owner = _owner(series.name, context) or series.name
            if owner not in _labels(fact, context) or category != fact.period.label:
                yield Hit(
                    f"图「{chart.caption}」第「{series.name}」行「{category}」",
                    f"这一格是{fact.by.label}{fact.period.label}的{fact.name}",
                    _MEND,
                )


def _points(chart: Chart, context: Context) -> Iterator[Hit]:
    """A category that names a member carries that member's points."""
    if chart.form == "heat":
        yield from _cells(chart, context)
        return
    for at, category in enumerate(chart.categories):
        owner = _owner(category, context)
        for series in chart.series:
            point = series.points[at] if at < len(series.points) else None
            fact = context.facts.get(point.fact) if point else None
            if fact is not None and owner and fact.by is not None and owner not in _labels(fact, context):
                place = f"图「{chart.caption}」类别「{category}」"
                yield Hit(place, f"这一点是{fact.by.label}的{fact.name}，不是{category}的", _MEND)


CHECK = Check("attribution", "数字归于自己的单位、对象和期间", _run)
