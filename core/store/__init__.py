"""The record (记录库): accounts, runs, reports, decisions, releases and the audit chain."""

from core.store.database import Store, Unit

__all__ = ["Store", "Unit"]
