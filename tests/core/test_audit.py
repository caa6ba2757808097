"""The audit chain finds every kind of tampering, also where hashes were made to fit and only the anchor can tell."""

from __future__ import annotations

import ast
import os
import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from core.store import Store
from core.store.anchor import Anchor
from core.store.audit import LABELS, digest
from core.store.tables import AuditRow

ROOT = Path(__file__).parents[2]
COLUMNS = ("seq", "at", "actor", "action", "object", "result", "detail", "previous", "hash", "algorithm")
CONTENT = ("at", "actor", "action", "object", "result", "detail", "algorithm")
ROWS = 60
TAMPERINGS = 1000

Row = dict[str, Any]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A chain of 60 rows: the first half hashed with SHA-256, the second with SM3."""
    path, anchor = f"sqlite:///{tmp_path / 'record.sqlite'}", tmp_path / "audit.anchor"
    for algorithm in ("sha256", "sm3"):
        half = Store(path, anchor, algorithm=algorithm)  # type: ignore[arg-type]
        for at in range(ROWS // 2):
            with half.begin() as unit:
                unit.audit.append("analyst01", "ask", f"run-{algorithm}-{at}", detail={"n": at, "说明": "查询"})
        half.close()
    store = Store(path, anchor, algorithm="sm3")
    yield store
    store.close()


class Chain:
    """The chain as somebody with the database in hand sees it: reads all rows, writes all rows."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path)
        self.connection.execute("PRAGMA synchronous=OFF")
        self.original = self.rows()

    def rows(self) -> list[Row]:
        found = self.connection.execute(f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY seq").fetchall()
        return [dict(zip(COLUMNS, row, strict=True)) for row in found]

    def write(self, rows: list[Row], *, head: bool) -> None:
        marks = ", ".join(f":{name}" for name in COLUMNS)
        with self.connection:
            self.connection.execute("DELETE FROM audit")
            self.connection.executemany(f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES ({marks})", rows)
            if head:
                last = rows[-1]
                self.connection.execute("UPDATE audit_head SET seq = ?, hash = ?", (last["seq"], last["hash"]))


def rechained(rows: list[Row]) -> list[Row]:
    """The rows numbered and hashed anew, as a careful forger would."""
    previous, out = "0" * 64, []
    for at, row in enumerate(rows, 1):
        made = AuditRow(**(row | {"seq": at, "previous": previous, "hash": ""}))
        previous = digest(made)
        out.append({name: getattr(made, name) for name in COLUMNS} | {"hash": previous})
    return out


def tampered(rows: list[Row], kind: str, careful: bool, chance: random.Random) -> list[Row]:
    """One tampering of a copy of the rows; `careful` makes every hash fit again."""
    rows = [dict(row) for row in rows]
    at = chance.randrange(len(rows))
    if kind == "change":
        column = chance.choice(CONTENT if careful else (*CONTENT, "previous", "hash", "seq"))
        rows[at][column] = _other(column, rows[at][column], chance, careful)
    elif kind == "delete":
        del rows[at]
    elif kind == "insert":
        forged = dict(rows[at]) | {"detail": '{"n": "forged"}'}
        place = chance.randrange(len(rows) + 1)
        rows.insert(place, forged)
        for number, row in enumerate(rows, 1):
            row["seq"] = number
    elif kind == "swap":
        other = chance.choice([place for place in range(len(rows)) if place != at])
        rows[at]["seq"], rows[other]["seq"] = rows[other]["seq"], rows[at]["seq"]
        rows.sort(key=lambda row: int(row["seq"]))
    elif kind == "truncate":
        del rows[-chance.randint(1, len(rows) - 1) :]
    return rechained(rows) if careful else rows


def _other(column: str, value: Any, chance: random.Random, careful: bool) -> Any:
    if column == "seq":
        return int(value) + 1000
    if column == "algorithm":
        return "md5" if not careful and chance.random() < 0.5 else {"sha256": "sm3", "sm3": "sha256"}[value]
    at = chance.randrange(len(value))
    return value[:at] + chance.choice([char for char in "0a9好" if char != value[at]]) + value[at + 1 :]


def test_untouched_chain_of_two_algorithms_holds(store: Store) -> None:
    found = store.verify_audit()
    assert (found.rows, found.broken) == (ROWS, None)
    with store.read() as unit:
        rows, total = unit.audit.rows(limit=100)
    assert total == ROWS and Counter(row.algorithm for row in rows) == {"sha256": 30, "sm3": 30}


def test_a_thousand_tamperings_are_all_found(store: Store, tmp_path: Path) -> None:
    chain, chance = Chain(tmp_path / "record.sqlite"), random.Random(20261123)
    missed, only_anchor = [], 0
    for at in range(TAMPERINGS):
        kind = ("change", "delete", "insert", "swap", "truncate")[at % 5]
        careful = chance.random() < 0.5
        chain_rows = tampered(chain.original, kind, careful, chance)
        chain.write(chain_rows, head=careful or (kind == "truncate" and chance.random() < 0.5))
        found = store.verify_audit()
        if found.broken is None or not found.reason:
            missed.append((at, kind, careful))
        if careful:
            with store.read() as unit:
                head, last = unit.audit.head()
                alone = unit.audit.verify(head, last, Anchor(head), sole=True)
            assert alone.broken is None, (kind, "the forged chain is whole by itself", alone.reason)
            only_anchor += 1
        chain.write(chain.original, head=True)
    assert missed == [] and only_anchor > TAMPERINGS / 3
    assert store.verify_audit().broken is None, "and the restored chain is whole again"


def test_a_cut_tail_stays_found_however_much_is_written_after_it(store: Store, tmp_path: Path) -> None:
    chain = Chain(tmp_path / "record.sqlite")
    chain.write(chain.original[:40], head=True)
    assert "截断" in store.verify_audit().reason
    for at in range(30):
        with store.begin() as unit:
            unit.audit.append("analyst01", "ask", f"run-later-{at}")
    found = store.verify_audit()
    assert found.broken == ROWS and "锚定" in found.reason


def test_rows_forged_behind_the_tail_are_found(store: Store, tmp_path: Path) -> None:
    chain = Chain(tmp_path / "record.sqlite")
    chain.write(rechained([*chain.original, dict(chain.original[-1])]), head=True)
    found = store.verify_audit()
    assert found.broken == ROWS + 1 and "未经本系统写入" in found.reason


@pytest.mark.parametrize("damage", ["missing", "empty", "words", "another head"])
def test_a_lost_or_changed_anchor_is_told_and_never_made_anew_in_silence(
    store: Store, tmp_path: Path, damage: str
) -> None:
    anchor = tmp_path / "audit.anchor"
    anchor.unlink()
    if damage != "missing":
        anchor.write_text({"empty": "", "words": "not an anchor", "another head": f"{ROWS} {'a' * 64}"}[damage])
    with store.begin() as unit:
        unit.audit.append("analyst01", "ask", "run-x")
    assert "锚定文件" in store.verify_audit().reason
    store.renew_anchor("auditor01", "从备份恢复")
    assert store.verify_audit().broken is None
    with store.read() as unit:
        assert (unit.audit.last("anchor", "-") or {})["reason"] == "从备份恢复"


@pytest.mark.parametrize("moment", ["promise", "commit"])
def test_a_kill_around_the_commit_leaves_a_whole_chain(store: Store, moment: str) -> None:
    child = os.fork()
    if child == 0:
        if moment == "promise":  # promised, never committed
            store._settle = lambda chain: os._exit(9)  # type: ignore[method-assign]
            with store.begin() as unit:
                unit.audit.append("analyst01", "ask", "run-killed")
                store._promise(unit.audit)
                os._exit(9)
        store._settle = lambda chain: os._exit(9)  # type: ignore[method-assign]
        with store.begin() as unit:  # committed, never settled
            unit.audit.append("analyst01", "ask", "run-killed")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    expected = ROWS + (moment == "commit")
    assert (store.verify_audit().rows, store.verify_audit().broken) == (expected, None)
    with store.begin() as unit:
        unit.audit.append("analyst01", "ask", "run-next")
    assert (store.verify_audit().rows, store.verify_audit().broken) == (expected + 1, None)


def test_verification_while_others_write_raises_no_alarm(store: Store) -> None:
    stop, wrong = threading.Event(), []

    def write(name: str) -> None:
        while not stop.is_set():
            with store.begin() as unit:
                unit.audit.append("analyst01", "ask", name)

    threads = [threading.Thread(target=write, args=(f"run-{at}",)) for at in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(40):
        found = store.verify_audit()
        wrong += [found.reason] if found.broken is not None else []
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == [] and store.verify_audit().rows > ROWS


def test_rolled_back_acts_leave_no_row(store: Store) -> None:
    with pytest.raises(RuntimeError), store.begin() as unit:
        unit.audit.append("analyst01", "ask", "run-x")
        raise RuntimeError("the act failed")
    assert (store.verify_audit().rows, store.verify_audit().broken) == (ROWS, None)


def test_a_reading_transaction_cannot_write_and_waits_for_nobody(store: Store) -> None:
    with store.begin() as writer:
        writer.audit.append("analyst01", "ask", "run-open")
        begun = time.monotonic()
        with store.read() as unit:
            assert unit.audit.rows()[1] == ROWS
        assert time.monotonic() - begun < 1
    with pytest.raises(OperationalError, match="readonly"), store.read() as unit:
        unit.audit.append("analyst01", "ask", "run-x")


def test_a_record_of_the_version_before_is_brought_up_and_still_verifies(store: Store, tmp_path: Path) -> None:
    store.close()
    with sqlite3.connect(tmp_path / "record.sqlite") as old:
        old.execute("DELETE FROM audit WHERE seq > 30")
        old.execute("ALTER TABLE audit DROP COLUMN algorithm")
        old.execute("DROP TABLE statement")
        old.execute("UPDATE schema_version SET version = 1")
        old.execute("UPDATE audit_head SET seq = 30, hash = (SELECT hash FROM audit WHERE seq = 30)")
        seq, head = old.execute("SELECT seq, hash FROM audit_head").fetchone()
    (tmp_path / "audit.anchor").write_text(f"{seq} {head}\n")
    again = Store(f"sqlite:///{tmp_path / 'record.sqlite'}", tmp_path / "audit.anchor", algorithm="sm3")
    with again.begin() as unit:
        unit.audit.append("analyst01", "ask", "run-new")
    assert (again.verify_audit().rows, again.verify_audit().broken) == (32, None), "the step up is a row too"
    again.close()


def test_statements_are_kept_once_and_a_changed_one_is_not_shown(store: Store, tmp_path: Path) -> None:
    with store.begin() as unit:
        first, again = unit.audit.keep_statement("SELECT 1"), unit.audit.keep_statement("SELECT 1")
    assert first == again
    with store.read() as unit:
        assert unit.audit.statements([first]) == {first: "SELECT 1"}
    with sqlite3.connect(tmp_path / "record.sqlite") as record:
        assert record.execute("UPDATE statement SET text = 'SELECT 2'").rowcount == 1
    with store.read() as unit:
        assert unit.audit.statements([first]) == {}


def test_every_audited_action_has_a_printed_name() -> None:
    used = set()
    for room in ("agent", "core", "ui", "tools"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("audit.append"):
                    action = node.args[1]
                    used |= {action.value} if isinstance(action, ast.Constant) else set()
    assert len(used) > 10 and used <= set(LABELS)
