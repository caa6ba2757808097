"""The Word file, part by part: each function returns WordprocessingML text in the element order of the schema."""
