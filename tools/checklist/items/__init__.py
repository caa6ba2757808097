"""Items of the checklist: each file exports `ITEM`, named like the file."""
