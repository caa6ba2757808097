"""The sample report that the rooms of charts, documents and checks share."""

from __future__ import annotations

from datetime import datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from core.domain.labels import report_labels
from core.domain.report import ReportContent
from tools.documents import DocumentMeta


@pytest.fixture(scope="session")
def content() -> ReportContent:
    path = Path(__file__).parents[1] / "documents" / "sample_report.py"
    spec = spec_from_file_location("sample_report", path)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    built: ReportContent = module.build()
    return built


@pytest.fixture(scope="session")
def labels(content: ReportContent) -> dict[str, str]:
    return report_labels(content.org_name, content.period)


@pytest.fixture(scope="session")
def meta(content: ReportContent) -> DocumentMeta:
    at = datetime(2026, 11, 3, 9, 20, 31, 123456)
    return DocumentMeta("R1-99401-202610-0001", 2, content.hash(), "已发布", "李敏", "王建国", at)
