"""Tables of the chat history: one column for every field that Chainlit sends, portable between SQLite and PostgreSQL.

Chat history is a convenience, not the record: reports, decisions and audit live in the record's own store.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)

META = MetaData()

USERS = Table(
    "users",
    META,
    Column("id", String(64), primary_key=True),
    Column("identifier", String(128), unique=True, nullable=False),
    Column("createdAt", String(40), nullable=False),
    Column("metadata", JSON, nullable=False),
)

THREADS = Table(
    "threads",
    META,
    Column("id", String(64), primary_key=True),
    Column("createdAt", String(40), nullable=False),
    Column("updatedAt", String(40), nullable=False),
    Column("name", Text),
    Column("userId", String(64)),
    Column("userIdentifier", String(128)),
    Column("tags", JSON),
    Column("metadata", JSON),
    Index("threads_of_user", "userId", "updatedAt", "id"),
)

STEPS = Table(
    "steps",
    META,
    Column("id", String(64), primary_key=True),
    Column("threadId", String(64), nullable=False, index=True),
    Column("parentId", String(64)),
    *(Column(name, Text) for name in ("name", "type", "command", "input", "output", "showInput", "language", "icon")),
    *(Column(name, String(40)) for name in ("createdAt", "start", "end")),
    *(Column(name, Boolean) for name in ("streaming", "waitForAnswer", "isError", "defaultOpen", "autoCollapse")),
    *(Column(name, JSON) for name in ("metadata", "tags", "modes", "generation")),
)

ELEMENTS = Table(
    "elements",
    META,
    Column("id", String(64), primary_key=True),
    Column("threadId", String(64), index=True),
    Column("forId", String(64)),
    *(Column(name, Text) for name in ("type", "name", "url", "path", "objectKey", "chainlitKey", "mime", "language")),
    *(Column(name, String(16)) for name in ("display", "size")),
    Column("page", Integer),
    Column("autoPlay", Boolean),
    *(Column(name, JSON) for name in ("props", "playerConfig")),
)

FEEDBACKS = Table(
    "feedbacks",
    META,
    Column("id", String(64), primary_key=True),
    Column("forId", String(64), nullable=False, index=True),
    Column("threadId", String(64)),
    Column("value", Integer, nullable=False),
    Column("comment", Text),
)


def missing_columns() -> list[str]:
    """Fields of Chainlit's own types that no column holds, as `steps.field`; empty when all is well."""
    from chainlit.element import ElementDict
    from chainlit.step import StepDict

    kept = {"steps": (StepDict, STEPS, {"feedback"}), "elements": (ElementDict, ELEMENTS, set())}
    return [
        f"{name}.{field}"
        for name, (shape, table, elsewhere) in kept.items()
        for field in shape.__annotations__
        if field not in table.c and field not in elsewhere
    ]


def open_engine(path: Path) -> Engine:
    """The chat database, its tables made; SQLite in WAL mode, readable by the owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    engine = create_engine(
        f"sqlite:///{path.resolve()}",
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False, default=str),
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    META.create_all(engine)
    return engine
