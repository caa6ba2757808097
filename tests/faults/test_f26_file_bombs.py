"""F26: bombs, entities, macros, a million columns, a huge PDF handed to `gma check` or uploaded as a table: refused
quickly and cheaply."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

SECONDS, MEGABYTES = 2.0, 500
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def package(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in ({"[Content_Types].xml": TYPES.encode()} | parts).items():
            file.writestr(name, data)
    return path


def zip_bomb(folder: Path) -> Path:
    return package(folder / "bomb.docx", {f"word/media/{at}.bin": bytes(20_000_000) for at in range(10)})


def xml_bomb(folder: Path) -> Path:
    return package(folder / "bomb.docx", {"word/document.xml": b"<w:p/>" * 4_000_000})


def many_parts(folder: Path) -> Path:
    return package(folder / "many.pptx", {f"ppt/x/{at}": b"" for at in range(20_000)})


def entity(folder: Path) -> Path:
    text = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document {W}><w:body>&x;</w:body></w:document>'
    return package(folder / "entity.docx", {"word/document.xml": text.encode()})


def entity_in_utf16(folder: Path) -> Path:
    text = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE r [<!ENTITY x "y">]><w:document {W}/>'
    return package(folder / "entity.docx", {"word/document.xml": text.encode("utf-16")})


def macro(folder: Path) -> Path:
    return package(folder / "macro.docx", {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def million_columns(folder: Path) -> Path:
    row = b"<w:tc><w:p/></w:tc>" * 550_000
    return package(folder / "wide.docx", {"word/document.xml": b"<w:tbl><w:tr>" + row + b"</w:tr></w:tbl>"})


def huge_pdf(folder: Path) -> Path:
    path = folder / "huge.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(100 * 1024 * 1024)
    return path


def nested_pdf(folder: Path) -> Path:
    path = folder / "torn.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"<<" * 200_000 + b"\n%%EOF")
    return path


def not_a_zip(folder: Path) -> Path:
    path = folder / "plain.docx"
    path.write_bytes(os.urandom(4096))
    return path


def embedded_bomb(folder: Path) -> Path:
    """A presentation whose chart's workbook is the bomb: it would unpack when the chart is read."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", TYPES)
        file.writestr("xl/worksheets/sheet1.xml", b"<c r='A1'/>" * 6_000_000)
    space = "http://schemas.openxmlformats.org"
    chart = f'<c:chartSpace xmlns:c="{space}/drawingml/2006/chart"><c:chart/></c:chartSpace>'
    links = f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Target="../embeddings/b.xlsx"/>'
    parts = {
        "ppt/charts/chart1.xml": chart.encode(),
        "ppt/charts/_rels/chart1.xml.rels": f"{links}</Relationships>".encode(),
        "ppt/embeddings/b.xlsx": inner.getvalue(),
    }
    return package(folder / "inside.pptx", parts)


SHEET = "xl/worksheets/sheet1.xml"


def table_bomb(folder: Path) -> Path:
    return package(folder / "bomb.xlsx", {f"xl/media/{at}.bin": bytes(20_000_000) for at in range(10)})


def table_of_a_million_columns(folder: Path) -> Path:
    row = b"<c><v>1</v></c>" * 1_000_000
    sheet = b"<worksheet><sheetData><row>" + row + b"</row></sheetData></worksheet>"
    return package(folder / "wide.xlsx", {SHEET: sheet})


def table_with_entity(folder: Path) -> Path:
    return package(folder / "entity.xlsx", {SHEET: b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'})


def table_with_macro(folder: Path) -> Path:
    return package(folder / "macro.xlsx", {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def text_of_a_million_columns(folder: Path) -> Path:
    path = folder / "wide.csv"
    path.write_text(",".join(f"c{at}" for at in range(1_000_000)) + "\n", encoding="utf-8")
    return path


def parquet_of_a_billion_rows(folder: Path) -> Path:
    """Equal values take no room: a small file that would fill any memory."""
    import duckdb

    path = folder / "long.parquet"
    rows = "SELECT 1::BIGINT AS a, 2::BIGINT AS b FROM range(30_000_000)"
    duckdb.sql(f"COPY ({rows}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return path


def not_a_table(folder: Path) -> Path:
    path = folder / "plain.xlsx"
    path.write_bytes(os.urandom(4096))
    return path


BOMBS = [
    zip_bomb, xml_bomb, many_parts, entity, entity_in_utf16, macro, million_columns, huge_pdf, nested_pdf, not_a_zip,
    embedded_bomb,
]  # fmt: skip
UPLOADS = [
    table_bomb, table_of_a_million_columns, table_with_entity, table_with_macro, text_of_a_million_columns,
    parquet_of_a_billion_rows, not_a_table,
]  # fmt: skip
CHECK = """
import sys, time
from ui.cli import main
import tools.checks.readers as readers; readers.readers()
begun = time.monotonic()
code = main(["check", sys.argv[1]])
spent = time.monotonic() - begun
# the high-water mark since exec: getrusage would still know how large the parent was
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print("SPENT", spent, int(peak) // 1024)
sys.exit(code)
"""
UPLOAD = """
import pathlib, sys, time
import duckdb, pandas, openpyxl
from core.errors import GmaError
from tools.workbook import Workbook
begun = time.monotonic()
code = 0
try:
    Workbook(pathlib.Path(sys.argv[1]))
except GmaError as error:
    print(error, file=sys.stderr)
    code = 1
spent = time.monotonic() - begun
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print("SPENT", spent, int(peak) // 1024)
sys.exit(code)
"""
DOORS = [(CHECK, bomb) for bomb in BOMBS] + [(UPLOAD, bomb) for bomb in UPLOADS]


@pytest.mark.parametrize(("door", "bomb"), DOORS, ids=[bomb.__name__ for _, bomb in DOORS])
def test_a_dangerous_file_is_refused_quickly_and_cheaply(
    tmp_path: Path, door: str, bomb: Callable[[Path], Path]
) -> None:
    path = bomb(tmp_path)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", door, str(path)], capture_output=True, text=True, timeout=120)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 1, done.stdout + done.stderr
    assert path.name in done.stderr and "Traceback" not in done.stderr, done.stderr
    spent, peak = (float(word) for word in done.stdout.split("SPENT")[1].split())
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # wall time of a busy machine is not the file's doing: the work itself is what is bounded
    assert min(spent, cpu) < SECONDS and peak < MEGABYTES, (spent, cpu, peak, time.monotonic() - begun)
