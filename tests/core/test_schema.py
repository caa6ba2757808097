"""The record of an older version is brought forward in place; one of a newer version is left alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from core.errors import Broken
from core.store import Store
from core.store.tables import SCHEMA_VERSION, Base

VERSION_1 = """
CREATE TABLE schema_version (version INTEGER NOT NULL, PRIMARY KEY (version));
CREATE TABLE account (user VARCHAR(64) NOT NULL, name VARCHAR(64) NOT NULL, role VARCHAR(32) NOT NULL,
  org VARCHAR(32) NOT NULL, password_hash VARCHAR(128) NOT NULL, failed INTEGER NOT NULL, locked_until DATETIME,
  created_at DATETIME NOT NULL, PRIMARY KEY (user));
CREATE TABLE thread (id VARCHAR(64) NOT NULL, user VARCHAR(64) NOT NULL, context TEXT NOT NULL,
  created_at DATETIME NOT NULL, PRIMARY KEY (id));
CREATE TABLE run (id VARCHAR(64) NOT NULL, thread VARCHAR(64) NOT NULL REFERENCES thread (id),
  user VARCHAR(64) NOT NULL, text TEXT NOT NULL,
  status VARCHAR(16) NOT NULL, node VARCHAR(32) NOT NULL, waits_for VARCHAR(16) NOT NULL,
  report VARCHAR(64), answer TEXT, error TEXT NOT NULL, created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE work (run VARCHAR(64) NOT NULL REFERENCES run (id), kind VARCHAR(32) NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (run, kind));
CREATE TABLE report (id VARCHAR(64) NOT NULL, run VARCHAR(64) NOT NULL UNIQUE, template VARCHAR(32) NOT NULL,
  title VARCHAR(256) NOT NULL, org VARCHAR(32) NOT NULL, period VARCHAR(32) NOT NULL, author VARCHAR(64) NOT NULL,
  state VARCHAR(32) NOT NULL, version INTEGER NOT NULL, created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE version (report VARCHAR(64) NOT NULL REFERENCES report (id), number INTEGER NOT NULL,
  hash VARCHAR(64) NOT NULL, content TEXT NOT NULL, checks TEXT NOT NULL, made_by VARCHAR(64) NOT NULL,
  created_at DATETIME NOT NULL, PRIMARY KEY (report, number));
CREATE TABLE act (id VARCHAR(64) NOT NULL, report VARCHAR(64) NOT NULL REFERENCES report (id),
  version INTEGER NOT NULL, hash VARCHAR(64) NOT NULL,
  kind VARCHAR(16) NOT NULL, verb VARCHAR(16) NOT NULL, actor VARCHAR(64) NOT NULL,
  comment TEXT NOT NULL, at DATETIME NOT NULL, PRIMARY KEY (id), UNIQUE (report, version, kind));
CREATE TABLE release (report VARCHAR(64) NOT NULL REFERENCES report (id), version INTEGER NOT NULL,
  hash VARCHAR(64) NOT NULL, act VARCHAR(64) NOT NULL UNIQUE REFERENCES act (id), reviewer VARCHAR(64) NOT NULL,
  at DATETIME NOT NULL, archived_at DATETIME, PRIMARY KEY (report, version));
CREATE TABLE document (report VARCHAR(64) NOT NULL REFERENCES report (id), version INTEGER NOT NULL,
  format VARCHAR(16) NOT NULL, path TEXT NOT NULL, sha256 VARCHAR(64) NOT NULL, PRIMARY KEY (report, version, format));
CREATE TABLE outbox (id INTEGER NOT NULL, key VARCHAR(128) NOT NULL UNIQUE, topic VARCHAR(32) NOT NULL,
  body TEXT NOT NULL, created_at DATETIME NOT NULL, delivered_at DATETIME, PRIMARY KEY (id));
CREATE TABLE audit (seq INTEGER NOT NULL, at VARCHAR(40) NOT NULL, actor VARCHAR(64) NOT NULL,
  action VARCHAR(32) NOT NULL, object VARCHAR(128) NOT NULL, result VARCHAR(16) NOT NULL, detail TEXT NOT NULL,
  previous VARCHAR(64) NOT NULL, hash VARCHAR(64) NOT NULL, PRIMARY KEY (seq));
CREATE INDEX audit_object ON audit (object);
CREATE TABLE audit_head (id INTEGER NOT NULL, seq INTEGER NOT NULL, hash VARCHAR(64) NOT NULL, PRIMARY KEY (id));
"""
"""The tables of a record that was written before remarks, waivers and kept checklists were."""


def version_one(path: Path) -> None:
    """An empty record of schema version 1, in plain SQL."""
    with sqlite3.connect(path) as connection:
        connection.executescript(VERSION_1)
        connection.execute("INSERT INTO schema_version VALUES (1)")
        connection.execute("INSERT INTO audit_head VALUES (1, 0, ?)", ("0" * 64,))


def version_of(store: Store) -> list[int]:
    with store.engine.connect() as connection:
        return list(connection.execute(text("SELECT version FROM schema_version")).scalars())


def test_a_record_of_version_one_is_brought_forward_in_place(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    version_one(path)
    for _ in range(2):
        store = Store(f"sqlite:///{path}", tmp_path / "audit.anchor")
        assert version_of(store) == [SCHEMA_VERSION]
        assert set(inspect(store.engine).get_table_names()) >= set(Base.metadata.tables)
        found = store.verify_audit()
        assert (found.rows, found.broken) == (1, None), "the step is audited once and anchored"
        store.close()


def test_a_new_record_has_the_present_version(tmp_path: Path) -> None:
    assert version_of(Store(f"sqlite:///{tmp_path / 'record.sqlite'}")) == [SCHEMA_VERSION]


def test_a_newer_record_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    version_one(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    with pytest.raises(Broken, match=r"99.*没有打开") as caught:
        Store(f"sqlite:///{path}")
    assert "备份" in caught.value.hint
    with sqlite3.connect(path) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert "waiver" not in names
