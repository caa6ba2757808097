"""A runner on a home of its own that shares the tiny province; and a scripted OpenAI-compatible server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from agent.events import Answer, Done
from agent.runner import Runner
from core.settings import Settings

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def module_home(demo_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / "demo").symlink_to(demo_source, target_is_directory=True)
    return home


@pytest.fixture(scope="module")
def runner(module_home: Path) -> Iterator[Runner]:
    runner = Runner.open(Settings(home=module_home, today=TODAY, _env_file=None))
    yield runner
    runner.close()


@pytest.fixture
def open_runner(fresh_home: Path) -> Iterator[Callable[..., Runner]]:
    """Opens runners on one fresh home; a second call is a restarted process."""
    opened: list[Runner] = []

    def make(**settings: Any) -> Runner:
        runner = Runner.open(Settings(home=fresh_home, today=TODAY, _env_file=None, **settings))
        opened.append(runner)
        return runner

    yield make
    for runner in opened:
        runner.close()


def answer(events: Iterator[Any]) -> Answer:
    """The last event of a turn."""
    last = list(events)[-1]
    assert isinstance(last, Done)
    return last.answer


@pytest.fixture
def say(runner: Runner) -> Callable[..., Answer]:
    def ask(text: str, user: str = "analyst01", thread: str | None = None) -> Answer:
        return answer(runner.ask(runner.actor(user), text, thread))

    return ask


class Script:
    """What the server answers, one entry a request (the last one repeats), and what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.asked: list[dict[str, Any]] = []

    def next(self) -> Any:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def url(script: Script) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            script.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            answer = script.next()
            if callable(answer):
                answer = answer()
            status, content = answer if isinstance(answer, tuple) else (200, answer)
            body = content.encode() if status != 200 or content.startswith("RAW:") else completion(content)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except BrokenPipeError:
                self.close_connection = True

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def completion(content: str) -> bytes:
    message = {"role": "assistant", "content": content}
    return json.dumps(
        {
            "id": "c1",
            "object": "chat.completion",
            "created": 0,
            "model": "local",
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
        }
    ).encode()
