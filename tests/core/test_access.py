"""The whole matrix of permission, sign-in with its lock, and the demonstration accounts."""

from __future__ import annotations

import itertools
import json
import re
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.access import (
    DEMO_ACCOUNTS,
    GRANTS,
    authenticate,
    bind_demo_accounts,
    demo_password,
    ensure_demo_accounts,
    hash_password,
    may,
    password_matches,
    password_problems,
    signing_secret,
)
from core.domain.actor import ADMIN_ROLES, Actor, Role
from core.domain.org import Org, OrgTree
from core.errors import Broken, NotFound, Refused
from core.settings import LOCAL, Settings
from core.store import Store
from core.store.tables import AuditRow

ROOT = Path(__file__).parents[2]
TABLE: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "tests/cases/access_matrix.yaml").read_text(encoding="utf-8"))
UNITS = {"own": "99401", "below": "9940104", "above": "994", "sibling": "99402", "lookalike": "9941", "none": ""}
AUTHORS = {"none": None, "self": "me", "other": "she"}
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=LOCAL)
PASSWORD = "Yunzhou-2026-demo"


@pytest.mark.parametrize("action", list(TABLE))
def test_the_whole_matrix(action: str) -> None:
    line, seen = TABLE[action], 0
    for role, unit, author in itertools.product(Role, UNITS, AUTHORS):
        actor = Actor(user="me", name="甲", role=role, org="99401")
        expected = (
            role.value in line["roles"]
            and (line["units"] == "any" or unit in {"own", "below"})
            and author in line["authors"]
        )
        verdict = may(actor, action, UNITS[unit], author=AUTHORS[author])
        assert verdict.allowed == expected, (role, unit, author, verdict)
        assert bool(verdict.reason) != expected
        assert expected or re.search(r"[\u4e00-\u9fff]", verdict.reason)
        seen += 1
    assert seen == len(Role) * 18


def test_the_table_names_every_action_and_the_three_administrators_exclude_business() -> None:
    assert set(TABLE) - {"delete_everything"} == set(GRANTS)
    for grant in GRANTS.values():
        assert not (grant.roles & ADMIN_ROLES and grant.roles - ADMIN_ROLES), grant.label
    held = {role: {name for name, grant in GRANTS.items() if role in grant.roles} for role in ADMIN_ROLES}
    assert not held[Role.AUDITOR] & (held[Role.SYSADMIN] | held[Role.SECADMIN])


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(_env_file=None, home=tmp_path_factory.mktemp("access"), demo_password=PASSWORD)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'record.sqlite'}")
    ensure_demo_accounts(opened, Settings(_env_file=None, home=tmp_path, demo_password=PASSWORD))
    yield opened
    opened.close()


def refused(store: Store, user: str, password: str, now: datetime = NOW) -> str:
    with pytest.raises(Refused) as caught:
        authenticate(store, user, password, now)
    return str(caught.value)


def audited(store: Store) -> list[tuple[str, str, str]]:
    with store.begin() as unit:
        rows = unit.session.query(AuditRow).filter(AuditRow.action == "sign_in").order_by(AuditRow.seq)
        return [(row.actor, row.result, row.detail) for row in rows]


def test_each_demonstration_account_signs_in_as_the_contract_says(store: Store) -> None:
    expected = {
        "analyst01": (Role.ANALYST, "99401"),
        "staff01": (Role.STAFF, "9940104"),
        "manager01": (Role.MANAGER, "99401"),
        "manager02": (Role.MANAGER, "9940101"),
        "manager03": (Role.MANAGER, "99401"),
        "sysadmin01": (Role.SYSADMIN, "99401"),
        "secadmin01": (Role.SECADMIN, "99401"),
        "auditor01": (Role.AUDITOR, "99401"),
        "dataops01": (Role.DATAOPS, "99401"),
    }
    assert {account.user for account in DEMO_ACCOUNTS} == set(expected)
    for user, (role, org) in expected.items():
        actor = authenticate(store, user, PASSWORD, NOW)
        assert (actor.user, actor.role, actor.org) == (user, role, org)
        assert re.fullmatch(r"[\u4e00-\u9fff]{2,4}", actor.name)


