"""Supplying and withdrawing a value (人工补录): checked first, then written with its audit row in one transaction."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from core.domain.actor import Actor
from core.domain.fact import Fact
from core.domain.supplement import Supplement
from core.errors import BadRequest
from core.permits import permit, reasoned
from core.store import Store

LEAST_NOTE, MOST_NOTE = 4, 200
MOST = Decimal(10) ** 15


def _permit(store: Store, actor: Actor, org: str) -> None:
    """Raise Refused, audited, where the actor may not supply values for a unit."""
    permit(store, actor, "supplement", org, row="supplement", hint="请由本单位的业务人员补录。")


def supply(store: Store, actor: Actor, missing: Fact, value: str, note: str) -> Supplement:
    """Supply the number of `missing`, what the source alone answers: a fact without a number.

    Raises Refused outside the actor's unit, BadRequest for a value that is no number, a note that says nothing, or a
    fact that has a value or could not be read, and Conflict while another supplement of the number stands.
    """
    _permit(store, actor, missing.org)
    number = _number(value, missing.unit)
    said = " ".join(note.split())
    if not LEAST_NOTE <= len(said) <= MOST_NOTE:
        raise BadRequest(
            f"来源说明要写 {LEAST_NOTE} 到 {MOST_NOTE} 个字。", "请写明数据从哪里来，例如「供电所手工台账第三页」。"
        )
    if missing.has_value:
        raise BadRequest(
            f"{missing.period.label}{missing.name}在来源系统已有数值，不能补录。", "如认为数值有误，请联系数据运维员。"
        )
    if missing.status in {"error", "denied"}:
        raise BadRequest(f"{missing.name}现在读不到，不能判断是否缺数：{missing.reason}", "请待数据源恢复后再补录。")
    with store.begin() as unit:
        return unit.quality.supply(
            actor, missing.indicator, missing.org, missing.period.code, number, missing.unit, said
        )


def withdraw(store: Store, actor: Actor, supplement: str, reason: str) -> Supplement:
    """Withdraw a supplied value with a reason; what was published with it stays as it was."""
    with store.begin() as unit:
        org = unit.quality.row(actor, supplement).org
    _permit(store, actor, org)
    why = reasoned(reason, "来源系统已补采", MOST_NOTE)
    with store.begin() as unit:
        return unit.quality.withdraw(actor, supplement, why)


def _number(text: str, unit: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace(",", ""))
    except InvalidOperation as error:
        raise BadRequest(f"「{text[:30]}」不是数字。", f"请写一个数，单位是{unit}，例如 12345.67。") from error
    if not number.is_finite() or abs(number) >= MOST:
        raise BadRequest(f"「{text[:30]}」不是可用的数值。", f"请核对数量级，单位是{unit}。")
    return number
