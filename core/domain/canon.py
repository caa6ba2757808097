"""The canonical form that hashes are taken over: key-sorted JSON without whitespace."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> str:
    """The one text of a JSON value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of(value: Any) -> str:
    """SHA-256 hex digest of the canonical form."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
