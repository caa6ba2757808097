"""Indicators: a definition of the catalogue becomes SQL where the data is, and its answer becomes facts."""
