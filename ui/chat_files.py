"""Files of chat messages under `GMA_HOME/files/chat`, one folder for each account; read back by their owner only."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chainlit.data.storage_clients.base import BaseStorageClient
from chainlit.element import Element

_SAFE = re.compile(r"[^\w.\-]+")


class ChatFiles(BaseStorageClient):
    """Object keys read `<account>/<element id>/<file name>`."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def path(self, object_key: str, owner: str | None = None) -> Path | None:
        """The file of a key, None when it lies outside the store, belongs to another account or does not exist."""
        path = (self._root / object_key).resolve()
        if not path.is_relative_to(self._root) or not path.is_file():
            return None
        if owner is not None and path.relative_to(self._root).parts[0] != _SAFE.sub("_", owner):
            return None
        return path

    async def keep(self, owner: str, element: Element) -> str:
        """Store an element's bytes for its owner; returns the object key."""
        data = element.content if element.content else await asyncio.to_thread(Path(element.path or "").read_bytes)
        key = f"{_SAFE.sub('_', owner) or '_'}/{element.id}/{_SAFE.sub('_', element.name) or 'file'}"
        await self.upload_file(key, data, element.mime or "application/octet-stream")
        return key

    async def upload_file(
        self,
        object_key: str,
        data: bytes | str,
        mime: str = "application/octet-stream",
        overwrite: bool = True,
        content_disposition: str | None = None,
    ) -> dict[str, Any]:
        path = (self._root / object_key).resolve()
        if not path.is_relative_to(self._root):
            raise ValueError(f"object key outside the store: {object_key!r}")

        def write() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.encode() if isinstance(data, str) else data)
            path.with_name(path.name + ".mime").write_text(mime, encoding="ascii")

        await asyncio.to_thread(write)
        return {"object_key": object_key, "url": await self.get_read_url(object_key)}

    def mime(self, path: Path) -> str:
        """The type that the file was stored with."""
        note = path.with_name(path.name + ".mime")
        return note.read_text(encoding="ascii") if note.exists() else "application/octet-stream"

    async def delete_file(self, object_key: str) -> bool:
        path = self.path(object_key)
        if path is None:
            return False
        path.with_name(path.name + ".mime").unlink(missing_ok=True)
        path.unlink()
        return True

    async def get_read_url(self, object_key: str) -> str:
        return f"/api/v1/files/{quote(object_key)}"

    async def close(self) -> None:
        """Nothing is held open."""
