"""数字出处: every figure stands on a fact and says what the fact says, in the text and in the exported file."""

from __future__ import annotations

from tools.checklist import Item

CONTENT = ("numeral_gate", "directions", "attribution", "units", "superlatives")
FILE = ("rendered_gate", "F22", "F23", "F24", "F25")

ITEM = Item("numerals", "数字出处", 50, (*CONTENT, *FILE))
