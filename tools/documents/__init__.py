"""Documents (导出文件): one report version in, one file out. Each file of `formats/` exports `EXPORTER`.

Formats that are not present are not registered; `format_names()` says which exist.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from core.domain.report import ReportContent
from core.errors import BadRequest, Broken

PRODUCER = "grid-marketing-agent"


@dataclass(frozen=True)
class DocumentMeta:
    """What a document says about its own origin. `made_at` dates the file while nobody has approved it.

    `font_dir` holds a site's licensed fonts for the print; `watermark` stands behind its pages.
    `shell` is one of `tools.documents.shells`, `number` the 发文字号 of an official paper, `to` and `copies` its 主送
    and 抄送.
    """

    report: str
    version: int
    hash: str
    state: str = ""
    author: str = ""
    reviewer: str = ""
    approved_at: datetime | None = None
    made_at: datetime | None = None
    label: str = ""
    font_dir: Path | None = None
    watermark: str = ""
    shell: str = "internal"
    number: str = ""
    to: str = ""
    copies: str = ""
    standard: str = ""
    """The rule pack that the file is held to; named in its properties."""

    @property
    def ai_label(self) -> str:
        """The explicit label that every generated document carries."""
        if self.label:
            return self.label
        if self.reviewer and self.approved_at:
            return f"本报告由人工智能辅助生成，经{self.reviewer}审核"
        return "本报告由人工智能辅助生成，尚未审核"

    @property
    def dated(self) -> datetime:
        """The date of the file's properties; never the clock, so that the same version gives the same bytes."""
        return self.approved_at or self.made_at or datetime(2000, 1, 1)


class Render(Protocol):
    def __call__(self, content: ReportContent, labels: Mapping[str, str], meta: DocumentMeta) -> bytes: ...


@dataclass(frozen=True)
class Exporter:
    """One document format; `render` returns the file's bytes, the same for the same input."""

    format: str
    label: str
    media_type: str
    suffix: str
    render: Render


@cache
def exporters() -> dict[str, Exporter]:
    """Every registered format by name; raises Broken for duplicates."""
    import tools.documents.formats as folder

    found: dict[str, Exporter] = {}
    for info in sorted(pkgutil.iter_modules(folder.__path__), key=lambda item: item.name):
        exporter: Exporter = importlib.import_module(f"{folder.__name__}.{info.name}").EXPORTER
        if exporter.format in found:
            raise Broken(f"导出格式「{exporter.format}」声明了两次", "请删去重复的文件")
        found[exporter.format] = exporter
    return found


def format_names() -> tuple[str, ...]:
    """Names of the formats that exist."""
    return tuple(exporters())


def export(format: str, content: ReportContent, labels: Mapping[str, str], meta: DocumentMeta, out: Path) -> Path:
    """Write one document to `out` (its folder is made). Raises BadRequest for a format that does not exist."""
    exporter = exporters().get(format)
    if exporter is None:
        raise BadRequest(f"不支持导出格式「{format}」。", f"现有格式：{'、'.join(format_names())}。")
    data = exporter.render(content, labels, meta)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(data)
    return out
