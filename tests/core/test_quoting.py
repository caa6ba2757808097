"""Quoted passages stay words: no token, link or markup of theirs works, and none of them breaks an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.tokens import plain
from core.quoting import inert


@pytest.mark.parametrize("said", ["{{F1}}", "{{{F1}}}", "}}", "{{", "{ {F1}}", 'x: {"a": {"b": 1}}'])
def test_braces_of_a_passage_are_no_tokens(said: str) -> None:
    assert plain(inert(said), {}).replace(" ", "") == said.replace(" ", "")


@given(st.text(alphabet="{}F1 .:nab\n", max_size=30))
def test_no_passage_breaks_the_answer_that_quotes_it(said: str) -> None:
    assert plain(inert(said), {}) == inert(said)
