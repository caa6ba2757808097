"""`gma audit`: an auditor can read the chain, nobody else can, and a broken chain is an error."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from core.access import ensure_demo_accounts
from core.settings import Settings
from core.store import Store
from ui.cli import main

Gma = Callable[..., tuple[int, str, str]]


@pytest.fixture
def gma(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Gma:
    """`gma …` on a home with accounts and thirty rows; returns exit code, output, errors."""
    monkeypatch.setenv("GMA_HOME", str(tmp_path))
    settings = Settings(_env_file=None, home=tmp_path)
    store = Store.open(settings)
    ensure_demo_accounts(store, settings)
    for at in range(30):
        with store.begin() as unit:
            name = unit.audit.keep_statement("SELECT SUM(kwh_total) FROM bill")
            told = {"sql": name, "rows": 1, "purpose": "指标计算", "source": "marketing", "status": "ok"}
            unit.audit.append("analyst01", "query", f"run-{at:02d}", detail={"statements": [told]})
            unit.audit.append("manager01", "decision", "R1-1", "refused", {"reason": "编制人不能审批自己的报告。"})
    store.close()

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["audit", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_auditor_reads_filters_and_turns_pages(gma: Gma) -> None:
    code, out, _ = gma("show", "--as", "auditor01", "--action", "审批", "--size", "25", "--page", "2")
    assert code == 0 and out.count("编制人不能审批") == 5 and "第 2／2 页，共 30 条" in out and "拒绝" in out
    code, out, _ = gma("show", "--as", "auditor01", "--object", "run-07", "--json")
    body = json.loads(out)
    assert code == 0 and body["total"] == 1 and body["rows"][0]["label"] == "取数"
    code, out, _ = gma("show", "--as", "auditor01", "--seq", str(body["rows"][0]["seq"]))
    assert code == 0 and "SELECT SUM(kwh_total) FROM bill" in out
    _, out, _ = gma("show", "--as", "auditor01", "--actor", "auditor01")
    assert out.count("查阅审计") == 3, "reading the chain is itself in the chain"


@pytest.mark.parametrize("user", ["analyst01", "manager01", "sysadmin01", "secadmin01", "dataops01"])
def test_nobody_else_may_read_it_and_the_attempt_is_kept(gma: Gma, user: str) -> None:
    code, out, err = gma("show", "--as", user)
    assert code == 1 and not out and "无权查阅审计日志" in err
    _, out, _ = gma("show", "--as", "auditor01", "--actor", user, "--action", "audit_read")
    assert "拒绝" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show",), "以哪个账号"),
        (("show", "--as", "nobody"), "没有账号"),
        (("show", "--as", "auditor01", "--action", "跳舞"), "没有操作"),
        (("show", "--as", "auditor01", "--page", "0"), "页码"),
        (("show", "--as", "auditor01", "--seq", "99999"), "没有第 99999 条"),
        (("anchor", "--as", "auditor01"), "原因"),
    ],
)
def test_bad_input_gets_a_sentence(gma: Gma, words: tuple[str, ...], said: str) -> None:
    code, _, err = gma(*words)
    assert code == 1 and said in err


def test_a_broken_chain_is_an_error_and_a_restored_one_can_be_anchored_anew(gma: Gma, tmp_path: Path) -> None:
    code, out, _ = gma("verify", "--json")
    assert code == 0 and json.loads(out)["rows"] == 60 and len(json.loads(out)["head"]["hash"]) == 64
    with sqlite3.connect(tmp_path / "record.sqlite") as record:
        record.execute("DELETE FROM audit WHERE seq > 50")
        record.execute("UPDATE audit_head SET seq = 50, hash = (SELECT hash FROM audit WHERE seq = 50)")
    code, out, _ = gma("verify")
    assert code == 1 and "截断" in out
    code, out, _ = gma("anchor", "--as", "auditor01", "--reason", "从备份恢复")
    assert code == 0 and "完整" in out
