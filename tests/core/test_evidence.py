"""A stranger verifies a pack without the record; every change of it is found, also under a new seal."""

from __future__ import annotations

import copy
import hashlib
import json
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.access import DEMO_ACCOUNTS
from core.approval import decide, submit, waive
from core.domain.canon import sha256_of
from core.domain.checklist import Checklist, ItemResult, Remark
from core.domain.fact import Fact
from core.domain.lifecycle import Verb
from core.domain.period import Period
from core.domain.report import CheckResult, Paragraph, ReportContent, Section
from core.errors import BadRequest
from core.evidence import keep, read_pack, verify
from core.store import Store, Unit
from core.store.audit import digest
from core.store.tables import AuditRow, ReportRow

Path_ = tuple[str | int, ...]
OCTOBER = Period.parse("2026-10")
SQL = "SELECT SUM(t.kwh_total) AS s__cur FROM bill AS t WHERE t.ym = :ym"


def fact(id: str, value: str, query: str = SQL) -> Fact:
    return Fact(
        id=id,
        indicator="A02",
        name="售电量",
        value=Decimal(value),
        unit="kWh",
        period=OCTOBER,
        org="99401",
        source="marketing",
        datasets=("bill",),
        query=query,
        params={"ym": "2026-10"},
        row_count=12,
    )


CONTENT = ReportContent(
    title="月报",
    template="R1",
    org="99401",
    org_name="云州",
    period=OCTOBER,
    sections=(Section(id="overview", heading="总体情况", blocks=(Paragraph(text="完成售电量{{F1}}。"),)),),
    facts=(fact("F1", "100.5"), fact("F2", "7"), fact("F3", "8", SQL + " AND t.org_code = :org")),
)
WARN = CheckResult(rule="wording", label="行文规范", passed=False, level="warn", place="第1段", text="用词不规范")


def listed(unit: Unit, row: ReportRow) -> Checklist:
    waivers = {item.finding: item for item in unit.reviews.waivers(row.id, row.version)}
    remark = Remark(key=WARN.key, place=WARN.place, text=WARN.text, waiver=waivers.get(WARN.key))
    item = ItemResult(
        id="wording", label="用语", state="waived" if remark.waiver else "fail", evidence="一处", remarks=(remark,)
    )
    return Checklist(report=row.id, version=row.version, hash=unit.reports.version(row.id).hash, items=(item,))


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """A pack and the document that it vouches for."""
    folder = tmp_path_factory.mktemp("evidence")
    store = Store(f"sqlite:///{folder / 'record.sqlite'}", folder / "audit.anchor")
    with store.begin() as unit:
        for account in DEMO_ACCOUNTS:
            unit.accounts.add(account.user, account.name, account.role, account.org, "-")
        thread = unit.runs.thread(None, "analyst01")
        run = unit.runs.start(thread.id, "analyst01", "月报")
        report = unit.reports.file(run, CONTENT, (WARN,), "analyst01").id
        author, manager = unit.accounts.actor("analyst01"), unit.accounts.actor("manager01")
    submit(store, author, report)
    waive(store, manager, report, CONTENT.hash(), WARN.key, "确为专有名词", listed)
    act = decide(store, manager, report, Verb.APPROVE, CONTENT.hash(), "同意", listed=listed)
    document = folder / "v1.docx"
    document.write_bytes(b"PK word")
    with store.begin() as unit:
        row = unit.reports.act_by_id(act.id)
        assert row is not None
        sha256 = hashlib.sha256(document.read_bytes()).hexdigest()
        assert unit.reports.publish(row, {"docx": (document, sha256)})
        path = keep(unit, row, folder / "files")
    with store.begin() as unit:
        stored, held = unit.reports.documents(report, 1)["evidence"]
        assert Path(stored) == path and held == hashlib.sha256(path.read_bytes()).hexdigest()
    assert store.verify_audit().broken is None
    return read_pack(path), document


def bad(body: dict[str, Any], *files: Path, head: str | None = None) -> set[str]:
    return {item.id for item in verify(body, files, head=head) if not item.good}


