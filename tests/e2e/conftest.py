"""A real server process on the tiny province, fresh for each story file."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "Yunzhou-2026-demo"
START_SECONDS = 90


@dataclass
class ChatServer:
    """One `python -m ui.server` with its GMA_HOME; `restart` ends the process and starts a new one on it."""

    home: Path
    port: int
    log: Path
    password: str = PASSWORD
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        env = {
            **os.environ,
            "GMA_HOME": str(self.home),
            "GMA_PORT": str(self.port),
            "GMA_TODAY": "2026-11-05",
            "GMA_DEMO_PASSWORD": PASSWORD,
            "PYTHONPATH": str(ROOT),
        }
        env.pop("CHAINLIT_APP_ROOT", None)
        env.pop("CHAINLIT_AUTH_SECRET", None)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ui.server"], cwd=self.home, env=env, stdout=out, stderr=out
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        said = self.log.read_text(encoding="utf-8", errors="replace")[-4000:]
        raise RuntimeError(f"the server did not start:\n{said}")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def chat_server(demo_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChatServer]:
    """A fresh GMA_HOME for each story file."""
    home = tmp_path_factory.mktemp("served")
    (home / "demo").symlink_to(demo_source, target_is_directory=True)
    server = ChatServer(home=home, port=free_port(), log=home / "server.log")
    server.start()
    yield server
    server.stop()
