"""What can go wrong with a source, how long to wait, and when to stop asking."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from core.errors import SourceFailed

Result = TypeVar("Result")

TRIP_AFTER = 5
"""Consecutive failures that open a source's circuit."""
PROBE_AFTER = 30.0
"""Seconds after which an open circuit lets one query through."""


class Trouble(SourceFailed):
    """A source did not answer. `temporary`: trying again may help; `sick`: the source is to blame, not the query."""

    def __init__(self, message: str, hint: str = "", *, temporary: bool = False, sick: bool = True) -> None:
        super().__init__(message, hint)
        self.temporary = temporary
        self.sick = sick


class Overdue(Trouble):
    """The deadline passed."""


class Cancel:
    """How to stop a running query from another thread; armed by the backend, fired at the deadline."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stop: Callable[[], object] | None = None
        self.fired = False

    def arm(self, stop: Callable[[], object] | None) -> None:
        """Say how to stop what runs now (None: nothing runs). Stops at once when the deadline has already passed."""
        with self._lock:
            self._stop = stop
            late = self.fired and stop is not None
        if late and stop is not None:
            stop()

    def fire(self) -> None:
        """Stop the query, now or as soon as it is armed."""
        with self._lock:
            self.fired = True
            stop = self._stop
        if stop is not None:
            threading.Thread(target=stop, name="gma-cancel", daemon=True).start()


def within(seconds: float, work: Callable[[Cancel], Result], label: str) -> Result:
    """Run `work` for at most `seconds` of wall clock. Past that raises Overdue at once and leaves the thread behind."""
    cancel, done = Cancel(), threading.Event()
    result: list[Result] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            result.append(work(cancel))
        except BaseException as error:  # handed over to the waiting thread below, never swallowed
            failure.append(error)
        finally:
            done.set()

    threading.Thread(target=run, name=f"gma-{label}", daemon=True).start()
    if not done.wait(max(seconds, 0.0)):
        cancel.fire()
        raise Overdue(f"{label}在 {seconds:g} 秒内没有返回", "请缩小统计期或供电单位后重试，仍超时请联系数据运维员")
    if failure:
        raise failure[0]
    return result[0]


class Breaker:
    """One source's circuit: opens after `TRIP_AFTER` failures in a row, lets a probe through after `PROBE_AFTER` s."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened = 0.0
        self._probing = False

    def admit(self) -> bool:
        """Whether a query may go to the source now."""
        with self._lock:
            if self._failures < TRIP_AFTER:
                return True
            if self._probing or self._clock() - self._opened < PROBE_AFTER:
                return False
            self._probing = True
            return True

    def report(self, healthy: bool) -> None:
        """Tell how an admitted query went; only the source's own failures count."""
        with self._lock:
            self._probing = False
            if healthy:
                self._failures = 0
                return
            self._failures += 1
            if self._failures >= TRIP_AFTER:
                self._opened = self._clock()

    @property
    def open(self) -> bool:
        """Whether queries are refused without asking the source."""
        with self._lock:
            return self._failures >= TRIP_AFTER and self._clock() - self._opened < PROBE_AFTER
