"""One web process: our routes first, then the chat mounted at `/`."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import GmaError
from core.log import log
from core.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

APP = Path(__file__).with_name("app.py")


def create_app(settings: Settings) -> FastAPI:
    """The application of this process. Chainlit is one of a kind, so one process serves one GMA_HOME."""
    from ui.chat_home import prepare_chat_home

    settings.home.mkdir(parents=True, exist_ok=True)
    prepare_chat_home(settings)

    from chainlit.utils import mount_chainlit
    from fastapi import FastAPI

    from ui.api import install_api
    from ui.desk import close_desk, open_desk
    from ui.guard import Guard, install_closed_routes
    from ui.worker import retrain_now_and_then

    desk = open_desk(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=recover, name="recover", daemon=True).start()
        stop = threading.Event()
        if settings.retrain_days:
            work = (desk.runner, stop)
            threading.Thread(target=retrain_now_and_then, args=work, name="retrain", daemon=True).start()
        yield
        stop.set()
        close_desk()

    def recover() -> None:
        try:
            finished = desk.runner.recover()
        except GmaError as error:
            log("server.recover", error=str(error))
            return
        if finished:
            log("server.recover", finished=len(finished))
        desk.runner.services.index()  # embeds what is new and what is owed, so that the first search does not wait
        desk.runner.embed()

    app = FastAPI(
        title="国网智能营销报告",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    install_api(app)
    install_closed_routes(app)
    app.add_middleware(Guard)
    mount_chainlit(app, target=str(APP), path="/")
    _drop_path_filter()
    return app


def _drop_path_filter() -> None:
    """Chainlit's filter for sub-paths lets everything pass at `/`, but turns every aborted request into a traceback."""
    from chainlit.server import app as chat

    chat.user_middleware = [entry for entry in chat.user_middleware if "ChainlitMiddleware" not in repr(entry.cls)]


def serve(settings: Settings, *, host: str = "127.0.0.1", port: int | None = None) -> None:
    """Serve until stopped. Sessions live in this process: exactly one worker."""
    import uvicorn

    uvicorn.run(
        create_app(settings),
        host=host,
        port=settings.port if port is None else port,
        log_level="warning",
        timeout_graceful_shutdown=5,
        ws_max_size=4 * 1024 * 1024,
    )


if __name__ == "__main__":
    serve(Settings())  # type: ignore[call-arg]  # every field has a default