def test_five_failures_lock_for_twenty_minutes_and_nobody_learns_which_it_was(store: Store) -> None:
    sentences = {refused(store, "analyst01", f"wrong-{n}") for n in range(5)}
    sentences.add(refused(store, "analyst01", PASSWORD))
    sentences.add(refused(store, "analyst01", PASSWORD, NOW + timedelta(minutes=19, seconds=59)))
    sentences.add(refused(store, "nobody", PASSWORD))
    sentences.add(refused(store, "", ""))
    assert len(sentences) == 1
    assert "口令不正确" in sentences.pop()
    assert authenticate(store, "analyst01", PASSWORD, NOW + timedelta(minutes=20)).user == "analyst01"
    assert authenticate(store, "staff01", PASSWORD, NOW).user == "staff01"


def test_a_success_starts_the_count_again_and_waiting_gives_five_new_tries(store: Store) -> None:
    for _ in range(2):
        for n in range(4):
            refused(store, "analyst01", f"wrong-{n}")
        authenticate(store, "analyst01", PASSWORD, NOW)
    for n in range(5):
        refused(store, "analyst01", f"wrong-{n}")
    later = NOW + timedelta(minutes=21)
    for n in range(4):
        refused(store, "analyst01", f"wrong-{n}", later)
    assert authenticate(store, "analyst01", PASSWORD, later).user == "analyst01"


def test_guesses_at_once_are_all_counted(store: Store) -> None:
    threads = [threading.Thread(target=refused, args=(store, "analyst01", f"wrong-{n}")) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused(store, "analyst01", PASSWORD)


def test_every_attempt_is_audited_without_the_password(store: Store) -> None:
    authenticate(store, "analyst01", PASSWORD, NOW)
    refused(store, "analyst01", "Secret-Guess-1")
    refused(store, "typed-my-password-here", "x")
    rows = audited(store)
    assert [(actor, result) for actor, result, _ in rows] == [
        ("analyst01", "ok"),
        ("analyst01", "refused"),
        ("-", "refused"),
    ]
    assert not any("Guess" in detail or "typed" in detail for _, _, detail in rows)


def test_unknown_users_cost_the_same_time(store: Store) -> None:
    def seconds(user: str) -> float:
        best = 9.0
        for _ in range(3):
            began = time.perf_counter()
            refused(store, user, "wrong")
            best = min(best, time.perf_counter() - began)
        return best

    known, unknown = seconds("dataops01"), seconds("nobody")
    assert 0.5 < known / unknown < 2.0


def test_naive_clocks_are_local(store: Store) -> None:
    for n in range(5):
        refused(store, "analyst01", f"wrong-{n}", NOW.replace(tzinfo=None))
    refused(store, "analyst01", PASSWORD, NOW + timedelta(minutes=10))
    assert authenticate(store, "analyst01", PASSWORD, NOW.replace(tzinfo=None) + timedelta(minutes=20))


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("Yunzhou-2026", ""),
        ("云州电力Abc123", ""),
        ("Short-1a", "10 至 64"),
        ("A1-" + "x" * 70, "10 至 64"),
        ("alllowercase1", "三类"),
        ("1234567890123", "三类"),
        ("Analyst01-2026", "不能包含账号"),
        ("With space 12A", "空白"),
        ("Aa1Aa1Aa1Aa1", "不同的字符太少"),
    ],
)
def test_the_password_policy(password: str, problem: str) -> None:
    found = password_problems(password, user="analyst01")
    assert (not found) if not problem else any(problem in line for line in found)


def test_long_and_wide_passwords_are_compared_whole() -> None:
    digest = hash_password("x" * 100 + "1")
    assert password_matches("x" * 100 + "1", digest)
    assert not password_matches("x" * 100 + "2", digest)
    assert password_matches("ｐａｓｓ", hash_password("pass"))
    assert not password_matches("anything", None)


