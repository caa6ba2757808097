"""Derived facts (派生事实): numbers computed from other facts, with their parents and the method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from typing import Literal

from core.domain.fact import Compare, Fact, FactStatus
from core.errors import BadRequest
from tools.indicators.compare import contribution_points, contribution_rate
from tools.indicators.expression import PRECISION

How = Literal["差值", "占比", "排名", "倍数", "贡献度", "贡献率", "合计", "计数"]
Base = Literal["yoy", "mom"]
DERIVE = "derive/1"
"""Who computed a derived fact; the number rises when a formula changes."""
_UNITS = {"占比": "%", "排名": "位", "倍数": "倍", "贡献度": "个百分点", "贡献率": "%", "计数": "个"}
_PAIRS = {"差值", "占比", "倍数", "贡献度", "贡献率"}


def derive(
    how: How,
    parents: Sequence[Fact],
    ids: Callable[[], str],
    *,
    base: Base = "yoy",
    name: str = "",
    lowest: bool = False,
) -> Fact:
    """One derived fact.

    Of two parents a, b: 差值 a−b, 占比 a/b×100, 倍数 a/b, 贡献度 Δa/|b base|×100, 贡献率 Δa/Δb×100; of all: 合计, 计数;
    排名 of the first parent among all (1 = largest, or smallest with `lowest`; equal values share a rank).
    A parent without a number gives an empty fact that names it. Raises BadRequest for the wrong number of parents.
    """
    if not parents or (how in _PAIRS and len(parents) != 2):
        raise BadRequest(f"计算{how}的事实个数不对", "差值、占比、倍数、贡献度、贡献率需要两个事实，其余至少一个")
    value, reason = _computed(how, list(parents), base, lowest)
    first = parents[0]
    sources = dict.fromkeys(part for fact in parents for part in fact.source.split("+") if part)
    statuses = {fact.status for fact in parents}
    status: FactStatus = "empty" if value is None else "partial" if "partial" in statuses else "ok"
    moments = [fact.as_of for fact in parents if fact.as_of]
    return Fact(
        id=ids(),
        indicator=f"{first.indicator}:{how}",
        name=name or _name(how, first, parents),
        value=value,
        unit=_unit(how, first),
        decimals=0 if how in {"排名", "计数"} else first.decimals if how in {"差值", "合计"} else 2,
        kind=first.kind if how in {"差值", "合计"} else "count" if how in {"排名", "计数"} else "amount",
        direction=first.direction if how in {"差值", "合计"} else "neutral",
        period=first.period,
        org=first.org,
        org_name=first.org_name,
        by=first.by,
        compare=Compare(rule="diff"),
        caliber=f"由{'、'.join(dict.fromkeys(fact.name for fact in parents))}计算：{_METHODS[how]}",
        caliber_version=first.caliber_version,
        source="+".join(sources),
        datasets=tuple(dict.fromkeys(name for fact in parents for name in fact.datasets)),
        params={"how": how, "base": base, "lowest": lowest},
        row_count=len(parents),
        as_of=min(moments) if moments else None,
        status=status,
        reason=reason or next((fact.reason for fact in parents if fact.status == "partial"), ""),
        parents=tuple(fact.id for fact in parents),
        method=f"{how}：{_METHODS[how]}",
        computed_by=DERIVE,
        supplement=next((fact.supplement for fact in parents if fact.supplement), ""),
    )


def ranked(parents: Sequence[Fact], ids: Callable[[], str], *, lowest: bool = False) -> list[Fact]:
    """The rank of each fact among all, in the given order."""
    facts = list(parents)
    return [derive("排名", [fact, *(o for o in facts if o is not fact)], ids, lowest=lowest) for fact in facts]


_METHODS: dict[str, str] = {
    "差值": "前者 − 后者",
    "占比": "前者 ÷ 后者 × 100",
    "排名": "第一个事实在全部事实中的名次，并列同名次",
    "倍数": "前者 ÷ 后者",
    "贡献度": "前者的变化量 ÷ 后者基期值的绝对值 × 100",
    "贡献率": "前者的变化量 ÷ 后者的变化量 × 100",
    "合计": "全部事实之和",
    "计数": "有数值的事实个数",
}


def _computed(how: How, parents: list[Fact], base: Base, lowest: bool) -> tuple[Decimal | None, str]:
    if how == "计数":
        return Decimal(sum(fact.has_value for fact in parents)), ""
    missing = [fact for fact in parents if not fact.has_value]
    if missing and (how != "排名" or parents[0] in missing):
        return None, f"{missing[0].org_name}{missing[0].name}没有数值：{missing[0].reason or missing[0].status}"
    values = [fact.value for fact in parents if fact.value is not None]
    with localcontext() as context:
        context.prec = PRECISION
        match how:
            case "合计":
                if len({fact.unit for fact in parents}) > 1:
                    raise BadRequest("单位不同的事实不能求和", "请选择同一单位的事实")
                return sum(values, Decimal(0)), ""
            case "排名":
                own = values[0]
                return Decimal(1 + sum(v < own if lowest else v > own for v in values)), ""
            case "差值":
                return values[0] - values[1], ""
            case "占比" | "倍数":
                return _ratio(values[0], values[1], 100 if how == "占比" else 1)
        before = [getattr(fact.compare, f"{base}_base") for fact in parents]
        out = (
            contribution_points(values[0], before[0], before[1])
            if how == "贡献度"
            else contribution_rate(values[0], before[0], values[1], before[1])
        )
        return out, "" if out is not None else "基期缺失、为零或总量基本不变，不计算贡献"


def _ratio(part: Decimal, whole: Decimal, scale: int) -> tuple[Decimal | None, str]:
    return (part / whole * scale, "") if whole else (None, "分母为零")


def _unit(how: How, first: Fact) -> str:
    if how == "差值" and first.unit == "%":
        return "个百分点"
    return _UNITS.get(how, first.unit)


def _name(how: How, first: Fact, parents: Sequence[Fact]) -> str:
    if how in {"合计", "计数"}:
        return f"{first.name}{how}"
    return f"{first.name}{'拉动' if how == '贡献度' else how}"
