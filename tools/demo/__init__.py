"""The demonstration province: seeded stand-in data for every declared dataset, planted events and their answer key.

Everything it writes is invented (国网云州供电公司 does not exist). Nothing heavy is imported before :func:`build` runs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tools.demo.report import BuildReport

__all__ = ["BuildReport", "build"]


def build(
    out: Path,
    *,
    seed: int = 20261,
    scale: str = "small",
    progress: Callable[[str, float], None] | None = None,
    plant: bool = True,
) -> BuildReport:
    """Write the five source databases, the answer key and the manifest under ``out``.

    ``scale`` is ``tiny`` (about 400 customers), ``small`` (6 000), ``city`` (120 000), ``large`` or ``large:N``.
    The same seed and scale give the same rows and the same digits. The old content of ``out`` is replaced only
    when the new one is complete.
    """
    from tools.demo.province import build_province

    return build_province(Path(out), seed=seed, scale=scale, progress=progress, plant=plant)
