"""个人信息: no personal data in clear."""

from __future__ import annotations

from tools.checklist import Item

ITEM = Item("privacy", "个人信息", 80, ("privacy", "F27"))
