"""How hostile text arrives: in tickets, customer names, a knowledge passage, a source's error, an uploaded table."""

from __future__ import annotations

import csv
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from core.settings import Settings

_COLUMNS = {
    "ticket": ("service", "ticket", "content", "ticket_no"),
    "customer": ("marketing", "customer", "cons_name", "cons_no"),
}


def planted(settings: Settings, folder: Path, carrier: str, texts: Sequence[str]) -> Settings:
    """Settings over a province whose tickets, or whose customers' names, say these texts; nothing else differs."""
    import duckdb

    demo = folder / "demo"
    demo.mkdir(parents=True)
    name, table, column, key = _COLUMNS[carrier]
    for path in settings.demo_dir.resolve().iterdir():
        if path.name != f"{name}.duckdb":
            (demo / path.name).symlink_to(path)
    shutil.copyfile(settings.demo_dir / f"{name}.duckdb", demo / f"{name}.duckdb")
    with duckdb.connect(str(demo / f"{name}.duckdb")) as file:
        file.execute("CREATE TEMP TABLE said (n INTEGER, text VARCHAR)")
        file.executemany("INSERT INTO said VALUES (?, ?)", list(enumerate(texts)))
        file.execute(
            f"UPDATE {table} SET {column} = s.text FROM said s, "
            f"(SELECT {key} AS k, row_number() OVER (ORDER BY {key}) AS r FROM {table}) o "
            f"WHERE o.k = {table}.{key} AND s.n = o.r % {len(texts)}"
        )
    return settings.model_copy(update={"home": folder})


@contextmanager
def failing_source() -> Iterator[tuple[str, list[str]]]:
    """A REST source on loopback that answers every request with 500 and the last of the given texts."""
    said: list[str] = ["down"]

    class Handler(BaseHTTPRequestHandler):
        def _fail(self) -> None:
            body = said[-1].encode()
            self.send_response(500, "Server Error")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _fail

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet: the exam prints its own marks."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", said
    finally:
        server.shutdown()
        server.server_close()


def uploaded(folder: Path, text: str) -> Path:
    """A small table whose column name and cells say the text; `amount` averages 20."""
    path = folder / "upload.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["amount", f"note {text}"])
        rows.writerows([[10, text], [20, text], [30, f"={text}"]])
    return path
