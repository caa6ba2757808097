"""The sample report that the rooms of charts, documents and checks share."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from datetime import datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from core.domain.labels import report_labels
from core.domain.report import Block, CheckResult, ReportContent, Section
from tools.checks import run_checks
from tools.checks.readers import read_file, readers
from tools.checks.reading import Pages
from tools.documents import DocumentMeta, export


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
def of(content: ReportContent) -> Callable[..., list[CheckResult]]:
    """The findings of one rule on the sample report when these blocks are all that it says."""

    def run(rule: str, *blocks: Block, **more: Any) -> list[CheckResult]:
        section = Section(id="only", heading="总体情况", blocks=blocks)
        small = content.model_copy(update={"sections": (section,), "findings": ()} | more)
        return [item for item in run_checks(small, {}) if item.rule == rule and not item.passed]

    return run


@pytest.fixture(scope="session")
def meta(content: ReportContent) -> DocumentMeta:
    at = datetime(2026, 11, 3, 9, 20)
    return DocumentMeta("R1-99401-202610-0001", 2, content.hash(), "已发布", "李敏", "王建国", at)


@pytest.fixture(scope="session")
def files(
    content: ReportContent, labels: dict[str, str], meta: DocumentMeta, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The report as a file of every format that can be read back."""
    folder = tmp_path_factory.mktemp("files")
    names = [suffix.removeprefix(".") for suffix in readers()]
    return {name: export(name, content, labels, meta, folder / f"report.{name}") for name in names}


@pytest.fixture(scope="session")
def read(request: pytest.FixtureRequest) -> dict[str, Pages]:
    """Those files read back. `GMA_SAMPLE_PAGES` names a pickle of them, made before."""
    if kept := os.environ.get("GMA_SAMPLE_PAGES"):
        known: dict[str, Pages] = pickle.loads(Path(kept).read_bytes())
        return known
    return {name: read_file(path) for name, path in request.getfixturevalue("files").items()}
