"""Fixtures for every room: a tiny demonstration province, built once and shared by all workers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

# a test can never reach a language model, a telemetry host or a model hub by accident
for name in ("GMA_LLM_BASE_URL", "GMA_LLM_MODEL", "GMA_LLM_API_KEY", "OPENAI_API_KEY"):
    os.environ.pop(name, None)
os.environ["ANONYMIZED_TELEMETRY"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("GMA_DEMO_PASSWORD", "Yunzhou-2026-demo")


@pytest.fixture(scope="session")
def demo_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny province's folder; read only. Built by the first worker that needs it."""
    root = tmp_path_factory.getbasetemp()
    shared = root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root
    target = shared / "province" / "demo"
    with FileLock(shared / "province.lock"):
        if not (target / "manifest.json").exists():
            from tools.demo import build

            target.parent.mkdir(parents=True, exist_ok=True)
            build(target, scale="tiny")
    return target


@pytest.fixture(scope="session")
def demo_home(demo_source: Path) -> Path:
    """A GMA_HOME whose `demo/` is the tiny province; for tests that only read."""
    return demo_source.parent


@pytest.fixture
def fresh_home(demo_source: Path, tmp_path: Path) -> Iterator[Path]:
    """An empty GMA_HOME of its own that links to the tiny province; for tests that write."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "demo").symlink_to(demo_source, target_is_directory=True)
    yield home
    shutil.rmtree(home, ignore_errors=True)