def test_the_random_password_is_strong_private_and_kept(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, home=tmp_path / "new", demo_password=None)
    first = demo_password(settings)
    assert len(first) >= 12 and password_problems(first) == []
    assert demo_password(settings) == first
    for path in (tmp_path / "new" / "demo_password", tmp_path / "new" / "secret"):
        signing_secret(settings)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(signing_secret(settings)) >= 48
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["demo_password", "secret"]
    (tmp_path / "new" / "secret").write_text("")
    with pytest.raises(Broken, match="空"):
        signing_secret(settings)


def test_processes_that_start_together_agree_on_the_password(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from core.access import demo_password; from core.settings import Settings\n"
        "print(demo_password(Settings(_env_file=None, home=Path(sys.argv[1]), demo_password=None)))"
    )
    made = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in made}) == 1


def test_a_new_demo_password_replaces_the_old_one_but_not_a_personal_one(store: Store, tmp_path: Path) -> None:
    with store.begin() as unit:
        row = unit.accounts.row("staff01")
        assert row is not None
        row.password_hash, row.org = hash_password("Personal-2026"), "994010402"
    again = Settings(_env_file=None, home=tmp_path, demo_password=PASSWORD)
    assert ensure_demo_accounts(store, again) == PASSWORD
    assert authenticate(store, "analyst01", PASSWORD, NOW)
    ensure_demo_accounts(store, Settings(_env_file=None, home=tmp_path, demo_password="Another-2027-x"))
    assert authenticate(store, "analyst01", "Another-2027-x", NOW)
    refused(store, "analyst01", PASSWORD)
    assert authenticate(store, "staff01", "Personal-2026", NOW).org == "994010402"


@pytest.mark.parametrize(
    ("orgs", "city", "staff", "other"),
    [
        ([("33", None, "city"), ("3301", "33", "county"), ("3302", "33", "county")], "33", "3302", "3301"),
        ([("33", None, "city"), ("3301", "33", "county")], "33", "3301", "3301"),
        ([("7", None, "county")], "7", "7", "7"),
        ([("99401", None, "city"), ("9940101", "99401", "county")], "99401", "9940101", "9940101"),
    ],
)
def test_accounts_move_to_units_that_the_sources_have(
    store: Store, orgs: list[tuple[str, str | None, Any]], city: str, staff: str, other: str
) -> None:
    tree = OrgTree(orgs=tuple(Org(code=c, name=f"单位{c}", parent=p, level=level) for c, p, level in orgs))
    bind_demo_accounts(store, tree)
    assert bind_demo_accounts(store, tree) == []
    seats = {user: authenticate(store, user, PASSWORD, NOW).org for user in ("analyst01", "staff01", "manager02")}
    assert seats == {"analyst01": city, "staff01": staff, "manager02": other}


def test_moved_accounts_are_told_and_audited_once(store: Store) -> None:
    orgs = (Org(code="33", name="市", level="city"), Org(code="3301", name="县", parent="33", level="county"))
    tree = OrgTree(orgs=orgs)
    moved = bind_demo_accounts(store, tree)
    assert [(item.user, item.name, item.role) for item in moved] == [
        (item.user, item.name, item.role) for item in DEMO_ACCOUNTS
    ]
    assert {item.org for item in moved if item.user.startswith(("staff", "manager02"))} == {"3301"}
    assert bind_demo_accounts(store, tree) == []
    with store.begin() as unit:
        (row,) = unit.session.query(AuditRow).filter(AuditRow.action == "bind_accounts")
        assert (row.actor, row.object) == ("system", "33")
        assert json.loads(row.detail) == {item.user: item.org for item in moved}


def test_the_random_password_has_three_words_of_four(tmp_path: Path) -> None:
    for at in range(20):
        word = demo_password(Settings(_env_file=None, home=tmp_path / str(at), demo_password=None))
        assert re.fullmatch(r"[A-HJ-NP-Za-km-z2-9]{4}(?:-[A-HJ-NP-Za-km-z2-9]{4}){2}", word), word


def test_sources_without_units_are_an_error(store: Store) -> None:
    with pytest.raises(NotFound, match="没有任何供电单位"):
        bind_demo_accounts(store, OrgTree(orgs=()))
