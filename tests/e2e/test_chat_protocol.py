"""The chat without a browser: sign-in, socket, one question, its answer; and who is kept out."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import docx
import httpx
import pytest
import socketio

from evals.formats.foreign import build
from tools.checks import check_file

ANSWER_SECONDS = 90


class Client:
    """A Chainlit client: `POST /login`, then socket.io, then `client_message`."""

    def __init__(self, server: Any, thread: str = "") -> None:
        self.url, self.thread, self.session = server.url, thread, str(uuid.uuid4())
        self.password = server.password
        self.http = httpx.AsyncClient(base_url=server.url, timeout=30)
        self.socket = socketio.AsyncClient(reconnection=False)
        self.messages: dict[str, dict[str, Any]] = {}
        self.elements: list[dict[str, Any]] = []
        self.resumed: dict[str, Any] = {}
        self.idle = asyncio.Event()
        self.socket.on("new_message", self._keep)
        self.socket.on("update_message", self._keep)
        self.socket.on("element", self._element)
        self.socket.on("first_interaction", self._named)
        self.socket.on("resume_thread", self._resume)
        self.socket.on("task_end", self._end)

    async def sign_in(self, user: str) -> int:
        answer = await self.http.post("/login", data={"username": user, "password": self.password})
        return answer.status_code

    async def connect(self) -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        auth = {
            "sessionId": self.session,
            "clientType": "webapp",
            "userEnv": "{}",
            "chatProfile": "",
            "threadId": self.thread,
        }
        await self.socket.connect(
            self.url, socketio_path="/ws/socket.io", transports=["websocket"], headers={"Cookie": cookie}, auth=auth
        )
        await self.socket.emit("connection_successful")
        await asyncio.sleep(0.5)

    async def upload(self, path: Path, kind: str) -> httpx.Response:
        files = {"file": (path.name, path.read_bytes(), kind)}
        return await self.http.post("/project/file", params={"session_id": self.session}, files=files)

    async def fetch(self, element: dict[str, Any]) -> httpx.Response:
        return await self.http.get(f"/project/file/{element['chainlitKey']}", params={"session_id": self.session})

    async def say(self, text: str, files: tuple[str, ...] = ()) -> None:
        self.idle.clear()
        message = {
            "id": str(uuid.uuid4()),
            "threadId": "",
            "type": "user_message",
            "name": "u",
            "output": text,
            "createdAt": "2026-11-05T00:00:00.000Z",
            "metadata": {},
        }
        references = [{"id": name} for name in files]
        await self.socket.emit("client_message", {"message": message, "fileReferences": references})
        await asyncio.wait_for(self.idle.wait(), ANSWER_SECONDS)
        await asyncio.sleep(0.5)

    async def act(self, name: str, payload: dict[str, Any]) -> httpx.Response:
        action = {"id": str(uuid.uuid4()), "name": name, "payload": payload, "label": "", "tooltip": "", "forId": ""}
        body = {"sessionId": self.session, "action": action}
        return await self.http.post("/project/action", json=body, timeout=ANSWER_SECONDS)

    async def close(self) -> None:
        await self.socket.disconnect()
        await self.http.aclose()

    def said(self) -> list[str]:
        return [m["output"] for m in self.messages.values() if m["type"] == "assistant_message"]

    def steps(self) -> list[str]:
        return [m["name"] for m in self.messages.values() if m["type"] == "tool"]

    def drawn(self, name: str) -> list[dict[str, Any]]:
        return [element["props"] for element in self.elements if element["name"] == name]

    async def _keep(self, message: dict[str, Any]) -> None:
        self.messages[message["id"]] = message

    async def _element(self, element: dict[str, Any]) -> None:
        self.elements.append(element)

    async def _named(self, event: dict[str, Any]) -> None:
        self.thread = event["thread_id"]

    async def _resume(self, thread: dict[str, Any]) -> None:
        self.resumed = thread

    async def _end(self, *_: Any) -> None:
        self.idle.set()


def test_a_question_is_answered_with_cards_and_survives_a_restart(chat_server: Any) -> None:
    async def ask() -> Client:
        client = Client(chat_server)
        assert await client.sign_in("analyst01") == 200
        await client.connect()
        await client.say("2026年10月售电量是多少，同比怎样")
        await client.close()
        return client

    client = asyncio.run(ask())
    [text] = client.said()
    assert "售电量" in text
    assert any("理解" in name for name in client.steps()), client.steps()
    [view] = client.drawn("FactText")
    card = next(iter(view["facts"].values()))
    rows = dict(card["rows"])
    assert rows["统计期"] == "2026年10月"
    assert rows["来源系统"]
    assert rows["口径"]
    statement = view["queries"][card["query"]]
    assert statement.lower().lstrip().startswith(("select", "with"))
    assert card["value"] in text

    chat_server.restart()

    async def again() -> Client:
        later = Client(chat_server, thread=client.thread)
        later.http.cookies.update(dict(client.http.cookies))
        await later.connect()
        await asyncio.sleep(1)
        await later.close()
        return later

    later = asyncio.run(again())
    kept = [step["output"] for step in later.resumed["steps"] if step["type"] == "assistant_message"]
    assert kept == [text], "the session key and the thread outlive the process"
    assert [element["props"] for element in later.resumed["elements"] if element["name"] == "FactText"] == [view]


def test_another_account_cannot_open_the_thread(chat_server: Any) -> None:
    async def story() -> tuple[str, int, dict[str, Any]]:
        owner = Client(chat_server)
        await owner.sign_in("analyst01")
        await owner.connect()
        await owner.say("你好")
        await owner.close()
        other = Client(chat_server, thread=owner.thread)
        await other.sign_in("manager02")
        read = await other.http.get(f"/project/thread/{owner.thread}")
        with pytest.raises(socketio.exceptions.ConnectionError):
            await other.connect()
        await other.http.aclose()
        return owner.thread, read.status_code, other.resumed

    thread, status, resumed = asyncio.run(story())
    assert thread
    assert status in {401, 404}
    assert resumed == {}


def test_administrators_get_the_page_and_no_data(chat_server: Any) -> None:
    async def story() -> Client:
        client = Client(chat_server)
        await client.sign_in("auditor01")
        await client.connect()
        await client.say("2026年10月售电量是多少")
        await client.close()
        return client

    client = asyncio.run(story())
    assert client.said()
    assert all("不接触业务数据" in text for text in client.said())
    assert client.elements == []


def test_an_uploaded_docx_is_checked_and_mended(chat_server: Any, tmp_path: Path) -> None:
    path = build("wps", 5, tmp_path / "月报.docx")
    document = docx.Document(str(path))
    document.sections[0].left_margin = 0
    next(item for item in document.paragraphs if item.text.startswith("部分台区")).add_run("电话13812345678。")
    document.save(str(path))

    async def story() -> tuple[Client, httpx.Response, httpx.Response, httpx.Response]:
        client = Client(chat_server)
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        shut = await client.upload(path, kind)
        assert await client.sign_in("analyst01") == 200
        await client.connect()
        refused = await client.upload(path, "text/html")
        taken = (await client.upload(path, kind)).json()["id"]
        await client.say("检查一下格式", (taken,))
        [file] = [element for element in client.elements if element["name"] == "月报.docx"]
        done = await client.act("一键修正", {"file": file["id"]})
        other = Client(chat_server)
        assert await other.sign_in("staff01") == 200
        await other.connect()
        await other.say("你好")
        stolen = await other.act("一键修正", {"file": file["id"]})
        await other.close()
        await asyncio.sleep(1)
        [fixed] = [element for element in client.elements if "已修正" in element["name"]]
        (tmp_path / "fixed.docx").write_bytes((await client.fetch(fixed)).content)
        await client.close()
        assert done.status_code == 200
        return client, shut, refused, stolen

    client, shut, refused, stolen = asyncio.run(story())
    assert (shut.status_code, refused.status_code) == (401, 400)
    assert "找不到这个文件" in stolen.text
    checked, mended = client.said()
    assert "标准化率" in checked and "F02" in checked and "F27" in checked and "可一键修正" in checked
    assert "已修正" in mended and "F27" in mended and "F02" not in mended
    found = {item.rule for item in check_file(tmp_path / "fixed.docx") if not item.passed}
    assert "F02" not in found and "F27" in found


def test_an_action_of_another_session_is_refused(chat_server: Any) -> None:
    async def story() -> int:
        owner, thief = Client(chat_server), Client(chat_server)
        await owner.sign_in("manager01")
        await owner.connect()
        await thief.sign_in("analyst01")
        thief.session = owner.session
        answer = await thief.act("审批报告", {"report": "R1", "verb": "approve", "hash": "0" * 64})
        await owner.close()
        await thief.http.aclose()
        return answer.status_code

    assert asyncio.run(story()) == 401


def test_the_stop_button_answers_in_chinese_and_the_chat_goes_on(chat_server: Any) -> None:
    async def story() -> Client:
        client = Client(chat_server)
        await client.sign_in("analyst01")
        await client.connect()
        asking = asyncio.create_task(client.say("帮我做一份2026年8月云州公司的营销指标月报"))
        await asyncio.sleep(1)
        await client.socket.emit("stop")
        await asking
        return client

    client = asyncio.run(story())
    assert [text for text in client.said() if "已停止等待" in text]
    assert not [text for text in client.said() if "manually" in text]
    assert client.drawn("ReportCard") == []


def test_wrong_passwords_and_strangers_stay_out(chat_server: Any) -> None:
    with httpx.Client(base_url=chat_server.url) as web:
        assert web.post("/login", data={"username": "staff01", "password": "no"}).status_code == 401
        assert web.post("/login", data={"username": "nobody", "password": chat_server.password}).status_code == 401
        for path in ("/api/v1/me", "/api/v1/reports", "/api/v1/reports/R1-1-1-1", "/api/v1/files/analyst01/x/y"):
            answer = web.get(path)
            assert answer.status_code == 401, path
            assert answer.json()["error"]["hint"]
        assert web.get("/api/v1/me", headers={"Authorization": "Bearer nonsense"}).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/project/share/any"),
        ("PUT", "/project/thread/share"),
        ("PUT", "/project/element"),
        ("POST", "/mcp"),
        ("GET", "/api/v1/none"),
    ],
)
def test_what_is_not_offered_is_closed(chat_server: Any, method: str, path: str) -> None:
    answer = httpx.request(method, chat_server.url + path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_a_program_reads_reports_with_a_token(chat_server: Any) -> None:
    with httpx.Client(base_url=chat_server.url, timeout=30) as web:
        granted = web.post("/api/v1/token", data={"username": "analyst01", "password": chat_server.password}).json()
        web.headers["Authorization"] = f"Bearer {granted['access_token']}"
        me = web.get("/api/v1/me").json()
        assert (me["user"], me["role_name"], me["reads_data"]) == ("analyst01", "分析师", True)
        assert me["org_name"]
        assert not me["org_name"].isdigit(), "the unit's name, not its code"
        assert web.get("/api/v1/reports").json() == []
        missing = web.get("/api/v1/reports/R1-99401-202610-0009")
        assert missing.status_code == 404
        assert web.get("/api/v1/reports/x/document", params={"format": "exe"}).status_code == 400
        assert web.get("/api/v1/openapi.json").json()["info"]["title"] == "国网智能营销报告"


def test_health_metrics_and_headers(chat_server: Any) -> None:
    with httpx.Client(base_url=chat_server.url) as web:
        assert web.get("/healthz").json() == {"status": "ok"}
        assert web.get("/readyz").json() == {"status": "ready"}
        metrics = web.get("/metrics").text
        assert 'gma_turns_total{kind="ask"' in metrics
        page = web.get("/")
        assert "connect-src 'self'" in page.headers["Content-Security-Policy"]
        assert "https://" not in page.text


def test_nothing_is_written_outside_the_home(chat_server: Any) -> None:
    names = {path.name for path in chat_server.home.iterdir()}
    assert {"chat", "chat.sqlite", "secret", "record.sqlite"} <= names
    root = Path(__file__).resolve().parent.parent.parent
    assert not (root / ".files").exists()
    assert [path.name for path in (root / ".chainlit" / "translations").iterdir()] == ["zh-CN.json"]
