"""F26: bombs, entities, macros, a million columns, a huge PDF handed to `gma check`: refused quickly and cheaply."""

from __future__ import annotations

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


BOMBS = [
    zip_bomb, xml_bomb, many_parts, entity, entity_in_utf16, macro, million_columns, huge_pdf, nested_pdf, not_a_zip,
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


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.__name__)
def test_a_dangerous_file_is_refused_quickly_and_cheaply(tmp_path: Path, bomb: Callable[[Path], Path]) -> None:
    path = bomb(tmp_path)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", CHECK, str(path)], capture_output=True, text=True, timeout=120)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 1, done.stdout + done.stderr
    assert path.name in done.stderr and "Traceback" not in done.stderr, done.stderr
    spent, peak = (float(word) for word in done.stdout.split("SPENT")[1].split())
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # wall time of a busy machine is not the file's doing: the work itself is what is bounded
    assert min(spent, cpu) < SECONDS and peak < MEGABYTES, (spent, cpu, peak, time.monotonic() - begun)
