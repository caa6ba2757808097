"""Tables and charts of a section, from the template's specification and the section's facts."""

from __future__ import annotations

from collections.abc import Sequence

from agent.drafting.book import Book, column_unit, printable, sort_key
from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.report import Chart, ChartForm, Column, Point, Series, Table
from core.domain.tokens import CHANGES, SCALES, TEXT_FIELDS, TOKEN, natural_unit
from knowledge.template_grammar import ChartSpec, ColumnSpec, TableSpec
from tools.charts.recommend import recommend

SOURCE_LABELS = {
    "marketing": "营销2.0",
    "meter": "智能电表",
    "service": "客户服务",
    "equipment": "设备管理",
    "acquisition": "采集2.0",
    "record": "本系统记录库",
}


def token(fact: Fact, field: str = "", form: str = "") -> str:
    """A fact token as `core.domain.tokens` reads it."""
    return "{{" + fact.id + (f".{field}" if field else "") + (f":{form}" if form else "") + "}}"


def table(spec: TableSpec, book: Book, findings: Sequence[Finding] = ()) -> Table | None:
    """None when no fact of the table has a number: the section then says so in a sentence."""
    if spec.findings:
        return _by_finding(spec, [item for item in findings if item.of_kind(spec.findings)])
    return _by_rows(spec, book) if spec.rows else _by_member(spec, book)


def _by_rows(spec: TableSpec, book: Book) -> Table | None:
    rows = []
    for alias in spec.rows:
        fact = book.scalar(alias)
        if fact is not None:
            rows.append(tuple(_row_cell(column, fact) for column in spec.columns))
    if not any("{{" in cell for row in rows for cell in row):
        return None
    columns = tuple(
        Column(
            header=c.header,
            align="left" if c.field == "name" else "center" if c.field == "unit" else "right",
            width=c.width,
        )
        for c in spec.columns
    )
    return Table(id=spec.id, caption=spec.caption, columns=columns, rows=tuple(rows), notes=spec.notes)


def _by_finding(spec: TableSpec, findings: Sequence[Finding]) -> Table | None:
    """One finding a row: its own texts, or the cell that its analysis wrote under the column's name."""
    if not findings:
        return None
    rows = tuple(
        tuple(str(at) if column.header == "序号" else item.cell(column.cell) or "—" for column in spec.columns)
        for at, item in enumerate(findings[: spec.limit], 1)
    )
    columns = tuple(
        Column(
            header=column.header,
            unit=column.unit,
            align="center" if column.header == "序号" else "right" if _figures(cells) else "left",
            width=column.width,
        )
        for column, cells in zip(spec.columns, zip(*rows, strict=True), strict=True)
    )
    return Table(id=spec.id, caption=spec.caption, columns=columns, rows=rows, notes=spec.notes)


def _figures(cells: Sequence[str]) -> bool:
    """Whether a column holds nothing but figures."""
    found = [TOKEN.fullmatch(cell) for cell in cells if cell != "—"]
    return bool(found) and all(match and match[2] not in TEXT_FIELDS for match in found)


def _row_cell(column: ColumnSpec, fact: Fact) -> str:
    if column.field == "name":
        return token(fact, "name")
    shown = natural_unit(fact.unit, fact.value) if fact.value is not None else fact.unit
    if column.field == "unit":
        return token(fact, "unit")
    if not printable(fact, "" if column.field == "value" else column.field):
        return "—" if fact.has_value else _absent(fact)
    if column.field in CHANGES:
        return token(fact, column.field, "n")
    field = "" if column.field == "value" else "ytd"
    return token(fact, field, f"n:{shown}")


def _by_member(spec: TableSpec, book: Book) -> Table | None:
    members = [fact for fact in book.groups.get(spec.each, ()) if fact.by is not None]
    if not any(fact.has_value for fact in members):
        return None
    if spec.sort:
        members.sort(key=lambda fact: sort_key(fact, spec.sort), reverse=spec.order == "desc")
    members = members[: spec.limit]
    units = [_unit_of(column, spec, book) for column in spec.columns]
    rows = [
        tuple(_member_cell(column, unit, fact, book, spec) for column, unit in zip(spec.columns, units, strict=True))
        for fact in members
    ]
    if spec.total:
        rows.append(tuple(_total_cell(c, unit, book, spec) for c, unit in zip(spec.columns, units, strict=True)))
    columns = tuple(
        Column(
            header=column.header,
            unit=unit if column.field not in TEXT_FIELDS else "",
            align="left" if column.field in TEXT_FIELDS else "right",
            width=column.width,
        )
        for column, unit in zip(spec.columns, units, strict=True)
    )
    return Table(
        id=spec.id, caption=spec.caption, columns=columns, rows=tuple(rows), notes=spec.notes, total=bool(spec.total)
    )


def _unit_of(column: ColumnSpec, spec: TableSpec, book: Book) -> str:
    facts = list(book.groups.get(column.of or spec.each, ()))
    if column.field in CHANGES:
        rule = next((fact.compare.rule for fact in facts), "pct")
        return "%" if rule == "pct" else "百分点" if rule == "pp" else next((fact.unit for fact in facts), "")
    return column_unit(facts, column.unit) if column.field not in TEXT_FIELDS else ""


