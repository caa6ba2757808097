"""Files of chat messages, to their owner only."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse

from core.errors import NotFound
from ui.api.people import CurrentActor
from ui.desk import desk

router = APIRouter(prefix="/files", tags=["files"])


@router.get("/{key:path}")
async def file(key: str, actor: CurrentActor) -> FileResponse:
    """A stored file with the type that it was stored with; another account's file does not exist."""
    from ui.chat_files import ChatFiles

    files = ChatFiles(desk().settings.home / "files" / "chat")
    path = files.path(key, owner=actor.user)
    if path is None:
        raise NotFound("没有这个文件，或它不属于您。", "请从自己的对话中打开。")
    return FileResponse(path, media_type=files.mime(path), headers={"Cache-Control": "private"})
