"""Is a template right? Every mistake as a sentence for an office worker: which file, where, which word, what fits."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from core.domain.labels import report_labels
from core.domain.period import Period
from core.domain.tokens import SCALES, TOKEN
from knowledge.analyses import analyses
from knowledge.catalog import Catalog, catalog
from knowledge.standards.packs import packs
from knowledge.template_grammar import ChartSpec, Each, Need, Quote, SectionSpec, TableSpec, Template, When

_FIELDS = {"yoy", "mom", "ytd", "ytd_yoy", "mom_daily", "label", "name", "org", "period", "unit"}
_LABELS = frozenset(report_labels("", Period.month(2026, 1)))
_DIMS = {"month", "day"}
_WORDS = {
    "missing": "缺少这一项",
    "string_type": "要写成文字（必要时加引号）",
    "int_type": "要写成整数",
    "int_parsing": "要写成整数",
    "float_type": "要写成数",
    "bool_type": "要写成 true 或 false",
    "tuple_type": "要写成列表（每行以“- ”开头，或写在方括号里）",
    "dict_type": "要写成“键: 值”",
    "model_type": "要写成“键: 值”",
    "too_short": "不能为空",
}


def read(name: str, data: Any) -> tuple[Template | None, list[str]]:
    """The template of a parsed YAML file (None when its form is wrong) and every mistake as a sentence."""
    if not isinstance(data, dict):
        return None, [f"{name}：不是“键: 值”的 YAML 文件，请检查缩进和冒号。"]
    try:
        template = Template.model_validate(data)
    except ValidationError as error:
        return None, list(dict.fromkeys(_said(name, data, item) for item in error.errors()))
    return template, [f"{name}：{problem}" for problem in _problems(template, catalog())]


def _said(name: str, data: Any, error: Any) -> str:
    loc = [
        part
        for part in error["loc"]
        if part not in {"text", "each", "when", "finding"} or _holds(data, error["loc"], part)
    ]
    kind, word = error["type"], str(loc[-1]) if loc else ""
    if kind == "extra_forbidden" and ("：" in word or "，" in word):
        return f"{name}：{_place(data, loc[:-1])}「{word}」里有全角的冒号或逗号，要写半角的“: ”和“, ”。"
    if kind == "extra_forbidden":
        allowed = _allowed(loc[:-1])
        return f"{name}：{_place(data, loc[:-1])}不认识「{word}」。{_near(word, allowed)}可写：{'、'.join(allowed)}。"
    if kind == "literal_error":
        options = [part.strip("' ") for part in re.split(r",| or ", error["ctx"]["expected"])]
        given = str(error["input"])
        fits = "、".join(option or "（留空）" for option in options)
        return f"{name}：{_place(data, loc)}不能写「{given}」。{_near(given, options)}可写：{fits}。"
    if kind == "string_pattern_mismatch":
        rule = "以字母开头，只含字母、数字、- 和 _，不超过二十位"
        return f"{name}：{_place(data, loc)}「{error['input']}」不合要求：{rule}。"
    if kind in {"greater_than_equal", "less_than_equal"}:
        limit = error["ctx"].get("ge", error["ctx"].get("le"))
        return f"{name}：{_place(data, loc)}「{error['input']}」超出范围（{limit}）。"
    deep = "（检查这一行的缩进是不是多了或少了）" if kind in {"dict_type", "model_type"} else ""
    return f"{name}：{_place(data, loc)}{_WORDS.get(kind, '写法有误')}{deep}。"


def _holds(data: Any, loc: Sequence[Any], word: str) -> bool:
    """Whether a part of a location is a key of the file (not the tag of a form of sentence)."""
    at = data
    for part in loc[: list(loc).index(word)]:
        at = (
            at.get(part) if isinstance(at, dict) else at[part] if isinstance(at, list) and isinstance(part, int) else at
        )
    return isinstance(at, dict) and word in at and list(loc).count(word) > 1


def _place(data: Any, loc: Sequence[Any]) -> str:
    """Where, in an office worker's words: 第3节「用电情况」→ 表「各单位」→ columns 第2项 → field."""
    words: list[str] = []
    at: Any = data
    for part in loc:
        at = (
            at.get(part)
            if isinstance(at, dict)
            else at[part]
            if isinstance(at, list) and isinstance(part, int)
            else None
        )
        if isinstance(part, int):
            named = next(
                (str(at[key]) for key in ("heading", "caption", "header") if isinstance(at, dict) and at.get(key)), ""
            )
            words.append(f"第{part + 1}项" + (f"「{named}」" if named else ""))
        else:
            words.append(f"「{part}」")
    return "".join(words) + ("" if not words else "，")


