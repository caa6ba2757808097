"""Indicator definitions as a set: fills in what the datasets say, makes indicators of parts, and finds mistakes."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.domain.indicator import Indicator, Measure
from core.settings import SOURCES

if TYPE_CHECKING:
    from knowledge.catalog import DatasetInfo, Thresholds

RESERVED = frozenset({"n", "z", "k", "d", "w", "t", "j", "f", "q"})
PERIOD_NAMES = frozenset({"days", "hours"})
_BIND = re.compile(r"(?<![:\w]):([a-z]\w*)")
_PERIOD_BIND = re.compile(r"cutoff|(?:start|end|after|start_ym|end_ym)(?:_minus_(?:\d+(?:days|months)|(\w+)))?")


def checked(
    found: Mapping[str, Indicator], datasets: Mapping[str, DatasetInfo], thresholds: Thresholds
) -> tuple[dict[str, Indicator], dict[str, str], list[str]]:
    """The finished indicators (parts included), the index of names, and every problem as a Chinese sentence."""
    problems: list[str] = []
    filled = {key: _filled(item, datasets, problems) for key, item in found.items()}
    whole: dict[str, Indicator] = {}
    for key, item in filled.items():
        whole[key] = item
        for part, made in _parts(item).items():
            whole[f"{key}.{part}"] = made
    for item in whole.values():
        problems += _problems(item, whole, datasets, thresholds)
    names = _names(whole, problems)
    problems += _vocabulary(whole)
    if not problems:
        whole = {key: item.model_copy(update={"sources": _sources(item, whole)}) for key, item in whole.items()}
    return whole, names, problems


def value_names(value: str) -> set[str]:
    """The measure names in a value expression."""
    return {node.id for node in ast.walk(ast.parse(value, mode="eval")) if isinstance(node, ast.Name)} - PERIOD_NAMES


def _filled(item: Indicator, datasets: Mapping[str, DatasetInfo], problems: list[str]) -> Indicator:
    measures: dict[str, Measure | str] = {}
    for name, measure in item.measures.items():
        if isinstance(measure, str):
            measures[name] = measure
            continue
        info = datasets.get(measure.dataset)
        if info is None:
            problems.append(f"{item.id}：数据表「{measure.dataset}」未在 datasets.yaml 中登记")
            continue
        if measure.source not in {"", info.source}:
            problems.append(f"{item.id}：数据表 {measure.dataset} 属于 {info.source}，不属于 {measure.source}")
        update: dict[str, object] = {"source": info.source}
        if not measure.stock and measure.date is None and measure.sql is None and info.date:
            update |= {"date": info.date, "date_kind": info.date_kind}
        if measure.as_of is None and info.as_of:
            update["as_of"] = info.as_of
        if measure.sql and measure.expr == "1":
            update["expr"] = name
        if measure.coverage is None:
            update["coverage"] = "stock" if measure.stock and info.coverage == "stock" else info.coverage
        measures[name] = measure.model_copy(update=update)
    return item.model_copy(update={"measures": measures})


def _parts(item: Indicator) -> dict[str, Indicator]:
    made = {}
    for key, part in item.parts.items():
        made[key] = item.model_copy(
            update={
                "id": f"{item.id}.{key}",
                "name": part.name,
                "aliases": part.aliases,
                "kind": part.kind,
                "unit": part.unit,
                "decimals": part.decimals,
                "direction": part.direction or item.direction,
                "caliber": part.caliber,
                "formula": part.formula or item.formula,
                "value": part.value,
                "compare": part.compare or item.compare,
                "dims": item.dims if part.dims is None else part.dims,
                "thresholds": part.thresholds,
                "parts": {},
                "base": item.id,
            }
        )
    return made


def _sources(item: Indicator, whole: Mapping[str, Indicator]) -> tuple[str, ...]:
    out: list[str] = []
    for name in item.measures:
        if name in value_names(item.value):
            source = _resolve(item, name, whole).source
            out += [] if source in out else [source]
    return tuple(out)


def _resolve(item: Indicator, name: str, whole: Mapping[str, Indicator]) -> Measure:
    found = item.measures[name]
    if isinstance(found, Measure):
        return found
    owner, _, other = found.partition(".")
    return _resolve(whole[owner], other, whole)


def _problems(
    item: Indicator, whole: Mapping[str, Indicator], datasets: Mapping[str, DatasetInfo], thresholds: Thresholds
) -> list[str]:
    out: list[str] = []
    try:
        names = value_names(item.value)
    except SyntaxError:
        return [f"{item.id}：计算式「{item.value}」写法有误"]
    out += [f"{item.id}：计算式用到的「{name}」没有在 measures 中定义" for name in sorted(names - set(item.measures))]
    for name, ref in item.measures.items():
        if isinstance(ref, str):
            owner, _, other = ref.partition(".")
            if owner not in whole or other not in whole[owner].measures:
                out.append(f"{item.id}：measures.{name} 引用的「{ref}」不存在")
                return out
        measure = _resolve(item, name, whole)
        if measure.source not in SOURCES:
            out.append(f"{item.id}：数据源「{measure.source}」不在五个系统之内")
        text = " ".join(filter(None, (measure.expr, measure.where, measure.sql)))
        for bind in _BIND.findall(text):
            shifted = _PERIOD_BIND.fullmatch(bind)
            needed = shifted[1] if shifted else bind
            if needed and needed not in thresholds.binds:
                out.append(f"{item.id}：measures.{name} 的参数「:{bind}」既不是统计期也不在 caliber.yaml 中")
        info = datasets[measure.dataset]
        for dim in set(item.dims) - {"month", "day", "org"}:
            if name in names and dim not in info.dims and measure.sql is None:
                out.append(f"{item.id}：{measure.dataset} 不能按 {dim} 拆分，请从 dims 去掉或在 datasets.yaml 登记")
    unknown = [key for key in item.thresholds.values() if key not in thresholds.values]
    out += [f"{item.id}：阈值「{key}」不在 caliber.yaml 中" for key in unknown]
    if item.default_by and item.default_by not in item.dims:
        out.append(f"{item.id}：default_by「{item.default_by}」不在 dims 中")
    return out


def _names(whole: Mapping[str, Indicator], problems: list[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for key, item in whole.items():
        for name in (key, item.name, *item.aliases):
            folded = "".join(name.split()).casefold()
            if folded in names and names[folded] != key:
                problems.append(f"{key}：名称「{name}」与 {names[folded]} 重复，用户说这个词时分不清指哪一个")
            names[folded] = key
    return names


def _vocabulary(whole: Mapping[str, Indicator]) -> list[str]:
    """A measure name means one definition everywhere, and is none of the names that statements use themselves."""
    problems: list[str] = []
    seen: dict[str, tuple[str, Measure]] = {}
    for key, item in whole.items():
        for name, measure in item.measures.items():
            if name in RESERVED or not name.isidentifier() or not name.islower():
                problems.append(f"{key}：度量名「{name}」不能使用，请改用小写英文单词")
            if isinstance(measure, str):
                continue
            if measure.sql and measure.expr != name:
                problems.append(f"{key}：measures.{name} 的 expr 应与度量名相同")
            owner, known = seen.setdefault(name, (key, measure))
            if known != measure:
                problems.append(f"{key}：度量名「{name}」在 {owner} 中另有定义，请改名或改为引用「{owner}.{name}」")
    return problems
