"""The ground floor: domain types, settings, access, the store. Knows no llm, no chat and no outside system."""
