"""One masked value shown in the clear (查看明文): who may, which one, what for.

The value goes to the person who asked and nowhere else: no run, no report, no file and no language model ever holds it.
The audit keeps who, which key, which field and the purpose, and keeps it before anybody sees the value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from agent.trail import note_queries
from core.access import may
from core.domain.actor import Actor
from core.errors import BadRequest, GmaError, NotFound, Refused, SourceFailed
from core.masking import scrub_text
from tools.fetch import Gate, Query

if TYPE_CHECKING:
    from agent.runner import Runner

LEAST_PURPOSE, MOST_PURPOSE = 4, 200
_KEY = re.compile(r"[A-Za-z0-9_-]{4,32}")


@dataclass(frozen=True)
class Field:
    """One masked column, by what finds its row."""

    label: str
    key_label: str
    source: str
    dataset: str
    key: str
    column: str


FIELDS = {
    "name": Field("户名", "户号", "marketing", "customer", "cons_no", "cons_name"),
    "phone": Field("电话", "户号", "marketing", "customer", "cons_no", "phone"),
    "address": Field("地址", "户号", "marketing", "customer", "cons_no", "address"),
    "content": Field("工单内容", "工单号", "service", "ticket", "ticket_no", "content"),
}
"""Every sensitive column that a source declares; a test keeps it complete."""


def reveal(runner: Runner, actor: Actor, name: str, key: str, purpose: str) -> str:
    """The clear value of a field of `FIELDS` in the row of one key (户号, 工单号) within the actor's unit.

    Audited before it is given, and when it is not given. Raises BadRequest for a key or purpose that says nothing,
    Refused for a role that may not, NotFound outside the unit and SourceFailed where the source cannot be read.
    """
    field = FIELDS[name]
    key, purpose = key.strip(), " ".join(purpose.split())
    target = key if _KEY.fullmatch(key) else "-"
    told = {"field": field.label, "purpose": scrub_text(purpose[:MOST_PURPOSE])}
    try:
        value = _value(runner, actor, field, key, purpose)
    except GmaError as error:
        result = "failed" if isinstance(error, SourceFailed) else "refused"
        with runner.store.begin() as unit:
            unit.audit.append(actor.user, "reveal", target, result, told | {"reason": error.message})
        raise
    with runner.store.begin() as unit:
        unit.audit.append(actor.user, "reveal", target, detail=told)
    return value


def _value(runner: Runner, actor: Actor, field: Field, key: str, purpose: str) -> str:
    with runner.store.read() as unit:
        actor = unit.accounts.current(actor)
    verdict = may(actor, "reveal", actor.org)
    if not verdict.allowed:
        raise Refused(verdict.reason, "确因工作需要，请由本单位的业务人员或管理决策者办理。")
    if not _KEY.fullmatch(key):
        raise BadRequest(f"{field.key_label}的写法不对，一次查一个。", f"请写一个完整的{field.key_label}。")
    if not LEAST_PURPOSE <= len(purpose) <= MOST_PURPOSE:
        asked = f"用途要写 {LEAST_PURPOSE} 到 {MOST_PURPOSE} 个字。"
        raise BadRequest(asked, "请写明为什么要看，例如「上门核查用电」。")
    sql = f"SELECT t.{field.column} AS {field.column} FROM {field.dataset} AS t WHERE t.{field.key} = :key"
    note = partial(note_queries, runner.store, actor.user, key)
    gate = Gate(actor, runner.settings, connections=runner.services.connections, on_queries=note)
    outcome = gate.unmasked(Query(field.source, sql, {"key": key}, actor.org, f"查看明文：{field.label}"))
    if outcome.status in {"denied", "error"}:
        raise SourceFailed(f"没有读到{field.label}：{outcome.message}。", "请稍后重试，或联系数据运维员。")
    found = dict.fromkeys(str(row[0]) for row in outcome.rows if row[0])
    if not found:
        raise NotFound(
            f"您的权限范围（{actor.org}）内没有{field.key_label} {key}，或没有登记{field.label}。",
            f"请核对{field.key_label}。",
        )
    return "；".join(found)
