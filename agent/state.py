"""What travels along the edges: ids and small words. Facts, plans and drafts lie in the record under the run's id."""

from __future__ import annotations

from typing import TypedDict


class RunState(TypedDict, total=False):
    """Checkpointed after every step; stays under a kilobyte."""

    run: str
    thread: str
    user: str
    route: str
    report: str
    submission: str
    decision: str
    verb: str
    returns: int
    done: str
