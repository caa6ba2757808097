"""The front desk: the one runner of this process, and the road from its worker threads into the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from core.settings import Settings

if TYPE_CHECKING:
    from agent.events import Event
    from agent.runner import Runner

T = TypeVar("T")
WORKERS = 16


@dataclass
class Desk:
    """Settings, the runner, and the threads that its calls run in; nothing of it runs in the event loop."""

    settings: Settings
    runner: Runner
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(WORKERS, "desk"))

    async def call(self, work: Callable[[], T]) -> T:
        """Run blocking work in a desk thread."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, work)

    async def events(self, start: Callable[[], Iterator[Event]]) -> AsyncIterator[Event]:
        """Events of a runner call as they happen. An error of the call is raised here, after what came before it.

        Leaving the loop early does not undo the work: the runner finishes what it has begun and records it.
        """
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Event | BaseException | None] = asyncio.Queue()
        gone = threading.Event()

        def put(item: Event | BaseException | None) -> None:
            if not gone.is_set():
                loop.call_soon_threadsafe(queue.put_nowait, item)

        def work() -> None:
            try:
                for event in start():
                    put(event)
                put(None)
            except Exception as error:  # handed to the waiting side, which raises it
                put(error)

        self.pool.submit(work)
        try:
            while (item := await queue.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            gone.set()

    def close(self) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)
        self.runner.close()


_desk: Desk | None = None


def open_desk(settings: Settings) -> Desk:
    """Open the runner once for this process; a second call returns the same desk."""
    global _desk
    if _desk is None:
        from agent.runner import Runner

        _desk = Desk(settings, Runner.open(settings))
    return _desk


def desk() -> Desk:
    """The open desk; RuntimeError when no server has opened one."""
    if _desk is None:
        raise RuntimeError("open_desk(settings) has not been called")
    return _desk


def close_desk() -> None:
    global _desk
    if _desk is not None:
        _desk.close()
        _desk = None
