"""Whether a person may write something into the record for a unit; a refusal leaves its audit row."""

from __future__ import annotations

from core.access import may
from core.domain.actor import Actor
from core.errors import BadRequest, Refused
from core.store import Store


def permit(store: Store, actor: Actor, act: str, org: str, *, row: str, hint: str) -> None:
    """Raise Refused where the actor may not `act` for a unit, audited as `row`; `hint` says who may."""
    verdict = may(actor, act, org)
    if not verdict.allowed:
        with store.begin() as unit:
            unit.audit.append(actor.user, row, org, "refused", {"reason": verdict.reason})
        raise Refused(verdict.reason, hint)


def reasoned(reason: str, example: str, most: int) -> str:
    """Why something is withdrawn, at most `most` letters; raises BadRequest where nothing is said."""
    if not reason.strip():
        raise BadRequest("没有写撤回的原因。", f"请用 --note 写明，例如「{example}」。")
    return reason.strip()[:most]