def _member_cell(column: ColumnSpec, unit: str, member: Fact, book: Book, spec: TableSpec) -> str:
    assert member.by is not None
    fact = member if column.of in {"", spec.each} else book.member(column.of, member.by.key)
    if column.field in TEXT_FIELDS:
        return token(fact, column.field) if fact is not None else "—"
    return _number_cell(fact, column, unit)


def _total_cell(column: ColumnSpec, unit: str, book: Book, spec: TableSpec) -> str:
    if column.field == "label":
        return spec.total_label
    if column.field in TEXT_FIELDS:
        return "—"
    alias = spec.total.get(column.of or spec.each)
    return _number_cell(book.scalar(alias), column, unit) if alias else "—"


def _number_cell(fact: Fact | None, column: ColumnSpec, unit: str) -> str:
    if fact is None:
        return "—"
    if not printable(fact, "" if column.field == "value" else column.field):
        return "—" if fact.has_value else _absent(fact)
    if column.field in CHANGES:
        return token(fact, column.field, "n")
    return token(fact, "ytd" if column.field == "ytd" else "", f"n:{unit}")


def _absent(fact: Fact) -> str:
    """An empty cell says why it is empty: an error is never a blank or a zero."""
    return {"error": "取数失败", "denied": "无权限", "empty": "—"}.get(fact.status, "—")


def chart(spec: ChartSpec, book: Book) -> Chart | None:
    """None when fewer than two points have numbers."""
    groups = [list(book.groups.get(series.of, ())) for series in spec.series]
    form = _form(spec, groups[0])
    if form == "heat":
        return _heat(spec, groups[0])
    base = groups[0][-spec.limit :] if form == "trend" else groups[0][: spec.limit]
    keys = [fact.by.key if fact.by else fact.id for fact in base]
    if sum(fact.has_value for fact in base) < 2 or (form in {"ring", "stack"} and not any(f.value for f in base)):
        return None
    unit = column_unit([fact for fact in base if fact.has_value], spec.unit)
    series = []
    for wanted, facts in zip(spec.series, groups, strict=True):
        found = {fact.by.key if fact.by else fact.id: fact for fact in facts}
        points = tuple(
            Point(fact=found[key].id, field=wanted.field)
            if key in found and printable(found[key], "" if wanted.field == "value" else wanted.field)
            else None
            for key in keys
        )
        series.append(Series(name=wanted.name, points=points, mark=wanted.mark, axis=wanted.axis))
    return Chart(
        id=spec.id,
        caption=spec.caption,
        form=form,
        categories=tuple(category(fact) for fact in base),
        series=tuple(series),
        unit=SCALES[unit][-1][0] if unit in SCALES else unit,
        right_unit=spec.right_unit,
        source=_origin(base),
        alt=f"{spec.caption}，{'、'.join(item.name for item in spec.series)}",
    )


def _form(spec: ChartSpec, base: Sequence[Fact]) -> ChartForm:
    """The template's form, or the one that suits how the facts lie."""
    if spec.form != "auto":
        return spec.form
    dimensions = {fact.by.dim if fact.by else "" for fact in base}
    if len({fact.period.code for fact in base}) > 1 and dimensions - {"", "month", "day"}:
        return "heat"
    return recommend(
        len(base), len(spec.series), over_time=dimensions <= {"", "month", "day"}, units=dimensions == {"org"}
    )


def _heat(spec: ChartSpec, facts: Sequence[Fact]) -> Chart | None:
    """A row for each member, a column for each period; None when fewer than two cells have numbers."""
    wanted = spec.series[0]
    if sum(printable(fact, "" if wanted.field == "value" else wanted.field) for fact in facts) < 2:
        return None
    periods = {fact.period.code: fact.period.label for fact in sorted(facts, key=lambda fact: fact.period.start)}
    members = {fact.by.key: fact.by.label for fact in facts if fact.by}
    cells = {(fact.by.key, fact.period.code): fact for fact in facts if fact.by}
    unit = column_unit([fact for fact in facts if fact.has_value], spec.unit)
    rows = []
    for key, label in list(members.items())[: spec.limit]:
        found = [cells.get((key, code)) for code in periods]
        points = tuple(
            Point(fact=fact.id, field=wanted.field)
            if fact and printable(fact, "" if wanted.field == "value" else wanted.field)
            else None
            for fact in found
        )
        rows.append(Series(name=label, points=points))
    return Chart(
        id=spec.id,
        caption=spec.caption,
        form="heat",
        categories=tuple(periods.values()),
        series=tuple(rows),
        unit=SCALES[unit][-1][0] if unit in SCALES else unit,
        source=_origin(facts),
        alt=f"{spec.caption}，逐行为对象、逐列为期间",
    )


def _origin(facts: Sequence[Fact]) -> str:
    names = sorted({name for fact in facts for name in fact.source.split("+") if name})
    said = "、".join(SOURCE_LABELS.get(name, name) for name in names)
    supplied = "，含人工补录" if any(fact.supplement for fact in facts) else ""
    return f"数据来源：{said}{supplied}" if said else ""


def category(fact: Fact) -> str:
    """The axis label of a point: its member's name, or its period."""
    return fact.by.label if fact.by else fact.period.label
