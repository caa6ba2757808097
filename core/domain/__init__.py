"""Pure domain types: standard library and pydantic only, no input or output."""
