"""Chat history: every field kept, order kept, paging by the database, files to their owner only."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from ui.chainlit_store import ChatStore

T = TypeVar("T")


@pytest.fixture
def store(tmp_path: Path, chat_home: Path) -> ChatStore:
    from ui.chainlit_store import ChatStore
    from ui.chat_files import ChatFiles

    return ChatStore(tmp_path / "chat.sqlite", ChatFiles(tmp_path / "files"))


def run(work: Callable[[], Awaitable[T]]) -> T:
    """Inside a Chainlit context that has seen its first message, as in a live chat."""

    async def inside() -> T:
        from chainlit.context import ChainlitContext, context_var
        from chainlit.session import HTTPSession

        context_var.set(ChainlitContext(HTTPSession(id="s", client_type="webapp", thread_id="t", user=None)))
        return await work()

    return asyncio.run(inside())


def step(thread: str, **fields: Any) -> dict[str, Any]:
    at = fields.pop("createdAt", "2026-11-02T01:00:00.000Z")
    made = {"id": str(uuid.uuid4()), "threadId": thread, "type": "assistant_message", "name": "gma", "output": ""}
    return {**made, "createdAt": at, **fields}


def test_every_field_of_chainlit_has_a_column(chat_home: Path) -> None:
    from ui.chat_tables import missing_columns

    assert missing_columns() == []


def test_a_missing_column_stops_the_start(tmp_path: Path, chat_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chainlit.step import StepDict

    from ui.chainlit_store import ChatStore
    from ui.chat_files import ChatFiles

    monkeypatch.setitem(StepDict.__annotations__, "mood", str)
    with pytest.raises(RuntimeError, match=r"steps\.mood"):
        ChatStore(tmp_path / "chat.sqlite", ChatFiles(tmp_path / "files"))


def test_a_thread_comes_back_whole_in_a_new_process(store: ChatStore, tmp_path: Path) -> None:
    from chainlit.element import CustomElement
    from chainlit.user import User

    from ui.chainlit_store import ChatStore
    from ui.chat_files import ChatFiles

    async def write() -> str:
        user = await store.create_user(User(identifier="analyst01", metadata={"role": "analyst"}))
        assert user is not None
        await store.update_thread("t", name=" 10月\n售电量 ", user_id=user.id, metadata={"a": 1, "b": 2})
        await store.update_thread("t", metadata={"b": None, "c": [3]})
        said = step("t", output="售电量 5.40 亿", metadata={"x": ["好"]}, tags=["甲"], showInput=False, input="密")
        await store.create_step(said)  # type: ignore[arg-type]
        await store.update_step({**said, "output": "改后"})  # type: ignore[typeddict-item]
        card = CustomElement(thread_id="t", name="ApprovalCard", props={"id": "R1", "hash": "ab"}, for_id=said["id"])
        await store.create_element(card)
        await store.close()
        return str(said["id"])

    said = run(write)

    async def read() -> Any:
        again = ChatStore(tmp_path / "chat.sqlite", ChatFiles(tmp_path / "files"))
        return await again.get_thread("t"), await again.get_thread_author("t"), await again.get_thread("nix")

    thread, author, none = run(read)
    assert (thread["name"], author, none) == ("10月 售电量", "analyst01", None)
    assert thread["metadata"] == {"a": 1, "c": [3]}
    [kept] = thread["steps"]
    assert (kept["output"], kept["metadata"], kept["tags"], kept["input"]) == ("改后", {"x": ["好"]}, ["甲"], "")
    [card] = thread["elements"]
    assert (card["name"], card["props"], card["forId"]) == ("ApprovalCard", {"id": "R1", "hash": "ab"}, said)


def test_threads_are_paged_latest_first_and_only_the_users_own(store: ChatStore) -> None:
    from chainlit.types import Pagination, ThreadFilter
    from chainlit.user import User

    async def walk() -> list[list[str]]:
        mine = await store.create_user(User(identifier="a"))
        other = await store.create_user(User(identifier="b"))
        assert mine
        assert other
        for at in range(45):
            await store.update_thread(f"t{at:02d}", name=f"第{at}个", user_id=mine.id)
        await store.update_thread("x", name="别人的", user_id=other.id)
        await store.create_step(step("t00", output="线损率"))  # type: ignore[arg-type]
        pages: list[list[str]] = []
        cursor = None
        while True:
            page = await store.list_threads(Pagination(first=20, cursor=cursor), ThreadFilter(userId=mine.id))
            pages.append([thread["id"] for thread in page.data])
            cursor = page.pageInfo.endCursor
            if not page.pageInfo.hasNextPage:
                break
        for search in ("线损", "第44"):
            found = await store.list_threads(Pagination(first=20), ThreadFilter(userId=mine.id, search=search))
            pages.append([thread["id"] for thread in found.data])
        return pages

    *pages, by_text, by_name = run(walk)
    assert [len(page) for page in pages] == [20, 20, 5]
    assert pages[0][:2] == ["t00", "t44"], "a new step lifts its thread to the top"
    seen = [thread for page in pages for thread in page]
    assert len(set(seen)) == 45
    assert (by_text, by_name) == (["t00"], ["t44"])


def test_deleting_a_thread_takes_its_files_along(store: ChatStore, tmp_path: Path) -> None:
    from chainlit.element import File
    from chainlit.user import User

    async def story() -> tuple[Any, Any, Any]:
        user = await store.create_user(User(identifier="analyst01"))
        assert user is not None
        await store.update_thread("t", user_id=user.id)
        paper = File(thread_id="t", name="月报.docx", content=b"PK", mime="application/zip", for_id="m")
        await store.create_element(paper)
        element = await store.get_element("t", paper.id)
        stranger = await store.get_element("other", paper.id)
        await store.delete_thread("t")
        return element, stranger, await store.get_thread("t")

    element, stranger, gone = run(story)
    assert element["url"].startswith("/api/v1/files/analyst01/")
    assert stranger is None
    assert gone is None
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_feedback_is_kept_with_its_step(store: ChatStore) -> None:
    from chainlit.types import Feedback

    async def story() -> Any:
        said = step("t")
        await store.create_step(said)  # type: ignore[arg-type]
        await store.upsert_feedback(Feedback(forId=said["id"], value=1, comment="准"))
        return await store.get_thread("t")

    [kept] = run(story)["steps"]
    assert (kept["feedback"]["value"], kept["feedback"]["comment"]) == (1, "准")


@pytest.mark.parametrize("key", ["../secret", "/etc/passwd", "analyst01/../../secret", "analyst01/none"])
def test_keys_outside_the_store_are_nothing(key: str, tmp_path: Path, chat_home: Path) -> None:
    from ui.chat_files import ChatFiles

    (tmp_path / "secret").write_text("x", encoding="ascii")
    assert ChatFiles(tmp_path / "files").path(key) is None


def test_files_open_to_their_owner_with_the_stored_type(tmp_path: Path, chat_home: Path) -> None:
    from ui.chat_files import ChatFiles

    files = ChatFiles(tmp_path / "files")
    run(lambda: files.upload_file("analyst01/e/a.html", "<b>", "text/plain"))
    path = files.path("analyst01/e/a.html", owner="analyst01")
    assert path is not None
    assert files.mime(path) == "text/plain"
    assert files.path("analyst01/e/a.html", owner="manager01") is None
