"""Names of units for headings and examples; an unreachable source never keeps anybody from signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.domain.actor import Actor
from core.errors import GmaError
from core.log import log

if TYPE_CHECKING:
    from agent.runner import Runner

_known: dict[str, str] = {}


def org_name(runner: Runner, actor: Actor) -> str:
    """Short name of the actor's unit (云州公司); its code when the source does not answer, "" for administrators."""
    if not actor.reads_data:
        return ""
    if actor.org not in _known:
        from tools.fetch import Gate

        try:
            gate = Gate(actor, runner.settings, connections=runner.services.connections)
            org = gate.org_tree().get(actor.org)
        except GmaError as error:
            log("ui.org_name", org=actor.org, error=str(error))
            return actor.org
        if org is None:
            return actor.org
        _known[actor.org] = org.short
    return _known[actor.org]


def people_names(runner: Runner, users: set[str]) -> dict[str, str]:
    """Printed names of accounts."""
    with runner.store.begin() as unit:
        return {user: unit.accounts.name_of(user) for user in users if user}
