"""Format faults: every rule F01—F30 broken in several ways in Word files that are otherwise clean.

A break works on an opened document and says whether it could be made; the files of faults know nothing of the checks.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

Make = Callable[[Any, Random], bool]


@dataclass(frozen=True)
class Break:
    """One way to break a rule. `mends` says whether a program can mend it without a person's judgement."""

    rule: str
    label: str
    make: Make
    mends: bool = True


@cache
def breaks() -> tuple[Break, ...]:
    """Every way, in the order of the rules."""
    found: list[Break] = []
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda item: item.name):
        found += getattr(importlib.import_module(f"{__name__}.{info.name}"), "BREAKS", [])
    return tuple(sorted(found, key=lambda item: item.rule))
