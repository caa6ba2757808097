"""Chainlit's data layer on the chat tables: threads, steps, elements and feedback that survive reload and restart.

All statements run in one thread of their own, in the order in which Chainlit sends them: a step's update can never
be overtaken by its creation, and the event loop never waits for the disk.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from chainlit.data import utils
from chainlit.data.base import BaseDataLayer
from chainlit.element import Element, ElementDict
from chainlit.step import StepDict
from chainlit.types import Feedback, PageInfo, PaginatedResponse, Pagination, ThreadDict, ThreadFilter
from chainlit.user import PersistedUser, User
from sqlalchemy import Connection, Select, Table, delete, select, tuple_, update

from ui.chat_files import ChatFiles
from ui.chat_tables import ELEMENTS, FEEDBACKS, STEPS, THREADS, USERS, missing_columns, open_engine

T = TypeVar("T")
Method = TypeVar("Method", bound=Callable[..., Any])


def _after_first_message(method: Method) -> Method:
    """Chainlit's own queue: nothing of a chat is stored before its user has said or clicked something."""
    return cast(Method, utils.queue_until_user_message()(method))  # type: ignore[no-untyped-call]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class ChatStore(BaseDataLayer):
    """Chat history in `path`, uploaded and produced files in `files`; refuses to start when a field has no column."""

    def __init__(self, path: Path, files: ChatFiles) -> None:
        if missing := missing_columns():
            raise RuntimeError(f"chat tables lack columns for {', '.join(missing)}")
        self._engine = open_engine(path)
        self._files = files
        self._thread = ThreadPoolExecutor(1, "chat-store")

    async def _run(self, work: Callable[[Connection], T]) -> T:
        def transaction() -> T:
            with self._engine.begin() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._thread, transaction)

    # ---- users

    async def get_user(self, identifier: str) -> PersistedUser | None:
        query = select(USERS).where(USERS.c.identifier == identifier)
        row = await self._run(lambda c: c.execute(query).mappings().first())
        return PersistedUser(**cast(Any, dict(row))) if row else None

    async def create_user(self, user: User) -> PersistedUser | None:
        known = await self.get_user(user.identifier)
        if known is None:
            row = {"id": str(uuid.uuid4()), "createdAt": _now()}
            values = {**row, "identifier": user.identifier, "metadata": user.metadata}
            await self._run(lambda c: _put(c, USERS, values))
        else:
            change = update(USERS).where(USERS.c.id == known.id).values(metadata=user.metadata)
            await self._run(lambda c: c.execute(change))
        return await self.get_user(user.identifier)

    # ---- feedback

    async def upsert_feedback(self, feedback: Feedback) -> str:
        values = {
            "id": feedback.id or str(uuid.uuid4()),
            "forId": feedback.forId,
            "threadId": feedback.threadId,
            "value": feedback.value,
            "comment": feedback.comment,
        }
        await self._run(lambda c: _put(c, FEEDBACKS, values))
        return str(values["id"])

    async def delete_feedback(self, feedback_id: str) -> bool:
        await self._run(lambda c: c.execute(delete(FEEDBACKS).where(FEEDBACKS.c.id == feedback_id)))
        return True

    # ---- steps

    @_after_first_message
    async def create_step(self, step_dict: StepDict) -> None:
        values = {name: value for name, value in step_dict.items() if name in STEPS.c and value is not None}
        if "showInput" in values:
            values["showInput"] = str(values["showInput"]).lower()
        at = _now()

        def write(connection: Connection) -> None:
            _put(connection, STEPS, values)
            thread = {"id": values["threadId"], "updatedAt": at}
            _put(connection, THREADS, thread, fresh={"createdAt": at, "metadata": {}})

        await self._run(write)

    @_after_first_message
    async def update_step(self, step_dict: StepDict) -> None:
        await self.create_step(step_dict)

    @_after_first_message
    async def delete_step(self, step_id: str) -> None:
        def drop(connection: Connection) -> None:
            connection.execute(delete(FEEDBACKS).where(FEEDBACKS.c.forId == step_id))
            connection.execute(delete(ELEMENTS).where(ELEMENTS.c.forId == step_id))
            connection.execute(delete(STEPS).where(STEPS.c.id == step_id))

        await self._run(drop)

    async def get_favorite_steps(self, user_id: str) -> list[StepDict]:
        """Favourites are switched off in the configuration."""
        return []

    # ---- elements

    @_after_first_message
    async def create_element(self, element: Element) -> None:
        values = {name: value for name, value in element.to_dict().items() if name in ELEMENTS.c and value is not None}
        if element.type != "custom" and (element.content or element.path):
            owner = await self.get_thread_author(element.thread_id)
            values["objectKey"] = await self._files.keep(owner, element)
        await self._run(lambda c: _put(c, ELEMENTS, values))

    async def get_element(self, thread_id: str, element_id: str) -> ElementDict | None:
        query = select(ELEMENTS).where(ELEMENTS.c.id == element_id, ELEMENTS.c.threadId == thread_id)
        row = await self._run(lambda c: c.execute(query).mappings().first())
        return await self._element(dict(row)) if row else None

    @_after_first_message
    async def delete_element(self, element_id: str, thread_id: str | None = None) -> None:
        query = select(ELEMENTS.c.objectKey).where(ELEMENTS.c.id == element_id)
        key = await self._run(lambda c: c.execute(query).scalar())
        if key:
            await self._files.delete_file(key)
        await self._run(lambda c: c.execute(delete(ELEMENTS).where(ELEMENTS.c.id == element_id)))

    async def _element(self, row: dict[str, Any]) -> ElementDict:
        if row.get("objectKey"):
            row["url"] = await self._files.get_read_url(row["objectKey"])
        return cast(ElementDict, row)

    # ---- threads

    async def get_thread_author(self, thread_id: str) -> str:
        query = select(THREADS.c.userIdentifier).where(THREADS.c.id == thread_id)
        return await self._run(lambda c: c.execute(query).scalar()) or ""

    async def update_thread(
        self,
        thread_id: str,
        name: str | None = None,
        user_id: str | None = None,
        metadata: dict[str, Any] | None = None,
        tags: list[str] | None = None,
    ) -> None:
        at = _now()

        def write(connection: Connection) -> None:
            values: dict[str, Any] = {"id": thread_id}
            if name is not None:
                values["name"] = " ".join(name.split())[:80]
            if user_id is not None:
                who = select(USERS.c.identifier).where(USERS.c.id == user_id)
                values |= {"userId": user_id, "userIdentifier": connection.execute(who).scalar()}
            if tags is not None:
                values["tags"] = tags
            if metadata is not None:
                kept = connection.execute(select(THREADS.c.metadata).where(THREADS.c.id == thread_id)).scalar() or {}
                merged = {**kept, **metadata}
                values["metadata"] = {key: value for key, value in merged.items() if value is not None}
            _put(connection, THREADS, values, fresh={"createdAt": at, "updatedAt": at, "metadata": metadata or {}})

        await self._run(write)

    async def delete_thread(self, thread_id: str) -> None:
        def drop(connection: Connection) -> list[str]:
            keys = connection.execute(select(ELEMENTS.c.objectKey).where(ELEMENTS.c.threadId == thread_id)).scalars()
            found = [key for key in keys if key]
            steps = select(STEPS.c.id).where(STEPS.c.threadId == thread_id)
            connection.execute(delete(FEEDBACKS).where(FEEDBACKS.c.forId.in_(steps)))
            for table in (ELEMENTS, STEPS):
                connection.execute(delete(table).where(table.c.threadId == thread_id))
            connection.execute(delete(THREADS).where(THREADS.c.id == thread_id))
            return found

        for key in await self._run(drop):
            await self._files.delete_file(key)

    async def list_threads(self, pagination: Pagination, filters: ThreadFilter) -> PaginatedResponse[ThreadDict]:
        """One page of a user's threads, latest first; the database pages, nothing else is read."""
        if not filters.userId:
            raise ValueError("userId is required")
        query = page_query(pagination, filters)
        rows = await self._run(lambda c: [dict(row) for row in c.execute(query).mappings()])
        page = rows[: pagination.first]
        info = PageInfo(
            hasNextPage=len(rows) > pagination.first,
            startCursor=page[0]["id"] if page else None,
            endCursor=page[-1]["id"] if page else None,
        )
        data = [cast(ThreadDict, {**row, "steps": [], "elements": []}) for row in page]
        return PaginatedResponse(pageInfo=info, data=cast(Any, data))

    async def get_thread(self, thread_id: str) -> ThreadDict | None:
        def read(connection: Connection) -> tuple[Any, list[Any], list[Any], list[Any]]:
            thread = connection.execute(select(THREADS).where(THREADS.c.id == thread_id)).mappings().first()
            steps = connection.execute(
                select(STEPS).where(STEPS.c.threadId == thread_id).order_by(STEPS.c.createdAt)
            ).mappings()
            said = connection.execute(
                select(FEEDBACKS).join(STEPS, STEPS.c.id == FEEDBACKS.c.forId).where(STEPS.c.threadId == thread_id)
            ).mappings()
            elements = connection.execute(select(ELEMENTS).where(ELEMENTS.c.threadId == thread_id)).mappings()
            return thread, list(steps), list(said), list(elements)

        thread, steps, said, elements = await self._run(read)
        if thread is None:
            return None
        feedback = {row["forId"]: {key: row[key] for key in ("id", "forId", "value", "comment")} for row in said}
        return cast(
            ThreadDict,
            {
                **thread,
                "steps": [_step(dict(row), feedback.get(row["id"])) for row in steps],
                "elements": [await self._element(dict(row)) for row in elements],
            },
        )

    async def build_debug_url(self) -> str:
        return ""

    async def close(self) -> None:
        self._thread.shutdown(wait=True)
        self._engine.dispose()