_MODELS: Mapping[str, type[BaseModel]] = {
    "sections": SectionSpec,
    "need": Need,
    "tables": TableSpec,
    "charts": ChartSpec,
}


def _allowed(loc: Sequence[Any]) -> list[str]:
    """The words that may stand at a place of the file."""
    model: type[BaseModel] = Template
    for part in loc:
        if not isinstance(part, str) or part not in model.model_fields:
            continue
        found = _models_in(model.model_fields[part].annotation)
        if found:
            model = found[0]
            if part == "write":
                return [
                    "each",
                    "item",
                    "lead",
                    "join",
                    "end",
                    "sort",
                    "order",
                    "limit",
                    "where",
                    "when",
                    "then",
                    "otherwise",
                ]
    return list(model.model_fields)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for inner in get_args(annotation) for found in _models_in(inner)]


def _near(word: str, options: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, [option for option in options if option], 1, 0.5)
    return f"是不是「{close[0]}」？" if close else ""


def _options(word: str, allowed: Iterable[str]) -> str:
    """The nearest word, and all that may be written."""
    return f"{_near(word, allowed)}可写：{'、'.join(sorted(allowed))}。"


def _problems(template: Template, known: Catalog) -> Iterator[str]:
    for code in template.anchors:
        if code not in known.indicators:
            yield f"anchors 里的指标「{code}」不存在。{_indicator(code, known)}"
    if template.rules not in packs():
        yield f"rules 里的规范包「{template.rules}」不存在。{_options(template.rules, packs())}"
    if template.grain not in template.grains:
        yield f"grain「{template.grain}」不在 grains（{'、'.join(template.grains)}）里，请补上。"
    for field in TOKEN.finditer(template.title):
        if field.group(1) not in _LABELS:
            yield f"title 里的「{field.group(0)}」不认识。{_options(field.group(1), _LABELS)}"
    seen: dict[str, str] = {}
    for section in template.sections:
        if section.id in seen:
            yield f"两个章节的 id 都是「{section.id}」，请改成不同的。"
        seen[section.id] = section.heading
        yield from (f"章节「{section.heading}」{problem}" for problem in _section(section, known))
    exhibits = [item.id for section in template.sections for item in section.tables]
    exhibits += [item.id for section in template.sections for item in section.charts]
    yield from (
        f"表或图的 id「{name}」用了两次，请改成不同的。"
        for name in sorted({n for n in exhibits if exhibits.count(n) > 1})
    )


def _section(section: SectionSpec, known: Catalog) -> Iterator[str]:
    names = set(section.need)
    for alias, need in section.need.items():
        if re.fullmatch(r"F\d+", alias) or alias in _LABELS | {"it"}:
            yield f"的 need 里「{alias}」是保留的名字，请换一个。"
        yield from _need(alias, need, known)
    for name in section.analysis:
        offered = analyses().get(name)
        if offered is None:
            yield f"的 analysis「{name}」不存在。{_near(name, analyses())}可写：{'、'.join(sorted(analyses()))}。"
        else:
            names |= set(offered.places)
    for group in section.write:
        for item in group:
            yield from _sentence(item, names)
    for table in section.tables:
        asked = [*table.rows, table.each, *(c.of for c in table.columns), *table.total, *table.total.values()]
        yield from _unknown(f"的表「{table.caption}」", asked, names)
        for column in table.columns:
            if column.field in {"value", "ytd"}:
                asked_of = [column.of] if column.of else [*table.rows, table.each]
                for alias in asked_of:
                    yield from _display(f"的表「{table.caption}」", column.unit, section.need.get(alias), known)
        if sum(map(bool, (table.rows, table.each, table.findings))) != 1:
            yield f"的表「{table.caption}」要在 rows、each、findings 中写一种，且只写一种。"
    for chart in section.charts:
        yield from _unknown(f"的图「{chart.caption}」", [series.of for series in chart.series], names)
        for series in chart.series:
            if series.field in {"value", "ytd"}:
                shown = chart.right_unit if series.axis == "right" else chart.unit
                yield from _display(f"的图「{chart.caption}」", shown, section.need.get(series.of), known)
        if chart.form == "heat":
            grid = section.need.get(chart.series[0].of)
            if len(chart.series) != 1 or (grid is not None and not (grid.by and grid.months)):
                yield (
                    f"的图「{chart.caption}」是热力图，只写一个系列，"
                    "所用的 need 要同时写 by 和 months（如 by: org, months: 6）。"
                )
        if chart.form in {"tiles", "ring"} and len(chart.series) != 1:
            yield f"的图「{chart.caption}」只能写一个系列。"


