"""The retrieval bench asks what it says: filtered people see fewer sections, and a plain count finds the same ten."""

from __future__ import annotations

from core.settings import Settings
from evals.retrieval_bench import BEST, asked_by, made, people


def test_the_best_ten_are_those_of_a_plain_count() -> None:
    corpus = made(600, Settings(_env_file=None))
    measured = {who: asked_by(corpus, actor, queries=6) for who, actor in people().items()}
    assert measured["city"]["visible"] == 600 and BEST < measured["county"]["visible"] < 200
    assert all(item["recall_at_10"] == 1.0 for item in measured.values())
