"""Wherever a number is slipped into a sentence, in whatever script, the gate sees it."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.report import Paragraph, ReportContent
from tools.checks import run_checks
from tools.documents.numbering import chinese

_WORDS = "当月售电量完成情况总体平稳，重点客户生产经营正常，数据不完整。"
_NUMBERS = st.one_of(
    st.integers(1, 10**9).map(str),
    st.decimals(0, 10**6, places=2, allow_nan=False).map(str),
    st.integers(1, 10**6).map(lambda n: "".join(chr(0xFF10 + int(digit)) for digit in str(n))),
    st.integers(1, 99).map(lambda n: f"{chinese(n)}户"),
    st.integers(1, 9).map(lambda n: f"近{chinese(n)}成"),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=_NUMBERS, at=st.integers(0, len(_WORDS)))
def test_no_number_passes(content: ReportContent, labels: dict[str, str], number: str, at: int) -> None:
    text = _WORDS[:at] + number + _WORDS[at:]
    first = content.sections[0].model_copy(update={"blocks": (Paragraph(text=text),)})
    small = content.model_copy(update={"sections": (first,), "facts": content.facts[:1], "findings": ()})
    results = run_checks(small, labels)
    assert [result for result in results if result.rule == "numeral_gate" and not result.passed], text
