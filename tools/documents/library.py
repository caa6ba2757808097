"""Where documents lie: one folder per report and version under the home directory, one file per format."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from core.domain.labels import report_labels
from core.domain.report import ReportContent
from core.settings import Settings
from tools.documents import DocumentMeta, export, exporters
from tools.documents.shells import Dress
from tools.documents.standard import pack_of_report


def folder_of(settings: Settings, report: str) -> Path:
    """Where the documents of a report lie."""
    return settings.home / "files" / "documents" / report


def make_document(
    settings: Settings,
    format: str,
    report: str,
    version: int,
    content: ReportContent,
    labels: Mapping[str, str] | None = None,
    *,
    author: str = "",
    reviewer: str = "",
    approved_at: datetime | None = None,
    state: str = "",
    digest: str = "",
    dress: Dress | None = None,
) -> Path:
    """Write one document of a version and return its path; written whole or not at all.

    `digest` is the recorded hash of the version: it stays the hash of what was written when the version was made.
    `dress` asks for another form than the released one; it lies in a file of its own. Raises BadRequest when the format
    cannot wear it.
    """
    worn = (dress or Dress()).checked(format, content.shell)
    meta = DocumentMeta(
        report=report,
        version=version,
        hash=digest or content.hash(),
        state=state or ("已发布" if approved_at else "未审批"),
        author=author,
        reviewer=reviewer,
        approved_at=approved_at,
        font_dir=settings.font_dir,
        shell=worn.shell,
        number=worn.number,
        watermark=worn.watermark,
        to=worn.to,
        copies=worn.copies,
        standard=pack_of_report(content, worn.shell, settings).id,
        made_at=max((fact.as_of for fact in content.facts if fact.as_of), default=None),
    )
    words = report_labels(content.org_name, content.period) | dict(labels or {})
    suffix = exporters()[format].suffix if format in exporters() else f".{format}"
    # an approved document and a draft of the same version differ in their label: they are two files
    mark = dress.mark if dress else ""
    stage = ("" if approved_at else "-draft") + (f"-{mark}" if mark else "")
    out = folder_of(settings, report) / f"v{version}{stage}{suffix}"
    part = out.with_name(f"{out.name}.{os.getpid()}.part")
    export(format, content, words, meta, part)
    os.replace(part, out)
    return out


def make_documents(
    settings: Settings,
    report: str,
    version: int,
    content: ReportContent,
    labels: Mapping[str, str] | None = None,
    *,
    author: str = "",
    reviewer: str = "",
    approved_at: datetime | None = None,
    digest: str = "",
) -> dict[str, tuple[Path, str]]:
    """Every format of an approved version: format to path and SHA-256; repeating it gives the same bytes."""
    made = {}
    for name in exporters():
        path = make_document(
            settings,
            name,
            report,
            version,
            content,
            labels,
            author=author,
            reviewer=reviewer,
            approved_at=approved_at,
            digest=digest,
        )
        made[name] = (path, hashlib.sha256(path.read_bytes()).hexdigest())
    return made
