"""The settings in force, as the audit keeps them at every start: what they are, what changed since the last start.

Secrets are shown only as set or not, with a keyed fingerprint that changes when they do.
"""

from __future__ import annotations

import hmac
import re
from typing import Any

from core.access import signing_secret
from core.settings import Settings
from core.store import Store

SECRET = re.compile(r"password|secret|token|_key$")
_LOGIN = re.compile(r"(?<=://)[^/@\s]*@")
OBJECT = "settings"


def note_configuration(store: Store, settings: Settings) -> None:
    """Append one row with every setting and, when an earlier start is known, what is different now."""
    current = in_force(settings)
    with store.begin() as unit:
        before = unit.audit.last("configuration", OBJECT)
        known = before["settings"] if before else current
        changed = {
            name: [known.get(name), current.get(name)]
            for name in sorted({*known, *current})
            if known.get(name) != current.get(name)
        }
        unit.audit.append("system", "configuration", OBJECT, detail={"settings": current, "changed": changed})


def in_force(settings: Settings) -> dict[str, Any]:
    """Every setting by name, ready to be shown: no password, key or login in it."""
    return {name: _shown(name, value, settings) for name, value in settings.model_dump(mode="json").items()}


def _shown(name: str, value: Any, settings: Settings) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    if SECRET.search(name):
        return f"已设置（{_mark(text, settings)}）"
    bare = _LOGIN.sub("***@", text)
    return bare if bare == text else f"{bare}（{_mark(text, settings)}）"


def _mark(text: str, settings: Settings) -> str:
    return hmac.new(signing_secret(settings).encode(), text.encode(), "sha256").hexdigest()[:8]
