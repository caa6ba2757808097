"""The card of a fact: what the number means, where it came from, how to get it again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape

from core.domain.fact import Fact
from core.domain.tokens import plain
from tools.analysis import who_computed
from tools.documents.appendix import change, moment, source_name, state, subject


def figure(text: str, fact: str) -> str:
    """A figure that opens its card."""
    return (
        f'<button type="button" data-fact="{escape(fact)}" popovertarget="card-{escape(fact)}">{escape(text)}</button>'
    )


def card(fact: Fact) -> str:
    """One popover per fact, shared by all its figures."""
    shown = plain(f"{{{{{fact.id}}}}}", {fact.id: fact})
    rows = [
        ("编号", escape(fact.id)),
        ("单位", escape(fact.org_name or fact.org)),
        ("统计期", escape(fact.period.label)),
        ("同比", escape(change(fact, "yoy"))),
        ("环比", escape(change(fact, "mom"))),
        ("口径", escape(fact.caliber or "—")),
        ("口径版本", escape(fact.caliber_version or "—")),
        ("来源", escape(source_name(fact))),
        ("数据截至", escape(moment(fact.as_of))),
        ("状态", escape(state(fact))),
    ]
    if fact.computed_by:
        rows.append(("计算", escape(who_computed(fact))))
    if fact.query:
        rows.append(("查询", f"<code>{escape(fact.query)}</code>"))
        rows.append(("查询参数", f"<code>{escape(json.dumps(fact.params, ensure_ascii=False, default=str))}</code>"))
        rows.append(("数据行数", str(fact.row_count)))
    inner = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
    close = (
        f'<button type="button" popovertarget="card-{fact.id}" popovertargetaction="hide" aria-label="关闭">×</button>'
    )
    return (
        f'<div popover id="card-{fact.id}" role="dialog" aria-label="数据卡片 {fact.id}">{close}'
        f"<h4>{escape(subject(fact))}</h4>"
        f'<p class="big">{escape(shown)}</p><dl>{inner}</dl></div>'
    )


def cards(facts: Iterable[Fact]) -> str:
    return "".join(card(fact) for fact in facts)
