"""Recording and withdrawing the outcome of a measure: permitted first, then written with its audit row."""

from __future__ import annotations

from datetime import date

from core.domain.actor import Actor
from core.domain.measure_outcome import VERDICTS, MeasureOutcome
from core.errors import BadRequest
from core.permits import permit, reasoned
from core.store import Store

MOST_OWNER, MOST_NOTE = 20, 200


def _permit(store: Store, actor: Actor, org: str) -> None:
    """Raise Refused, audited, where the actor may not record outcomes for a unit."""
    permit(store, actor, "outcome", org, row="measure_outcome", hint="请由客户所属单位的业务人员记录。")


def record(
    store: Store, actor: Actor, *, customer: str, org: str, measure: str, done: date, owner: str, verdict: str,
    note: str, today: date,
) -> MeasureOutcome:  # fmt: skip
    """Record what came of a measure for a customer of `org`; `measure` is a cause of the strategy library.

    Raises Refused outside the actor's unit, BadRequest for a day to come, an owner who is no name, a result that is
    none of the three or a note that is too long, and Conflict for the same customer, measure and day.
    """
    _permit(store, actor, org)
    if done > today:
        raise BadRequest(f"执行日期 {done:%Y-%m-%d} 还没有到。", "请写措施实际执行的日期，例如 2026-10-15。")
    who, said = " ".join(owner.split()), " ".join(note.split())
    if not 1 < len(who) <= MOST_OWNER or any(letter.isdigit() for letter in who):
        raise BadRequest(
            f"「{owner[:30]}」不像责任人。", f"请写姓名或岗位，2 到 {MOST_OWNER} 个字，不含数字，例如 客户经理张敏。"
        )
    known = next((one for one in VERDICTS if one == verdict.strip()), None)
    if known is None:
        raise BadRequest(f"「{verdict[:10]}」不是执行结果。", f"请写 {'、'.join(VERDICTS)} 之一。")
    if len(said) > MOST_NOTE:
        raise BadRequest(f"说明太长（{len(said)} 字）。", f"请控制在 {MOST_NOTE} 个字以内。")
    with store.begin() as unit:
        return unit.outcomes.record(actor, customer, org, measure, done, who, known, said)


def withdraw(store: Store, actor: Actor, name: str, reason: str) -> MeasureOutcome:
    """Withdraw an outcome with a reason; reports that were published with it stay as they were."""
    with store.begin() as unit:
        org = unit.outcomes.row(actor, name).org
    _permit(store, actor, org)
    why = reasoned(reason, "结果记错了", MOST_NOTE)
    with store.begin() as unit:
        return unit.outcomes.withdraw(actor, name, why)
