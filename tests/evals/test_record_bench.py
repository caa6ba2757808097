"""The measurements of the record walk a real chain and count what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals import record_bench


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_the_walk_that_is_measured_is_a_whole_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, algorithm: str
) -> None:
    monkeypatch.setattr(record_bench, "WALKED", 3000)
    assert record_bench._verified(tmp_path / "chain", algorithm) > 0
    store = record_bench._store_of(tmp_path / "chain")
    verdict = store.verify_audit()
    store.close()
    assert (verdict.rows, verdict.broken) == (3000, None)


def test_appending_leaves_as_many_rows_as_are_counted(tmp_path: Path) -> None:
    record_bench._appended(tmp_path / "acts", 7, 3)
    store = record_bench._store_of(tmp_path / "acts")
    verdict = store.verify_audit()
    store.close()
    assert (verdict.rows, verdict.broken) == (21, None)
