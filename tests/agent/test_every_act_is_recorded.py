"""Each act of the trade is done for real through a door of the product, and its row stands in the audit chain."""

from __future__ import annotations

import ast
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from agent.desk import Desk
from agent.reveal import FIELDS, reveal
from agent.runner import Runner
from core.domain.period import Period
from core.errors import Refused
from core.masking import mask_person
from tests.agent.conftest import TODAY, Script, answer
from tools.sources import all_sources
from ui.cli import main

ROOT = Path(__file__).parents[2]
Gma = Callable[..., tuple[int, dict[str, Any]]]
UNIT = "9940104"
TEMPLATE = """
id: K9
name: 小用户用电分析报告
title: "{{org}}{{period}}小用户用电分析报告"
description: 用电待核查的用户。
version: "1"
grain: month
grains: [month]
anchors: [A02]
sections:
  - id: users
    heading: 用电待核查的用户
    need:
      users: {indicator: A02, by: customer}
    write:
      - - "{{period}}，{{org}}用电待核查的用户如下表。"
        - {each: users, lead: 其中, item: "{{it.label}}{{it}}", join: "、", sort: value, order: asc, limit: 5}
    tables:
      - id: list
        caption: 用电待核查的用户
        each: users
        sort: value
        order: asc
        limit: 30
        columns:
          - {header: 用户, field: label}
          - {header: 本期}
"""
READ = {"intent": "query", "indicator": ["售电量"], "org": ["望湖区"], "period": "上个月"}
READ |= {"by": "", "compare": "", "report": ""}
"""How the scripted language model reads the odd sentence."""


