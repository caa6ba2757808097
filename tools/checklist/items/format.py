"""公文格式: headings, tables and figures are whole and numbered."""

from __future__ import annotations

from tools.checklist import Item

RULES = tuple(f"F{number:02}" for number in (*range(1, 13), 14, 15, 28))
"""Rules on the written file (domain.md §3.3)."""

ITEM = Item("format", "公文格式", 60, ("structure", *RULES, "version"))
