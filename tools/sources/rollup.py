"""The roll-up of daily energy beside a DuckDB source: exact under late data, or not used.

One DuckDB file under GMA_HOME, rebuildable at any time. It is built inside DuckDB, part by part: a part is one Parquet
file behind the source's view, or one month of the source's own table. Before every answer the source's files are
compared with those that the roll-up was made from (inode, size, change times); a roll-up that differs is brought up to
date first, changed parts only, by one process at a time, as a new file that replaces the old one. What takes longer
than `WAIT`, fails, or is not understood leaves the query to the raw rows.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import logging
import os
import shutil
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.sources.additive import DATASET, KEYS, READINGS, ROWS, TABLE, known, over_rollup
from tools.sources.rewrite import Plan
from tools.sources.statement import Statement

if TYPE_CHECKING:
    import duckdb

log = logging.getLogger(__name__)

FORMAT = "1"
WAIT = 1.0
"""Seconds that a query waits for a roll-up that is being brought up to date."""
STOP = 5.0
"""Seconds that closing waits for an interrupted refresh."""
AGAIN = 60.0
"""Seconds before a failed refresh is tried again on unchanged files."""
SETTLE = 0.05
"""Files changed less than this many seconds ago may change again under the same time stamp: they are not trusted."""
CATALOG = "roll"
PLANS = 500
_MONTH = "COALESCE(strftime(date, '%Y-%m'), '')"
_FIELDS = ", ".join((*KEYS, f"COUNT(*) AS {ROWS}"))


class Rollup:
    """The roll-up of one source. Safe between threads and processes; never raises for its own failures."""

    def __init__(self, name: str, path: Path, folder: Path, *, wait: float = WAIT, settle: float = SETTLE) -> None:
        address = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
        self.file = folder / f"{name}-{address}.duckdb"
        self._path, self._wait, self._settle = path, wait, settle
        self._lock = threading.Lock()
        self._opened: duckdb.DuckDBPyConnection | None = None
        self._opened_as: tuple[int, ...] = ()
        self._about: dict[str, Any] = {}
        self._plans: dict[tuple[str, int], Plan | None] = {}
        self._worker: threading.Thread | None = None
        self._since = 0.0
        self._engine: duckdb.DuckDBPyConnection | None = None
        self._failed: tuple[str, float] = ("", 0.0)
        _LIVING.add(self)

    def plan(self, statement: Statement, limit: int) -> Plan | None:
        """The statement over the roll-up; None where the roll-up does not answer it exactly."""
        key = (statement.text, limit)
        if key not in self._plans:
            if len(self._plans) >= PLANS:
                self._plans.clear()
            self._plans[key] = over_rollup(statement, CATALOG, limit)
        return self._plans[key]

    def cursor(self) -> duckdb.DuckDBPyConnection | None:
        """A cursor on a roll-up that equals the source as its files are now; None: read the source itself."""
        found = self._current()
        if found is None and self._refresh():
            found = self._current()
        return found

    def broken(self, error: Exception) -> None:
        """A query on the roll-up failed: throw the file away, so that the next query builds it anew."""
        log.warning("rollup unreadable, reading raw rows: %s: %s", self.file.name, type(error).__name__)
        with self._lock:
            self._discard()

    def close(self) -> None:
        """Close the file and stop a refresh under way; the next query starts it again."""
        import duckdb

        worker, until = self._worker, time.monotonic() + STOP
        while worker is not None and worker.is_alive() and time.monotonic() < until:
            engine = self._engine
            if engine is not None:
                with contextlib.suppress(duckdb.ConnectionException):  # it has just ended by itself
                    engine.interrupt()
            worker.join(0.05)
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._opened is not None:
            self._opened.close()
        self._opened, self._opened_as, self._about = None, (), {}

    def _discard(self) -> None:
        self._drop()
        try:
            self.file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("rollup cannot be removed: %s: %s", self.file.name, type(error).__name__)

    def _current(self) -> duckdb.DuckDBPyConnection | None:
        import duckdb

        with self._lock:
            try:
                found = os.stat(self.file)
                stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
                if self._opened is None or stamp != self._opened_as:
                    self._drop()
                    self._opened, self._opened_as = _reader(self.file), stamp
                    self._about = _about(self._opened)
                if self._about["stamp"] != source_stamp(self._path, self._about["folder"]):
                    return None
                return self._opened.cursor()
            except OSError:
                self._drop()  # no roll-up yet, or no source: the caller finds out which
                return None
            except (duckdb.Error, KeyError, ValueError) as error:
                log.warning("rollup unreadable, building it anew: %s: %s", self.file.name, type(error).__name__)
                self._discard()
                return None

    def _refresh(self) -> bool:
        """Bring the roll-up up to date in a thread of its own; whether it ended within the wait from its start."""
        with self._lock:
            if self._worker is None or not self._worker.is_alive():
                before, at = self._failed
                if before == _quick(self._path) and time.monotonic() - at < AGAIN:
                    return False
                self._worker = threading.Thread(target=self._work, name=f"gma-rollup-{self.file.stem}", daemon=True)
                self._since = time.monotonic()
                self._worker.start()
            worker, left = self._worker, self._since + self._wait - time.monotonic()
        worker.join(max(left, 0.0))
        return not worker.is_alive()

    def _work(self) -> None:
        import duckdb
        from filelock import FileLock, Timeout

        quick = _quick(self._path)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.file}.lock", timeout=self._wait):
                if not self._is_fresh():
                    bring_up_to_date(self._path, self.file, self._settle, self._hold)
        except (Unsettled, Timeout, duckdb.InterruptException) as error:
            log.info("rollup not refreshed now, reading raw rows: %s: %s", self.file.name, type(error).__name__)
        except (OSError, duckdb.Error, Unsuited) as error:
            why = " ".join(str(error).split())[:200]
            log.warning("rollup not built, reading raw rows: %s: %s", self.file.name, why)
            self._failed = (quick, time.monotonic())

    def _hold(self, engine: duckdb.DuckDBPyConnection) -> None:
        self._engine = engine

    def _is_fresh(self) -> bool:
        """Whether another process has brought the file up to date in the meantime."""
        about = _about_file(self.file)
        return bool(about) and about["stamp"] == source_stamp(self._path, about["folder"])


_LIVING: weakref.WeakSet[Rollup] = weakref.WeakSet()


@atexit.register
def _stop_all() -> None:
    """An engine at work in a thread would abort the ending process."""
    for rollup in list(_LIVING):
        rollup.close()


class Unsuited(Exception):
    """The source is not of a shape that a roll-up can follow."""


class Unsettled(Exception):
    """The source's files are changing right now."""


