"""What Word and PowerPoint files have in common: custom properties, and charts with their workbooks."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from pathlib import Path
from typing import Any

from tools.checks.admission import admit_embedded
from tools.checks.reading import Drawing

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MEDIA = re.compile(r"(?:word|ppt)/media/")
_CHART = re.compile(r"(?:word|ppt)/(?:charts|embeddings/charts)/[^/]+\.xml$")


def properties_of(path: Path) -> dict[str, str]:
    """The custom properties of the file by name."""
    with zipfile.ZipFile(path) as file:
        if "docProps/custom.xml" not in file.namelist():
            return {}
        root = _xml(file.read("docProps/custom.xml"))
    return {item.get("name", ""): "".join(item.itertext()) for item in root}


def drawings_of(path: Path) -> tuple[Drawing, ...]:
    """Every native chart of the file, in the order of its parts."""
    with zipfile.ZipFile(path) as file:
        names = sorted((name for name in file.namelist() if _CHART.match(name)), key=_number)
        return tuple(_drawing(name, file) for name in names if "/style" not in name and "/colors" not in name)


def pictures_of(path: Path) -> tuple[str, ...]:
    """The SHA-256 of every picture in the file, in the order of its parts."""
    with zipfile.ZipFile(path) as file:
        names = sorted((name for name in file.namelist() if _MEDIA.match(name)), key=_number)
        return tuple(hashlib.sha256(file.read(name)).hexdigest() for name in names)


def _number(name: str) -> tuple[int, str]:
    digits = re.sub(r"\D", "", name.rpartition("/")[2])
    return int(digits or 0), name


def _drawing(name: str, file: zipfile.ZipFile) -> Drawing:
    root = _xml(file.read(name))
    series = list(root.iter(f"{_C}ser"))
    named = [_cached(item.find(f"{_C}cat")) for item in series]
    categories = next((names for names in named if names), ())
    return Drawing(
        name=name,
        titles=tuple(text for item in root.iter(f"{_C}title") if (text := _typed(item))),
        categories=categories,
        series=tuple(("".join(_cached(item.find(f"{_C}tx"))), _cached(item.find(f"{_C}val"))) for item in series),
        labels=tuple(text for item in root.iter(f"{_C}dLbl") if (text := _typed(item))),
        workbook=_workbook(name, file),
        strays=tuple(text for names in named if names and names != categories for text in names),
    )


def _typed(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(f"{_A}t"))


def _cached(element: Any) -> tuple[str, ...]:
    """Texts or numbers of a reference or literal, by index; "" where a point has none."""
    if element is None:
        return ()
    points = {int(item.get("idx", "0")): item.findtext(f"{_C}v") or "" for item in element.iter(f"{_C}pt")}
    if not points:
        return tuple(node.text or "" for node in element.iter(f"{_C}v"))
    count = next((int(item.get("val", "0")) for item in element.iter(f"{_C}ptCount")), 0)
    return tuple(points.get(at, "") for at in range(max(count, *(at + 1 for at in points))))


def _workbook(name: str, file: zipfile.ZipFile) -> tuple[tuple[str, ...], ...]:
    """The rows of the workbook that opens behind the chart; none when it has none."""
    folder, _, part = name.rpartition("/")
    links = f"{folder}/_rels/{part}.rels"
    if links not in file.namelist():
        return ()
    for link in _xml(file.read(links)):
        target = link.get("Target", "")
        if target.endswith(".xlsx"):
            inside = re.sub(r"[^/]+/\.\./", "", f"{folder}/{target}")
            return _rows(inside, file.read(inside)) if inside in file.namelist() else ()
    return ()


def _rows(name: str, data: bytes) -> tuple[tuple[str, ...], ...]:
    from openpyxl import load_workbook

    admit_embedded(name, data)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        return tuple(
            tuple("" if value is None else str(value) for value in row)
            for sheet in book.worksheets
            for row in sheet.iter_rows(values_only=True)
        )
    finally:
        book.close()


def _xml(data: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
