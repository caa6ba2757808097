"""F13: nobody decides on an own report, nor with a role, unit or account lost between the page and the click."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete

from core.approval import decide
from core.domain.actor import Actor, Role
from core.domain.lifecycle import Verb
from core.errors import GmaError
from core.store import Store, Unit
from core.store.tables import AccountRow
from tests.faults import desk_of_reports as desk


def demoted(unit: Unit) -> None:
    unit.session.get_one(AccountRow, "manager01").role = Role.ANALYST.value


def audited(unit: Unit) -> None:
    unit.session.get_one(AccountRow, "manager01").role = Role.AUDITOR.value


def moved(unit: Unit) -> None:
    unit.session.get_one(AccountRow, "manager01").org = "9940104"


def gone(unit: Unit) -> None:
    unit.session.execute(delete(AccountRow).where(AccountRow.user == "manager01"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = desk.opened(tmp_path)
    desk.people(store)
    return store


def refused(store: Store, actor: Actor, report: str, digest: str, verb: Verb) -> None:
    with pytest.raises(GmaError):
        decide(store, actor, report, verb, digest, "意见", None)
    assert desk.count(store, "SELECT COUNT(*) FROM act WHERE kind IN ('decision', 'edit')") == 0
    rows = "SELECT COUNT(*) FROM audit WHERE action = 'decision' AND result = 'refused' AND object = :report"
    assert desk.count(store, rows, report=report) == 1


@pytest.mark.parametrize("verb", list(Verb))
def test_the_author_never_decides(store: Store, verb: Verb) -> None:
    report, digest = desk.waiting(store, "manager01")
    with store.read() as unit:
        author = unit.accounts.actor("manager01")
    refused(store, author, report, digest, verb)


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize("change", [demoted, audited, moved, gone], ids=lambda change: change.__name__)
def test_a_right_lost_between_the_page_and_the_click_is_lost(
    store: Store, change: Callable[[Unit], None], verb: Verb
) -> None:
    report, digest = desk.waiting(store)
    with store.read() as unit:
        at_the_page = unit.accounts.actor("manager01")
    with store.begin() as unit:
        change(unit)
    refused(store, at_the_page, report, digest, verb)


def test_a_session_that_claims_more_than_the_record_is_not_believed(store: Store) -> None:
    report, digest = desk.waiting(store)
    claimed = Actor(user="staff01", name="周业务", role=Role.MANAGER, org="99401")
    refused(store, claimed, report, digest, Verb.APPROVE)


def test_becoming_a_reviewer_does_not_let_one_decide_on_ones_own_report(store: Store) -> None:
    report, digest = desk.waiting(store)
    with store.begin() as unit:
        unit.session.get_one(AccountRow, "analyst01").role = Role.MANAGER.value
    with store.read() as unit:
        author = unit.accounts.actor("analyst01")
    refused(store, author, report, digest, Verb.APPROVE)
