"""The embedded writer: sentences of an answer from what the tools returned. Tokens only, never a digit.

Wording follows domain.md §3.2. Names, units and periods come as tokens of the fact (`{{F1.name}}`, `{{F1.period}}`), so
that no digit of a name is typed; passages and error sentences come as label tokens and are returned beside the text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from agent.events import Understood
from agent.forecast_text import forecasts
from agent.seen import Results, Seen, labelled
from agent.understanding.data_review import REVIEW
from agent.understanding.deeper import DEEPER
from agent.understanding.measures import MEASURES, OUTCOMES
from agent.understanding.precedents import precedent
from agent.understanding.version_review import VERSIONS
from core.domain.fact import quotable

SHOWN = 10
_WHY = {
    "empty": "无数据",
    "denied": "无权限查看",
    "error": "取数失败",
}


def answer_text(understood: Understood, results: Results) -> tuple[str, dict[str, str]]:
    """(text with tokens, labels that the text uses)."""
    labels: dict[str, str] = {}
    parts: list[str] = []
    if understood.intent == "search":
        before = precedent(understood.query or "")
        parts += _another_period(understood, results) if before else []
        parts += _passages(results, labels, before=before)
    elif understood.intent in {"churn", "detect", "explain"}:
        parts += by_unit(results, labels, lambda one: _analysed(understood, one, labels))
    elif understood.intent == "forecast":
        parts += forecasts(understood, results, labels, lambda one: _failures(one.facts))
    else:
        parts += _figures(understood, results)
    for error in results.errors:
        parts.append(labelled(labels, error))
    if not parts:
        parts.append("没有取得任何结果，请换一个指标、单位或期间再试。")
    parts += _assumptions(understood, labels)
    return "\n".join(part for part in parts if part), labels


def by_unit(results: Results, labels: dict[str, str], told: Callable[[Results], list[str]]) -> list[str]:
    """What is told of each unit, under its name where there are several: none is passed over for what another has."""
    units = results.units
    if len(units) == 1:
        return told(results)
    parts: list[str] = []
    for one in units:
        said = told(one)
        parts += [f"{labelled(labels, one.about)}：", *said] if said else []
    return parts


def _analysed(understood: Understood, results: Results, labels: dict[str, str]) -> list[str]:
    """What an analysis found of one unit."""
    query = understood.query or ""
    if understood.intent == "churn":
        return _findings(results, "未发现达到预警线的大客户。", labels) + _members(results, limit=understood.top)
    if understood.intent == "explain":
        unclear = "现有数据未能给出明确原因，请结合现场情况核实。"
        if query == DEEPER and results.note:
            unclear = f"{labelled(labels, results.note)}。"
        return _findings(results, unclear, labels) + _failures(results.facts)
    if query == REVIEW:
        return _review(results, labels)
    if query == MEASURES:
        return _measures(results, labels)
    if query == OUTCOMES:
        return _outcomes(results, labels)
    if query.startswith(VERSIONS):
        return _versions(results, labels)
    if not results.facts and "：" in results.note:
        return [f"{labelled(labels, results.note)}。"]
    return [*_screened(results), *_findings(results, "未发现超过关注阈值的异常。", labels), *_failures(results.facts)]


def _figures(understood: Understood, results: Results) -> list[str]:
    parts: list[str] = []
    groups: dict[tuple[str, str], list[Seen]] = {}
    for fact in results.facts:
        whole = "" if fact.dim == "org" else fact.org_name
        grouped = (fact.indicator, whole) if fact.dim else ("", "")
        groups.setdefault(grouped, []).append(fact)
    for (indicator, _), facts in groups.items():
        if indicator:
            parts.append(_ranking(understood, facts) if understood.intent == "rank" else _split(understood, facts))
            parts += _failures(facts)
        else:
            singles = [fact for fact in facts if _good(fact)]
            parts += [_single(fact, understood.compare) for fact in singles]
            parts += _failures(facts)
            if understood.intent == "compare" and len(singles) > 1:
                parts.append(_between(singles))
    return parts


def _single(fact: Seen, compare: str | None) -> str:
    """`2026年10月，望湖区售电量…，同比…，环比…；累计…，累计同比…。`"""
    if fact.zero:
        what = f"{{{{{fact.id}.period}}}}，{{{{{fact.id}.org}}}}{{{{{fact.id}.name}}}}"
        return f"{what}为{{{{{fact.id}}}}}，数据源有记录，确为零值。"
    text = f"{{{{{fact.id}.period}}}}，{{{{{fact.id}.org}}}}{{{{{fact.id}.name}}}}{{{{{fact.id}}}}}"
    for name in ("yoy", "mom"):
        if name in fact.has:
            text += f"，{{{{{fact.id}.{name}}}}}"
        elif compare == name:
            text += f"，{'同比' if name == 'yoy' else '环比'}无可比数据"
    if "ytd" in fact.has:
        text += f"；本年累计{{{{{fact.id}.ytd}}}}"
        if "ytd_yoy" in fact.has:
            text += f"，{{{{{fact.id}.ytd_yoy}}}}"
    text += "。"
    if fact.status != "partial":
        return text
    why = quotable(fact.reason)
    return f"{text}该期数据尚不完整{f'（{why}）' if why else ''}，以最终关账数为准。"


def _ranking(understood: Understood, facts: Sequence[Seen]) -> str:
    key = understood.compare if understood.compare in {"yoy", "mom"} else ""
    usable = [fact for fact in facts if _good(fact) and (not key or key in fact.has)]
    if not usable:
        return ""
    descending = understood.order != "asc"
    ordered = sorted(usable, key=lambda fact: _key(fact, key), reverse=descending)
    limit = understood.top or SHOWN
    head = ordered[0]
    where = _where(head)
    if not key and all(fact.zero for fact in usable):
        return f"{{{{{head.id}.period}}}}，{where}{{{{{head.id}.name}}}}均为零，数据源有记录，确为零值。"
    what = {"yoy": "同比", "mom": "环比"}.get(key, "")
    way = "由高到低" if descending else "由低到高"
    items = "、".join(f"{{{{{fact.id}.label}}}}{{{{{fact.id}{'.' + key if key else ''}}}}}" for fact in ordered[:limit])
    tail = "等" if len(ordered) > limit else ""
    when = "" if head.dim in {"month", "day"} else f"{{{{{head.id}.period}}}}，"
    return f"{when}{where}{{{{{head.id}.name}}}}{what}{way}依次为：{items}{tail}。"


def _split(understood: Understood, facts: Sequence[Seen]) -> str:
    usable = [fact for fact in facts if _good(fact)]
    if not usable:
        return ""
    timed = usable[0].dim in {"month", "day"}
    if not timed and all(fact.order is not None for fact in usable):
        usable = sorted(usable, key=lambda fact: _key(fact, ""), reverse=True)
    limit = understood.top or (len(usable) if timed else 2 * SHOWN)
    key = understood.compare if understood.compare in {"yoy", "mom"} else ""
    shown = []
    for fact in usable[:limit]:
        change = f"（{{{{{fact.id}.{key}}}}}）" if key and key in fact.has else ""
        shown.append(f"{{{{{fact.id}.label}}}}{{{{{fact.id}}}}}{change}")
    when = "" if timed else f"{{{{{usable[0].id}.period}}}}，"
    tail = "等" if len(usable) > limit else ""
    return f"{when}{_where(usable[0])}{{{{{usable[0].id}.name}}}}分别为：{'、'.join(shown)}{tail}。"


def _where(fact: Seen) -> str:
    """Whose members a list shows; the members of a list of units are units themselves."""
    return "各单位" if fact.dim == "org" else f"{{{{{fact.id}.org}}}}"


def _between(facts: Sequence[Seen]) -> str:
    same = [fact for fact in facts if fact.indicator == facts[0].indicator and fact.order is not None]
    if len(same) < 2:
        return ""
    top = max(same, key=lambda fact: _key(fact, ""))
    return f"其中{{{{{top.id}.org}}}}最高。"


def _members(results: Results, limit: int | None) -> list[str]:
    rows = [fact for fact in results.facts if _good(fact) and fact.label and not results.findings]
    if not rows:
        return _failures(results.facts)
    items = "、".join(f"{{{{{fact.id}.label}}}}{{{{{fact.id}}}}}" for fact in rows[: limit or SHOWN])
    return [f"{{{{{rows[0].id}.name}}}}依次为：{items}。", *_failures(results.facts)]


def _findings(results: Results, nothing: str, labels: dict[str, str]) -> list[str]:
    if not results.findings:
        return [] if results.errors or _failures(results.facts) else [nothing]
    return _listed(results.findings[:SHOWN], labels, lambda at, finding: f"【{finding.get('severity', '关注')}】")


def _listed(findings: Sequence[Any], labels: dict[str, str], lead: Callable[[int, Any], str]) -> list[str]:
    """One paragraph a finding: its title after what `lead` says of its place and of itself, then its text."""
    parts = []
    for at, finding in enumerate(findings, start=1):
        head = labelled(labels, lead(at, finding) + finding.get("title", ""))
        parts.append(f"{head}：{finding.get('text', '')}")
    return parts


def _versions(results: Results, labels: dict[str, str]) -> list[str]:
    """The version in service of each analysis with its figures, then the analyses that have none."""
    parts = _listed(results.findings, labels, lambda at, finding: "")
    missing = results.note.partition("；")[2]
    return parts + ([f"{labelled(labels, missing)}。"] if missing else [])


def _measures(results: Results, labels: dict[str, str]) -> list[str]:
    """Measures in order, then what the order is not and what binds all of them."""
    if not results.findings:
        return _findings(results, "未发现达到预警线的大客户，没有需要排序的措施。", labels) + _failures(results.facts)
    parts = _listed(results.findings[:SHOWN], labels, lambda at, finding: f"{at}. ")
    bound = results.note.partition("；")[2]
    return [*parts, f"{labelled(labels, bound)}。"] if bound else parts


def _screened(results: Results) -> list[str]:
    """How many customers were screened and stand out, where customers were."""
    placed = [results.places.get(name) for name in ("screened", "fallen", "risen", "shrinking")]
    if not all(placed):
        return []
    whole, *kinds = (ids[0] for ids in placed if ids)
    told = "、".join(f"{{{{{at}.name}}}}{{{{{at}}}}}" for at in kinds)
    return [f"{{{{{whole}.period}}}}{{{{{whole}.name}}}}{{{{{whole}}}}}，其中{told}。"]


def _outcomes(results: Results, labels: dict[str, str]) -> list[str]:
    """What came of the measures: how many, how often they succeeded, then one by one with what that is not."""

    def ids(name: str) -> list[str]:
        return results.places.get(name, [])

    parts = []
    if ids("planned_count"):
        parts.append(f"上期方案客户{{{{{ids('planned_count')[0]}}}}}，未记录执行结果的{{{{{ids('open_count')[0]}}}}}。")
    if ids("success_rate"):
        spans = zip(ids("success_rate"), ids("success_low"), ids("success_high"), strict=True)
        told = "、".join(
            f"{{{{{at}.label}}}}{{{{{at}}}}}（区间{{{{{low}}}}}～{{{{{high}}}}}）" for at, low, high in spans
        )
        parts.append(f"按已记录的执行结果，措施成功率：{told}；其余措施样本不足。")
    elif ids("success_cases"):
        cases = "、".join(f"{{{{{at}.label}}}}{{{{{at}}}}}" for at in ids("success_cases"))
        parts.append(f"执行结果样本不足，不评价成功率（已记录：{cases}）。")
    parts += _listed(results.findings[:SHOWN], labels, lambda at, finding: "")
    none = "还没有记录执行结果。可以用「/执行结果 客户=户号 措施=… 日期=… 责任人=… 结果=成功」记录。"
    return [*(parts if results.findings else [*parts, none]), *_failures(results.facts)]


def _review(results: Results, labels: dict[str, str]) -> list[str]:
    """Checks beyond tolerance, checks without a verdict, scores, and what the detectors found."""
    by_id = {fact.id: fact for fact in results.facts}

    def placed(name: str) -> list[Seen]:
        return [by_id[fact] for fact in results.places.get(name, []) if fact in by_id]

    parts = _findings(results, "各项跨系统核对均在容差以内。", labels)
    unread = [fact for fact in placed("check_odd") if not _good(fact)]
    for status, words in _WHY.items():
        names = "、".join(f"{{{{{fact.id}.label}}}}" for fact in unread if fact.status == status)
        parts += [f"{names}{words}，未作核对，不代表没有差异。"] if names else []
    scores = "、".join(f"{{{{{fact.id}.label}}}}为{{{{{fact.id}}}}}" for fact in placed("score") if _good(fact))
    parts += [f"数据质量评分：{scores}。"] if scores else []
    found = "、".join(f"{{{{{fact.id}.label}}}}{{{{{fact.id}}}}}" for fact in placed("detected"))
    parts += [f"质量探测检出：{found}。"] if found else []
    failed = "、".join(f"{{{{{fact.id}.label}}}}" for fact in placed("undetected"))
    return [*parts, f"{failed}未能探测，不代表没有问题。"] if failed else parts


def _another_period(understood: Understood, results: Results) -> list[str]:
    """That nothing is published of the period asked, where what was found is of another."""
    period = understood.period
    ended = [hit.get("ended", "") for hit in results.hits]
    if (
        period is None
        or not any(ended)
        or any(period.start.isoformat() <= at <= period.end.isoformat() for at in ended)
    ):
        return []
    return ["所问的期间没有已发布的这类内容，下面是最近一期的。"]


def _passages(results: Results, labels: dict[str, str], *, before: bool) -> list[str]:
    """What was found; `before` says that earlier published texts were asked for, which are quoted at length."""
    if not results.hits:
        if before:
            none = "已发布的报告里没有这样的内容：报告发布归档以后，才查得到往期写法和审核意见。"
            return [] if results.errors else [none]
        return [] if results.errors else ["知识库中没有找到相关内容，请换个说法，或直接写指标名称。"]
    parts = []
    for hit in results.hits[:5]:
        body = str(hit.get("text") or hit.get("excerpt") or "").strip().replace("\n", " ")
        parts.append(labelled(labels, f"《{hit.get('title', '未命名')}》{body[: 600 if before else 300]}"))
    return parts


def _failures(facts: Sequence[Seen]) -> list[str]:
    """One sentence for each way of failing; 无数据, 无权限 and 取数失败 are never mixed and never a zero."""
    parts: list[str] = []
    for status, words in _WHY.items():
        failed = [fact for fact in facts if fact.status == status]
        if not failed:
            continue
        named = "、".join(dict.fromkeys(_named(fact) for fact in failed[:5])) + ("等" if len(failed) > 5 else "")
        note = {
            "empty": "，没有可统计的记录，不代表数值为零。可以换一个已有数据的期间，或问「数据齐不齐」。",
            "denied": "，如需查看请联系系统管理员调整数据权限。",
            "error": "，数据源暂时没有应答，不代表数值为零，请稍后重试或联系数据运维员。",
        }[status]
        where = "、".join(dict.fromkeys(name for fact in failed for name in fact.sources)) if status == "error" else ""
        parts.append(f"{named}{words}{f'（{where}）' if where else ''}{note}")
    return parts


def _named(fact: Seen) -> str:
    where = f"{{{{{fact.id}.label}}}}" if fact.label else f"{{{{{fact.id}.org}}}}"
    return f"{{{{{fact.id}.period}}}}{where}{{{{{fact.id}.name}}}}"


def _assumptions(understood: Understood, labels: dict[str, str]) -> list[str]:
    if not understood.assumed:
        return []
    return [f"（{labelled(labels, '；'.join(understood.assumed))}。）"]


def _good(fact: Seen) -> bool:
    return fact.status in {"ok", "partial"}


def _key(fact: Seen, field: str) -> Decimal:
    value = fact.yoy if field == "yoy" else fact.mom if field == "mom" else fact.order
    return value if value is not None else Decimal("-Infinity")
