"""公文格式: headings, tables and figures are whole and numbered."""

from __future__ import annotations

from tools.checklist import Item

RULES = tuple(f"F{number:02}" for number in (*range(1, 17), *range(18, 22), 28, 30))
"""Rules on the written file (`knowledge/standards/format_rules.yaml`)."""

ITEM = Item("format", "公文格式", 60, ("structure", *RULES, "version"))