def _display(where: str, unit: str, need: Need | None, known: Catalog) -> Iterator[str]:
    """A unit that the indicator's own can be shown in."""
    found = known.indicators.get(f"{need.indicator}.{need.part}" if need.part else need.indicator) if need else None
    if found is None or unit in {"", "auto", found.unit}:
        return
    fits = [name for name, _ in SCALES.get(found.unit, ())]
    if unit not in fits:
        yield f"{where}的单位「{unit}」不能表示「{found.name}」。可写：{'、'.join(['auto', *(fits or [found.unit])])}。"


def _need(alias: str, need: Need, known: Catalog) -> Iterator[str]:
    code = f"{need.indicator}.{need.part}" if need.part else need.indicator
    found = known.indicators.get(code)
    if found is None:
        yield f"的 need「{alias}」用到的指标「{code}」不存在。{_indicator(code, known)}"
    elif need.by and need.by not in {*found.dims, *_DIMS}:
        can = "、".join(found.dims) or "（无）"
        yield f"的 need「{alias}」：「{found.name}」不能按「{need.by}」拆分。{_near(need.by, found.dims)}可按：{can}。"


def _indicator(code: str, known: Catalog) -> str:
    """The indicator that a wrong code or a Chinese name may stand for."""
    found = known.find(code)
    near = [found] if found else known.search(code, 3)
    if near:
        return f"是不是{'、'.join(f'「{item.id} {item.name}」' for item in near)}？"
    close = difflib.get_close_matches(code, list(known.indicators), 3, 0.4)
    return (
        f"是不是{'、'.join(f'「{key} {known.indicators[key].name}」' for key in close)}？"
        if close
        else "请用 gma search 查指标编码。"
    )


def _sentence(item: str | Each | When | Quote, names: set[str]) -> Iterator[str]:
    texts: tuple[str, ...]
    if isinstance(item, Each):
        yield from _unknown("的 each", [item.each], names)
        texts, extra = (item.item, item.lead), {"it"}
    elif isinstance(item, When):
        yield from _unknown("的 when", [item.when], names)
        texts, extra = (item.then, item.otherwise), set()
    elif isinstance(item, Quote):
        texts, extra = (item.lead,), set()
    else:
        texts, extra = (item,), set()
    for text in texts:
        yield from _tokens(text, names | extra)


def _tokens(text: str, names: set[str]) -> Iterator[str]:
    for match in TOKEN.finditer(text):
        alias, field = match.group(1), match.group(2)
        if alias not in names | _LABELS:
            yield f"的句子用到「{match.group(0)}」，但没有在 need 里声明「{alias}」。{_near(alias, names | _LABELS)}"
        if field and field not in _FIELDS:
            yield f"的句子里「{match.group(0)}」的「{field}」不认识。{_options(field, _FIELDS)}"
    bare = TOKEN.sub("", text)
    if "{{" in bare or "}}" in bare:
        yield f"的句子花括号不成对：{text[:40]}"
    if bare.count("[[") != bare.count("]]"):
        yield f"的句子方括号不成对：{text[:40]}"
    typed = re.search(r"\d", re.sub(r"95598|12398|12345|营销2\.0|采集2\.0|PMS3\.0", "", bare))
    if typed:
        yield f"的句子里写了数字「{typed.group()}」，数字只能由记号给出：{text[:40]}"


def _unknown(where: str, asked: Iterable[str], names: set[str]) -> Iterator[str]:
    for name in dict.fromkeys(asked):
        if name and name not in names:
            yield f"{where}用到「{name}」，但没有在 need 里声明，analysis 也不提供。{_near(name, names)}"
