"""Counters of the doors: turns and decisions by result, and how long they took."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
TURNS = Counter("gma_turns", "Turns that ended, by kind and status", ["kind", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "gma_turn_seconds",
    "Seconds of a turn",
    ["kind"],
    buckets=(0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600),
    registry=REGISTRY,
)
SIGN_INS = Counter("gma_sign_ins", "Sign-ins, by result", ["result"], registry=REGISTRY)


def count_turn(kind: str, status: str, seconds: float) -> None:
    """Note one finished turn (`ask`, `submit`, `decide`)."""
    TURNS.labels(kind, status).inc()
    SECONDS.labels(kind).observe(seconds)


def exposition() -> tuple[bytes, str]:
    """Body and content type of the metrics page."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
