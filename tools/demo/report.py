"""What a build says about itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

VERSION = "1"


@dataclass(frozen=True)
class BuildReport:
    """Where the province lies, how large it is and how long it took."""

    out: Path
    seed: int
    scale: str
    rows: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
