"""F27: a language model that says nothing, everything, nonsense, or hangs: few tries, a stop, a readable end.

A scripted OpenAI-compatible server on loopback; the turn is the product's own, from the question to the report.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from agent.runner import Runner
from core.store.tables import AuditRow
from tests.faults.life import REQUEST, chinese

ODD = "望湖那片儿上个月出货情况给老板念念"
CALL = {"id": "c", "type": "function", "function": {"name": "indicator_query", "arguments": "{}"}}
MOST_CALLS = 3
"""Calls that one question may cost: the client's own retries included."""

Message = dict[str, Any]


def says(text: str) -> Message:
    return {"role": "assistant", "content": text}


WAYS: dict[str, tuple[Message, int]] = {
    "nothing": (says(""), 50),
    "a hundred thousand tokens": (says("电" * 100_000), 100_000),
    "half a JSON": (says('{"intent": "query", "indicator": ["售'), 50),
    "another language": (says(json.dumps({"intent": "Abfrage", "indicator": ["Stromverkauf"]})), 50),
    "figures of its own": (says(json.dumps({"paragraphs": ["售电量为一亿二千万千瓦时，达12.3亿。"]})), 50),
    "a refusal": (says("很抱歉，我不能回答这个问题。"), 50),
    "the same tool a thousand times": ({"role": "assistant", "content": None, "tool_calls": [CALL] * 1000}, 50),
}


class Model:
    """Answers every request the same way; `hang` seconds first."""

    def __init__(self) -> None:
        self.message, self.tokens, self.hang, self.asked = says(""), 0, 0.0, 0


@pytest.fixture
def model() -> Iterator[tuple[Model, str]]:
    state = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            state.asked += 1
            time.sleep(state.hang)
            choice = {"index": 0, "finish_reason": "stop", "message": state.message}
            usage = {"prompt_tokens": 0, "completion_tokens": state.tokens, "total_tokens": state.tokens}
            body = {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
            data = json.dumps(body | {"usage": usage}).encode()
            try:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield state, f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def asked(runner: Runner, text: str) -> Any:
    return list(runner.ask(runner.actor("analyst01"), text))[-1].answer  # type: ignore[union-attr]


def calls(runner: Runner) -> list[AuditRow]:
    with runner.store.read() as unit:
        return list(unit.audit.rows(action="llm", limit=500)[0])


@pytest.mark.parametrize("way", WAYS)
def test_a_question_ends_readably_after_few_calls(
    open_runner: Callable[..., Runner], model: tuple[Model, str], way: str
) -> None:
    state, url = model
    state.message, state.tokens = WAYS[way]
    runner = open_runner(llm_base_url=url, llm_model="m", llm_timeout=5.0)
    got = asked(runner, ODD)
    assert got.status in {"clarify", "failed"} and chinese(got.text) and got.facts == [], got.text
    assert got.status == "clarify" or "词元" in got.text
    assert 1 <= state.asked <= MOST_CALLS
    rows = calls(runner)
    assert len(rows) == 1 and json.loads(rows[0].detail)["prompt"] == "understand"
    assert (rows[0].result == "ok") == (way == "another language" or way == "figures of its own")
    assert not [row for row in rows if "售电量为" in row.detail or "望湖" in row.detail], "no word of it is kept"
    settled = asked(runner, "望湖区2026年10月售电量是多少")
    assert settled.status == "answered" and settled.facts, "what needs no model goes on as ever"


def test_a_hanging_model_costs_its_time_limit_once(
    open_runner: Callable[..., Runner], model: tuple[Model, str]
) -> None:
    state, url = model
    state.hang = 30
    runner = open_runner(llm_base_url=url, llm_model="m", llm_timeout=2.0)
    asked(runner, "望湖区2026年10月售电量是多少")
    begun = time.monotonic()
    got = asked(runner, ODD)
    again = asked(runner, ODD)
    assert got.status == again.status == "clarify" and "没有应答" in got.llm.fallback and state.asked <= MOST_CALLS
    assert time.monotonic() - begun < 2.0 * 1.1 + 20 and calls(runner)[0].result == "failed"


def test_a_report_with_a_model_that_invents_figures_is_the_rules_own(
    open_runner: Callable[..., Runner], model: tuple[Model, str]
) -> None:
    state, url = model
    state.message, state.tokens = WAYS["figures of its own"]
    runner = open_runner(llm_base_url=url, llm_model="m", llm_timeout=5.0)
    got = asked(runner, REQUEST)
    assert got.status == "drafted" and got.report, got.text
    text = runner.report(runner.actor("analyst01"), got.report.id).content.canonical()
    assert "一亿二千万" not in text and "12.3亿" not in text
    assert len(calls(runner)) == state.asked and "未通过检查" in got.llm.fallback
