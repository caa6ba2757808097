"""The fact card (数字出处): everything that proves one figure, in words for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from core.domain.fact import STATUS_LABELS, Fact
from core.domain.tokens import natural_unit, plain
from knowledge.catalog import SOURCE_LABELS

_COMPARES = (("yoy", "同比", "yoy_base"), ("mom", "环比", "mom_base"), ("mom_daily", "日均环比", ""))
_UNKNOWN = "—"
_CHINESE = re.compile("[\u4e00-\u9fff]")


def fact_card(fact: Fact, facts: Mapping[str, Fact]) -> dict[str, Any]:
    """The card of one fact; `facts` resolves the facts that it was derived from."""
    return {
        "id": fact.id,
        "name": fact.name,
        "value": _value(fact),
        "status": fact.status,
        "statusLabel": STATUS_LABELS[fact.status],
        "reason": fact.reason,
        "compares": _compares(fact),
        "rows": [[label, value] for label, value in _rows(fact) if value],
        "parents": [_parent(name, facts) for name in fact.parents],
        "query": fact.query,
        "params": [[str(key), str(value)] for key, value in fact.params.items()],
    }


def fact_cards(used: Iterable[str], facts: Mapping[str, Fact]) -> dict[str, dict[str, Any]]:
    """Cards of the facts that a text uses and of those they were derived from, each once."""
    wanted: dict[str, None] = {}
    for name in used:
        fact = facts.get(name)
        if fact is not None:
            wanted[name] = None
            wanted.update(dict.fromkeys(parent for parent in fact.parents if parent in facts))
    return {name: fact_card(facts[name], facts) for name in wanted}


def share_queries(cards: dict[str, dict[str, Any]]) -> list[str]:
    """Many facts come from one statement: replace each card's query by its place in the list that is returned."""
    places: dict[str, int] = {}
    for card in cards.values():
        if card["query"]:
            card["query"] = places.setdefault(card["query"], len(places))
    return list(places)


def _rows(fact: Fact) -> list[tuple[str, str]]:
    from tools.analysis import who_computed

    from_systems, tables = source_names(fact.source, fact.datasets)
    return [
        ("口径", fact.caliber + (f"（口径版本 {fact.caliber_version}）" if fact.caliber_version else "")),
        ("补录", fact.supplement),
        ("未计入的补录", _left_out(fact)),
        ("统计期", fact.period.label),
        ("单位", fact.org_name or fact.org),
        ("分项", fact.by.label if fact.by else ""),
        ("精确值", _exact(fact)),
        ("来源系统", from_systems),
        ("数据表", tables),
        ("计算", who_computed(fact)),
        ("算法", fact.method if _CHINESE.search(fact.method) else ""),
        ("命中行数", f"{fact.row_count:,} 行" if fact.query else ""),
        ("数据截至", f"{fact.as_of:%Y-%m-%d %H:%M}" if fact.as_of else ""),
    ]


def _left_out(fact: Fact) -> str:
    """Supplements that are not in the number, and why."""
    why = {"outdone": "来源已有数，以来源为准", "apart": "下级或部分时段补录的是不能相加的数，不并入本数"}
    return "；".join(f"{'、'.join(fact.inputs[key])}：{text}" for key, text in why.items() if fact.inputs.get(key))


def source_names(source: str, datasets: tuple[str, ...]) -> tuple[str, str]:
    """Chinese names of the source systems and of the tables, with the canonical table name behind."""
    from tools.sources import all_sources

    known = all_sources()
    names = [name for name in source.replace("+", ",").replace("、", ",").split(",") if name.strip()]
    systems = "、".join(SOURCE_LABELS.get(name.strip(), name.strip()) for name in names)
    tables = []
    for dataset in datasets:
        bare = dataset.rsplit(".", 1)[-1]
        found = next((d for s in known.values() if (d := s.dataset(bare)) is not None), None)
        tables.append(f"{found.label}（{dataset}）" if found else dataset)
    return systems, "、".join(tables)


def _value(fact: Fact) -> str:
    return _printed(fact) if fact.has_value else STATUS_LABELS[fact.status]


def _printed(fact: Fact, field: str = "") -> str:
    token = f"{fact.id}.{field}" if field else fact.id
    return plain("{{" + token + "}}", {fact.id: fact})


def _exact(fact: Fact) -> str:
    if fact.value is None or not fact.has_value:
        return ""
    shown = natural_unit(fact.unit, fact.value)
    return "" if shown == fact.unit else f"{fact.value:,f} {fact.unit}"


def _compares(fact: Fact) -> list[list[str]]:
    out = []
    for field, word, base in _COMPARES:
        if getattr(fact.compare, field) is None:
            continue
        text = _printed(fact, field)
        before = getattr(fact.compare, base, None) if base else None
        out.append([word, text.removeprefix(word), f"基期 {before:,f} {fact.unit}" if before is not None else ""])
    if fact.compare.ytd is not None:
        change = "，" + _printed(fact, "ytd_yoy") if fact.compare.ytd_yoy is not None else ""
        out.append(["年累计", _printed(fact, "ytd") + change, ""])
    return out


def _parent(name: str, facts: Mapping[str, Fact]) -> dict[str, str]:
    fact = facts.get(name)
    return {"id": name if fact else "", "text": f"{fact.name} {_value(fact)}" if fact else f"{name} {_UNKNOWN}"}
