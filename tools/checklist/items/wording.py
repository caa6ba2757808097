"""用语: house wording and the names of units."""

from __future__ import annotations

from tools.checklist import Item

ITEM = Item("wording", "用语", 70, ("wording", "org_names", "F17", "F26", "F29"))
