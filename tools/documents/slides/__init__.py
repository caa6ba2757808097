"""The slides: one conclusion per title, seven lines at most, the exhibits native, fact cards in the notes."""
