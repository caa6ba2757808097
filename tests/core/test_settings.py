"""A copy of the settings with another home reads that home's files, whatever was read from the first one before."""

from __future__ import annotations

from pathlib import Path

from core.settings import Settings


def test_a_copy_with_another_home_reads_its_own_province(tmp_path: Path) -> None:
    first = Settings(home=tmp_path / "first", _env_file=None)
    seen = first.demo_dir, first.template_dir, first.source_url("meter")
    second = first.model_copy(update={"home": tmp_path / "second"})
    assert second.demo_dir == tmp_path / "second" / "demo"
    assert second.template_dir == tmp_path / "second" / "templates"
    assert "second" in second.source_url("meter") and "second" not in seen[2]
