"""One cross-source check, one file; see `tools.reconcile` for the contract."""
