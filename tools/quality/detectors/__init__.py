"""One detector, one file; see `tools.quality` for the contract."""
