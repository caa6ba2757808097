"""Changes of one chart that a sentence asks for: its form, the order of its points, how far back it goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.domain.fact import Fact
from core.domain.report import Chart
from core.errors import BadRequest

FORMS = (
    (r"折线|曲线|走势|趋势", "trend", "line"),
    (r"条形|横条|横向", "barh", "bar"),
    (r"环形|饼|圆环", "ring", "bar"),
    (r"堆积|堆叠", "stack", "bar"),
    (r"网格", "tiles", "bar"),
    (r"柱状|柱形|柱", "bar", "bar"),
)
_SPAN = re.compile(r"(?:近|最近|只(?:看|留|要)|后)([一二三四五六七八九十两]{1,2}|\d{1,2})(?:个)?(?:月|天|日|项|位|点)")
_DIGITS = {word: at for at, word in enumerate("一二三四五六七八九十", 1)} | {
    "两": 2,
    "十一": 11,
    "十二": 12,
    "十三": 13,
}
_CAN = "可以换成柱状图、条形图、折线图、环形图、堆积图、网格图，可以从高到低或从低到高排序，可以只看近六个月。"


def reshaped(wish: str, chart: Chart, facts: Mapping[str, Fact]) -> tuple[Chart, str]:
    """The chart as wished and what changed; raises BadRequest for a wish that this chart cannot take."""
    update: dict[str, Any] = {}
    said = []
    for pattern, form, mark in FORMS:
        if re.search(pattern, wish):
            if form in {"ring", "tiles"} and len(chart.series) > 1:
                raise BadRequest("环形图和网格图只能画一组数，这张图有多组。", _CAN)
            update["form"] = form
            update["series"] = tuple(one.model_copy(update={"mark": mark}) for one in chart.series)
            said.append("已换图形")
            break
    made = chart.model_copy(update=update)
    order = re.search(r"从?(高到低|大到小|低到高|小到大)|(升序|降序)", wish)
    if order:
        made = _sorted(made, facts, down=(order[1] or order[2]) in {"高到低", "大到小", "降序"})
        said.append("已重新排序")
    span = _SPAN.search(wish)
    if span:
        count = _DIGITS.get(span[1]) or int(span[1])
        if not 2 <= count <= len(made.categories):
            raise BadRequest(f"这张图有 {len(made.categories)} 个点，不能只留 {count} 个。", _CAN)
        made = _picked(made, list(range(len(made.categories) - count, len(made.categories))))
        said.append("已改时间跨度")
    if not said:
        raise BadRequest("没有看懂要怎样改这张图。", _CAN)
    return made, "、".join(said)


def _sorted(chart: Chart, facts: Mapping[str, Fact], *, down: bool) -> Chart:
    def size(at: int) -> Decimal:
        point = chart.series[0].points[at]
        fact = facts.get(point.fact) if point else None
        value = (
            None
            if fact is None or point is None
            else fact.value
            if point.field == "value"
            else getattr(fact.compare, point.field)
        )
        return value if value is not None else Decimal("-Infinity" if down else "Infinity")

    return _picked(chart, sorted(range(len(chart.categories)), key=size, reverse=down))


def _picked(chart: Chart, order: list[int]) -> Chart:
    series = tuple(one.model_copy(update={"points": tuple(one.points[at] for at in order)}) for one in chart.series)
    return chart.model_copy(update={"categories": tuple(chart.categories[at] for at in order), "series": series})