def source_stamp(path: Path, folder: str) -> dict[str, list[int]]:
    """What the answer depends on: the database file, its log, and every Parquet file of `folder` ('' for none)."""
    out = {"db": _print(path)}
    with contextlib.suppress(FileNotFoundError):
        out["log"] = _print(path.with_name(f"{path.name}.wal"))
    if folder:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name.endswith(".parquet"))
        out.update({f"{folder}/{name}": _print(Path(folder, name)) for name in names})
    return out


def _print(path: Path) -> list[int]:
    found = os.stat(path)
    return [found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def _quick(path: Path) -> str:
    try:
        return json.dumps(_print(path))
    except OSError as error:
        return type(error).__name__


def bring_up_to_date(
    path: Path, file: Path, settle: float, hold: Callable[[duckdb.DuckDBPyConnection], None] = lambda engine: None
) -> list[str]:
    """Build the roll-up `file` of the source `path`, or its changed parts; the parts that were computed.

    `hold` is given the engine at work, so that it can be interrupted from another thread. The caller holds the lock.
    Raises Unsuited, Unsettled, OSError or duckdb.Error, and then leaves `file` as it was.
    """
    part = file.with_suffix(".part")
    for rest in (part, part.with_name(f"{part.name}.wal")):
        rest.unlink(missing_ok=True)
    old = _about_file(file)
    try:
        with _engine(path) as engine:
            hold(engine)
            folder = _folder(engine)
            stamp = source_stamp(path, folder)
            newest = max(item[-1] for item in stamp.values()) / 1e9
            if time.time() - newest < settle:
                raise Unsettled
            shape = _shape(engine, folder)
            if old.get("shape") == shape:
                shutil.copyfile(file, part)
            done = _compute(engine, part, folder, stamp, shape, old if old.get("shape") == shape else {})
        if source_stamp(path, folder) != stamp:
            raise Unsettled
        os.replace(part, file)
        return done
    finally:
        part.unlink(missing_ok=True)
        part.with_name(f"{part.name}.wal").unlink(missing_ok=True)


@contextlib.contextmanager
def _engine(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    import duckdb

    threads = max(1, (os.cpu_count() or 2) // 2)
    with duckdb.connect(":memory:", config={"memory_limit": "1GB", "threads": threads}) as engine:
        engine.execute(f"ATTACH '{_escaped(path)}' AS src (READ_ONLY)")
        yield engine


def _folder(engine: duckdb.DuckDBPyConnection) -> str:
    """The folder of Parquet files that the dataset is a plain view of; '' for a table. Raises Unsuited otherwise."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    owner = "database_name = 'src' AND schema_name = 'main'"
    if engine.execute(f"SELECT 1 FROM duckdb_tables() WHERE {owner} AND table_name = '{DATASET}'").fetchone():
        return ""
    found = engine.execute(f"SELECT sql FROM duckdb_views() WHERE {owner} AND view_name = '{DATASET}'").fetchone()
    try:
        view = sqlglot.parse_one(found[0], dialect="duckdb") if found else None
    except SqlglotError as error:
        raise Unsuited(f"the view {DATASET} cannot be read") from error
    select = view.expression if isinstance(view, exp.Create) else None
    reader = select.find(exp.ReadParquet) if select is not None else None
    pattern = reader.expressions[0].name if reader is not None and reader.expressions else ""
    plain = sqlglot.parse_one(f"SELECT * FROM read_parquet('{_escaped(pattern)}')", dialect="duckdb")
    folder, _, last = pattern.rpartition("/")
    if select != plain or last != "*.parquet" or not folder.startswith("/") or any(mark in folder for mark in "*?[]{}"):
        raise Unsuited(f"{DATASET} is neither a table nor a plain view of one folder of Parquet files")
    return folder


def _shape(engine: duckdb.DuckDBPyConnection, folder: str) -> str:
    """The types that the sums depend on, as text. Raises Unsuited for readings that do not add up exactly."""
    import duckdb

    rows = engine.execute(f"DESCRIBE SELECT {', '.join((*KEYS, *READINGS))} FROM src.main.{DATASET}").fetchall()
    types = {row[0]: str(row[1]) for row in rows}
    narrow = all(types[name].startswith("DECIMAL(") and int(types[name][8:-1].split(",")[0]) <= 18 for name in READINGS)
    if not narrow or [types[name] for name in KEYS] != ["VARCHAR", "VARCHAR", "DATE"]:
        raise Unsuited(f"{DATASET} has columns of other types: {types}")
    return json.dumps([FORMAT, duckdb.__version__, folder, types])


def _compute(
    engine: duckdb.DuckDBPyConnection,
    part: Path,
    folder: str,
    stamp: dict[str, list[int]],
    shape: str,
    old: dict[str, Any],
) -> list[str]:
    """Compute the parts that differ from `old` into the roll-up `part`, in one transaction."""
    files = sorted(name for name in stamp if name not in {"db", "log"})
    if folder and files != _listed(engine, folder):
        raise Unsuited("the engine reads other files than the folder lists")
    prints = {name: json.dumps(stamp[name]) for name in files} if folder else _months(engine)
    before = old.get("parts", {})
    changed = sorted(name for name, value in prints.items() if before.get(name) != value)
    gone = sorted(name for name in before if prints.get(name) != before[name])
    engine.execute(f"ATTACH '{_escaped(part)}' AS {CATALOG}")
    engine.execute("BEGIN")
    origin = f"read_parquet('{_escaped(folder)}/*.parquet', filename = true)" if folder else f"src.main.{DATASET}"
    label = "filename" if folder else _MONTH
    types = json.loads(shape)[3]
    sums = ", ".join(
        f"CAST(SUM({name}) AS DECIMAL(18,{types[name][8:-1].split(',')[1]})) AS {name}, COUNT({name}) AS {known(name)}"
        for name in READINGS
    )
    select = f"SELECT {label} AS part, {_FIELDS}, {sums} FROM {origin}"
    target = f"{CATALOG}.main.{TABLE}"
    engine.execute(f"CREATE TABLE IF NOT EXISTS {target} AS {select} WHERE false GROUP BY ALL")
    engine.execute(f"CREATE TABLE IF NOT EXISTS {CATALOG}.main.about (text VARCHAR)")
    if gone:
        engine.execute(f"DELETE FROM {target} WHERE part IN ({_list(gone)})")
    if changed:
        wanted = f"WHERE {label} IN ({_list(changed)}) GROUP BY ALL ORDER BY date, tg_no"
        engine.execute(f"INSERT INTO {target} {select} {wanted}")
    about = {"shape": shape, "folder": folder, "stamp": stamp, "parts": prints}
    engine.execute(f"DELETE FROM {CATALOG}.main.about")
    engine.execute(f"INSERT INTO {CATALOG}.main.about VALUES (?)", [json.dumps(about)])
    engine.execute("COMMIT")
    engine.execute(f"CHECKPOINT {CATALOG}")
    engine.execute(f"DETACH {CATALOG}")
    return changed


def _listed(engine: duckdb.DuckDBPyConnection, folder: str) -> list[str]:
    return sorted(row[0] for row in engine.execute(f"SELECT file FROM glob('{_escaped(folder)}/*.parquet')").fetchall())


def _months(engine: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """A fingerprint of each month of the table: rows, and the sum and XOR of their hashes, whatever their order."""
    value = f"hash({', '.join((*KEYS, *READINGS))})"
    rows = engine.execute(
        f"SELECT {_MONTH} AS part, COUNT(*), SUM({value}::HUGEINT), BIT_XOR({value})"
        f" FROM src.main.{DATASET} GROUP BY ALL"
    ).fetchall()
    return {row[0]: json.dumps([str(value) for value in row[1:]]) for row in rows}


def _reader(file: Path) -> duckdb.DuckDBPyConnection:
    """An engine that has the roll-up and nothing else, locked like the source's own."""
    import duckdb

    engine = duckdb.connect(":memory:", config={"memory_limit": "1GB"})
    engine.execute("SET python_enable_replacements = false")
    engine.execute(f"ATTACH '{_escaped(file)}' AS {CATALOG} (READ_ONLY)")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    return engine


def _about(engine: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    row = engine.execute(f"SELECT text FROM {CATALOG}.main.about").fetchone()
    found: dict[str, Any] = json.loads(row[0]) if row else {}
    return found


def _about_file(file: Path) -> dict[str, Any]:
    """What a roll-up file says of itself; empty where there is none or it cannot be read."""
    import duckdb

    if not file.is_file():
        return {}
    try:
        with _reader(file) as engine:
            found = _about(engine)
        return found if found.keys() >= {"shape", "folder", "stamp", "parts"} else {}
    except (duckdb.Error, ValueError) as error:
        log.warning("rollup unreadable, building it anew: %s: %s", file.name, type(error).__name__)
        return {}


def _list(names: list[str]) -> str:
    return ", ".join(f"'{_escaped(name)}'" for name in names)


def _escaped(text: object) -> str:
    return str(text).replace("'", "''")
