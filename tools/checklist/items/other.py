"""其他校验: findings of rules that no other item claims."""

from __future__ import annotations

from tools.checklist import Item

ITEM = Item("other", "其他校验", 95, ())
