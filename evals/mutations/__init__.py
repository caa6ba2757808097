"""Mutations: clean reports made false in one place, to see whether the numeral gate notices.

A mutation changes what a reader takes for a fact: one digit, a sign, a unit, % for 百分点, a direction, a rank, the
name of a county, the period, a superlative, a number in Chinese. Excluded, because the text stays true or says nothing
of the report: a text that prints the same without white space; a text that is itself another sentence of the report;
page numbers, the contents' page numbers, the marks of a chart's axis, and the cover's and signature's time of approval,
which the act of approval sets and not the report.
"""

from __future__ import annotations

from dataclasses import dataclass

NUMERIC = ("digit", "sign", "unit", "percent")
OTHERS = ("direction", "rank", "county", "period", "superlative", "quantity", "counted")
KINDS = (*NUMERIC, *OTHERS)
LABELS = {
    "digit": "一位数字",
    "sign": "正负号",
    "unit": "计量单位（万、亿等）",
    "percent": "百分号与百分点",
    "direction": "方向词",
    "rank": "排名",
    "county": "单位或对象互换",
    "period": "过期的期间",
    "superlative": "最高、首次、连续",
    "quantity": "汉字数量",
    "counted": "条目计数",
}


@dataclass(frozen=True)
class Mutation:
    """One text before and after; `place` says where in the file or report."""

    kind: str
    place: str
    before: str
    after: str