def page_query(pagination: Pagination, filters: ThreadFilter) -> Select[Any]:
    """Keyset paging by (updatedAt, id) with one row more than the page, to know whether another page follows."""
    query = select(THREADS).where(THREADS.c.userId == filters.userId)
    if filters.search:
        said = select(STEPS.c.threadId).where(STEPS.c.output.contains(filters.search, autoescape=True))
        query = query.where(THREADS.c.id.in_(said) | THREADS.c.name.contains(filters.search, autoescape=True))
    if filters.feedback is not None:
        rated = select(STEPS.c.threadId).join(FEEDBACKS, FEEDBACKS.c.forId == STEPS.c.id)
        query = query.where(THREADS.c.id.in_(rated.where(FEEDBACKS.c.value == int(filters.feedback))))
    if pagination.cursor:
        last = select(THREADS.c.updatedAt).where(THREADS.c.id == pagination.cursor).scalar_subquery()
        query = query.where(tuple_(THREADS.c.updatedAt, THREADS.c.id) < tuple_(last, pagination.cursor))
    return query.order_by(THREADS.c.updatedAt.desc(), THREADS.c.id.desc()).limit(pagination.first + 1)


def _step(row: dict[str, Any], feedback: dict[str, Any] | None) -> dict[str, Any]:
    show = row.get("showInput")
    return {
        **row,
        "metadata": row.get("metadata") or {},
        "input": "" if show in (None, "false") else row.get("input") or "",
        "output": row.get("output") or "",
        "streaming": False,
        "feedback": feedback,
    }


def _put(connection: Connection, table: Table, values: dict[str, Any], fresh: dict[str, Any] | None = None) -> None:
    """Update the row of this id, or insert it with the `fresh` values as well."""
    known = connection.execute(select(table.c.id).where(table.c.id == values["id"])).first()
    if known is None:
        connection.execute(table.insert().values(**{**(fresh or {}), **values}))
    elif len(values) > 1:
        connection.execute(update(table).where(table.c.id == values["id"]).values(**values))