@pytest.fixture
def gma(fresh_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Gma:
    """`gma … --json` on the fresh home; returns exit code and the printed object."""
    monkeypatch.setenv("GMA_HOME", str(fresh_home))
    monkeypatch.setenv("GMA_TODAY", TODAY.isoformat())

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def a_resident(demo: Path, labels: set[str] | None = None) -> tuple[str, str, str]:
    """(户号, 户名, 电话) of a resident of the unit whose masked name is a label, from the source's own file."""
    import duckdb

    with duckdb.connect(str(demo / "marketing.duckdb"), read_only=True) as source:
        found = source.execute(
            "SELECT cons_no, cons_name, phone FROM customer WHERE cust_type = '低压居民' AND org_code LIKE ? || '%'"
            " AND length(cons_name) = 3 AND phone IS NOT NULL ORDER BY cons_no", [UNIT],
        ).fetchall()  # fmt: skip
    return next((no, name, phone) for no, name, phone in found if labels is None or mask_person(name) in labels)


def lived(runner: Runner) -> tuple[str, set[str]]:
    """One of each act but the reveal; returns the report's id and the labels of its customers."""
    author = runner.authenticate("analyst01", "Yunzhou-2026-demo")
    with pytest.raises(Refused):
        runner.authenticate("manager01", "Wrong-2026-word")
    assert Desk.open(runner, "analyst01").indicator("A02", UNIT, Period.month(2026, 10), None).succeeded
    assert answer(runner.ask(author, "望湖那片儿上个月出货情况给老板念念")).status == "answered"
    drafted = answer(runner.ask(author, "做一份2026年10月望湖区的小用户用电分析报告，并提交审核", "thread-1"))
    assert drafted.status == "waiting_approval" and drafted.report, drafted.text
    assert answer(runner.ask(author, "把这份报告的链接发给王主任", "thread-1")).status == "refused"
    report, digest, reviewer = drafted.report.id, drafted.report.hash, runner.actor("manager01")
    change = {"section": "users", "block": 0, "text": "{{period}}，{{org}}用电待核查的用户见下表。"}
    edited = answer(runner.decide(reviewer, report, "edit", digest, "精简", json.dumps({"replace": [change]})))
    assert edited.report
    assert answer(runner.decide(reviewer, report, "approve", edited.report.hash)).status == "published"
    for fmt in ("docx", "pdf", "html"):
        runner.document(author, report, fmt)
    return report, {fact.by.label for fact in drafted.facts if fact.by}


def texts(home: Path) -> dict[str, bytes]:
    """Every file under a home but the province itself; of zipped ones (docx) also their parts."""
    found = {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file() and "demo" not in path.parts}
    for name in [name for name in found if zipfile.is_zipfile(name)]:
        with zipfile.ZipFile(name) as pack:
            found |= {f"{name}:{part}": pack.read(part) for part in pack.namelist()}
    return found


def test_every_act_is_a_row_of_the_chain_and_what_was_revealed_is_kept_nowhere(
    open_runner: Callable[..., Runner], gma: Gma, script: Script, url: str, fresh_home: Path
) -> None:
    (fresh_home / "templates").mkdir()
    (fresh_home / "templates" / "K9.yaml").write_text(TEMPLATE, encoding="utf-8")
    script.answers = [json.dumps(READ, ensure_ascii=False), "{}"]
    report, labels = lived(open_runner(llm_base_url=url, llm_model="m"))
    number, name, phone = a_resident(fresh_home / "demo", labels)
    shown = {"status": "answered", "field": "name", "key": number, "value": name}
    assert gma("reveal", number, "--reason", "上门核查用电", "--as", "staff01") == (0, shown)
    told = gma("reveal", number, "--field", "phone", "--reason", "回访停电", "--as", "manager01")
    assert told[0] == 0 and told[1]["value"] == phone

    kept = [row for page in ("1", "2") for row in _page(gma, page)]

    def row(action: str, actor: str, result: str = "ok", object_: str = report, **detail: Any) -> dict[str, Any]:
        """The detail of the newest such row."""
        wanted = {"action": action, "actor": actor, "result": result} | ({"object": object_} if object_ else {})
        found = [item["detail"] for item in kept if wanted.items() <= item.items()]
        found = [item for item in found if detail.items() <= item.items()]
        assert found, f"{action} of {actor}: no such row"
        return dict(found[0])

    row("sign_in", "analyst01", object_="analyst01")
    row("sign_in", "manager01", "refused", "manager01")
    statement = row("query", "analyst01", object_="-")["statements"][0]
    assert statement["sql"] and statement["org"] and statement["rows"] and statement["status"] == "ok"
    call = row("llm", "analyst01", object_="", prompt="understand")
    assert call["model"] == "m" and call["tokens"] == 120 and len(call["asked"]) == 64
    row("edit", "manager01", comment="精简")
    assert row("decision", "manager01")["hash"]
    assert {row("export", "analyst01", format=fmt)["version"] for fmt in ("docx", "pdf", "html")} == {2}
    assert row("share", "analyst01", "refused", intent="share")["reason"]
    assert row("reveal", "staff01", object_=number) == {"field": "户名", "purpose": "上门核查用电"}
    assert row("reveal", "manager01", object_=number) == {"field": "电话", "purpose": "回访停电"}
    starts = [item["detail"]["changed"] for item in kept if item["action"] == "configuration"]
    assert any(changed.get("llm_model") == ["m", None] for changed in starts), "back to the rules: a changed setting"
    assert gma("audit", "verify")[0] == 0

    files, masked = texts(fresh_home), mask_person(name).encode()
    assert any(masked in text for at, text in files.items() if "docx:" in at), "the customer stands in the report"
    assert not [at for at, text in files.items() if name.encode() in text or phone.encode() in text]
    prompts = json.dumps(script.asked, ensure_ascii=False)
    assert len(script.asked) > 1 and name not in prompts and phone not in prompts


def _page(gma: Gma, page: str) -> list[dict[str, Any]]:
    return list(gma("audit", "show", "--as", "auditor01", "--size", "25", "--page", page)[1]["rows"])


@pytest.mark.parametrize(
    ("user", "words", "said"),
    [
        *((user, (), "无权") for user in ("analyst01", "dataops01", "sysadmin01", "secadmin01", "auditor01")),
        ("manager02", (), "权限范围（9940101）"),
        ("manager01", ("--reason", "看"), "用途"),
        ("manager01", ("--field", "content"), "没有工单号"),
    ],
)
def test_a_refused_reveal_shows_nothing_and_is_a_row(
    gma: Gma, fresh_home: Path, user: str, words: tuple[str, ...], said: str
) -> None:
    number, name, _ = a_resident(fresh_home / "demo")
    code, body = gma("reveal", number, "--reason", "上门核查用电", *words, "--as", user)
    assert code == 1 and said in body["text"] and name not in json.dumps(body, ensure_ascii=False)
    newest = gma("audit", "show", "--as", "auditor01", "--action", "reveal")[1]["rows"][0]
    assert (newest["actor"], newest["object"], newest["result"]) == (user, number, "refused")
    assert said in newest["detail"]["reason"] and newest["detail"]["purpose"]


def test_a_source_that_is_down_and_a_record_that_takes_nothing_show_nothing(
    gma: Gma, open_runner: Callable[..., Runner], fresh_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, name, _ = a_resident(fresh_home / "demo")
    monkeypatch.setenv("GMA_SOURCE_MARKETING_URL", "duckdb:////nonexistent/marketing.duckdb")
    code, body = gma("reveal", number, "--reason", "上门核查用电", "--as", "staff01")
    assert code == 1 and "没有读到户名" in body["text"]
    assert gma("audit", "show", "--as", "auditor01", "--action", "reveal")[1]["rows"][0]["result"] == "failed"
    runner = open_runner()
    with runner.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER no_trail BEFORE INSERT ON audit WHEN NEW.action = 'reveal' "
            "BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
        )
    with pytest.raises(IntegrityError) as stopped:
        reveal(runner, runner.actor("staff01"), "name", number, "上门核查用电")
    assert name not in str(stopped.value)


def test_one_door_reads_past_the_mask_and_it_opens_every_masked_column() -> None:
    calls = [
        path.relative_to(ROOT).as_posix()
        for room in ("agent", "core", "evals", "knowledge", "tools", "ui")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "unmasked"
    ]
    assert calls == ["agent/reveal.py"]
    masked = {
        (source.name, dataset.name, column.name)
        for source in all_sources().values()
        for dataset in source.datasets
        for column in dataset.columns
        if column.sensitive
    }
    assert masked == {(field.source, field.dataset, field.column) for field in FIELDS.values()}
