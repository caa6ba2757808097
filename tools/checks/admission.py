"""What a file must be before it is read: no bomb, no macro, no entity, no larger than a report can be.

Only names, sizes and raw bytes are looked at; nothing is parsed until a file has been admitted.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from core.errors import BadRequest

MB = 1 << 20
MOST_BYTES = 40 * MB
MOST_PARTS = 3_000
MOST_UNPACKED = 120 * MB
MOST_XML = 12 * MB
MOST_CELLS = 60_000
MOST_TABLE_XML = 80 * MB
MOST_TABLE_CELLS = 1_000_000
MOST_COLUMNS = 2_000
_ENTITIES = tuple(
    word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
)
_CELLS = (b"<w:tc>", b"<w:tc ", b"<w:gridCol", b"<a:tc")
_SHEET_CELLS = (b"<c>", b"<c ", b"<c/>")
_MACROS = ("vbaproject.bin", "vbadata.xml")


def admit(path: Path) -> None:
    """Raise BadRequest with the reason when the file must not be read."""
    _admit_size(path)
    if path.suffix.lower() != ".pdf":
        _admit_package(path.name, path, MOST_XML, MOST_CELLS)


def admit_table(path: Path) -> None:
    """The same for an uploaded xlsx, which may hold more than a report's table does."""
    _admit_size(path)
    _admit_package(path.name, path, MOST_TABLE_XML, MOST_TABLE_CELLS)


def admit_embedded(name: str, data: bytes) -> None:
    """The same for a workbook that lies inside an admitted file: it unpacks a second time."""
    _admit_package(name, io.BytesIO(data), MOST_XML, MOST_CELLS)


def _admit_size(path: Path) -> None:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise BadRequest(
            f"「{path.name}」有 {size / MB:.0f} MB，超过可读取的 {MOST_BYTES // MB} MB。", "请压缩图片或拆分后再试。"
        )


def _admit_package(name: str, source: Path | io.BytesIO, most_xml: int, most_cells: int) -> None:
    try:
        with zipfile.ZipFile(source) as file:
            _admit_parts(name, file, most_xml, most_cells)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BadRequest(f"「{name}」已损坏、加密或不是 Office 文件。", "请用 Office 另存后再试。") from error


def _admit_parts(name: str, file: zipfile.ZipFile, most_xml: int, most_cells: int) -> None:
    parts = file.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise BadRequest(
            f"「{name}」展开后过大（{len(parts)} 个部件），可能是压缩炸弹，没有打开。",
            "请确认文件来源，重新导出后再试。",
        )
    if any(part.filename.lower().endswith(_MACROS) for part in parts):
        raise BadRequest(f"「{name}」带有宏，没有打开。", "请另存为不含宏的文件后再试。")
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels", ".vml")):
            _admit_xml(name, file, part, most_xml, most_cells)


def _admit_xml(name: str, file: zipfile.ZipFile, part: zipfile.ZipInfo, most_xml: int, most_cells: int) -> None:
    if part.file_size > most_xml:
        raise BadRequest(
            f"「{name}」的 {part.filename} 展开后有 {part.file_size / MB:.0f} MB，没有打开。", "请拆分后再试。"
        )
    data = file.read(part)
    if any(mark in data for mark in _ENTITIES):
        raise BadRequest(f"「{name}」的 {part.filename} 声明了外部实体，没有打开。", "请用 Office 另存后再试。")
    sheet = "/worksheets/" in part.filename
    cells = sum(data.count(mark) for mark in (_SHEET_CELLS if sheet else _CELLS))
    if sheet and cells > MOST_COLUMNS * max(1, data.count(b"<row")):
        raise BadRequest(f"「{name}」的表超过 {MOST_COLUMNS} 列，没有打开。", "请减少表的列数后再试。")
    if cells > most_cells:
        raise BadRequest(f"「{name}」的表格有 {cells} 个单元格，没有打开。", "请减少表格的行列后再试。")
    if b"macroEnabled" in data and part.filename == "[Content_Types].xml":
        raise BadRequest(f"「{name}」是启用宏的文件，没有打开。", "请另存为不含宏的文件后再试。")