def test_an_untouched_pack_and_its_document_are_good(released: tuple[dict[str, Any], Path], tmp_path: Path) -> None:
    pack, document = released
    assert bad(pack, document, head=pack["audit"]["hash"]) == set()
    assert [len(item["facts"]) for item in pack["queries"]] == [2, 1]
    assert pack["checklist"]["items"][0]["state"] == "waived"
    other = tmp_path / "v1.docx"
    other.write_bytes(document.read_bytes() + b" ")
    assert bad(pack, other) == {"file"}
    assert bad(pack, head="0" * 64) == {"head"}


def leaves(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from leaves(child, (*path, key)) if child not in ({}, []) else [(*path, key)]
    if not isinstance(value, dict | list):
        yield path


def changed(pack: dict[str, Any], path: Path_, draw: random.Random) -> dict[str, Any]:
    """The pack with one leaf changed: another value, another type, an entry removed, added or doubled."""
    body = copy.deepcopy(pack)
    at = body
    for key in path[:-1]:
        at = at[key]  # type: ignore[index]
    key, old = path[-1], at[path[-1]]  # type: ignore[index]
    match draw.choice(("value", "value", "type", "remove", "add")):
        case "remove":
            del at[key]  # type: ignore[arg-type]
        case "add" if isinstance(at, dict):
            at["extra"] = old
        case "add":
            at.append(copy.deepcopy(old))
        case "type":
            at[key] = [old]  # type: ignore[index]
        case _:
            at[key] = _other(old, draw)  # type: ignore[index]
    return body


def _other(old: Any, draw: random.Random) -> Any:
    if isinstance(old, bool):
        return not old
    if isinstance(old, int | float):
        return old + draw.choice((1, -1, 0.25))
    if isinstance(old, str) and old:
        spot = draw.randrange(len(old))
        return old[:spot] + draw.choice("0a空 ") + old[spot + 1 :] + draw.choice(("", "9"))
    return "x"


def test_five_hundred_random_changes_are_all_found(released: tuple[dict[str, Any], Path]) -> None:
    pack, _ = released
    draw = random.Random(20261125)
    places = list(leaves(pack))
    missed = []
    for _ in range(500):
        path = draw.choice(places)
        body = changed(pack, path, draw)
        if body != pack and not bad(body):
            missed.append(path)
    assert not missed


def test_a_new_seal_does_not_hide_any_changed_field(released: tuple[dict[str, Any], Path]) -> None:
    """Whoever recomputes the seal still meets the hashes that the audit rows hold."""
    pack, _ = released
    draw = random.Random(7)
    missed = []
    for path in leaves(pack):
        if path == ("seal",):
            continue
        for _ in range(2):
            body = changed(pack, path, draw)
            body["seal"] = sha256_of({name: value for name, value in body.items() if name != "seal"})
            if body != pack and not bad(body):
                missed.append(path)
    assert not missed


def test_a_chain_forged_from_end_to_end_is_found_by_a_trusted_head(released: tuple[dict[str, Any], Path]) -> None:
    pack, _ = released
    body = copy.deepcopy(pack)
    rows = body["audit"]["rows"]
    at = next(at for at, row in enumerate(rows) if row["action"] == "decision")
    rows[at]["detail"] = json.dumps(json.loads(rows[at]["detail"]) | {"comment": "坚决同意"}, ensure_ascii=False)
    body["decision"]["comment"] = "坚决同意"
    for before, row in zip([None, *rows], rows, strict=False):
        if before is not None and before["seq"] + 1 == row["seq"]:
            row["previous"] = before["hash"]
        row["hash"] = digest(AuditRow(**row))
    body["audit"]["hash"] = rows[-1]["hash"]
    body["seal"] = sha256_of({name: value for name, value in body.items() if name != "seal"})
    assert bad(body) == set(), "without a trusted head a whole forgery cannot be told"
    assert bad(body, head=pack["audit"]["hash"]) == {"head"}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', "报告"])
def test_other_files_are_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pack.json"
    path.write_text(text)
    with pytest.raises(BadRequest, match=r"证据包|JSON"):
        read_pack(path)
