"""Which claims a printed text makes: figures with the words beside them, quantities, names, directions, ranks."""

from __future__ import annotations

import pytest

from tools.checks.lexicon import Lexicon, Word
from tools.checks.proof.claims import claims_of

NAMES = {
    "第3供电所": Word("org", "第3供电所", "3所"),
    "国网云州供电公司": Word("org", "国网云州供电公司", "云州"),
    "云州": Word("org", "云州", "云州"),
    "2%～4%": Word("member", "2%～4%", "tg"),
    "大工业": Word("member", "大工业", "tariff_class"),
    "95598工单量": Word("indicator", "95598工单量"),
    "售电量": Word("indicator", "售电量"),
}
SHARES = (("由-3.40%到＋5％", 1), ("%", 6), ("40%到＋5％", 8), ("％", 10))
"""A sign of percent is a claim of its own beside the two numbers."""


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("情况良好。", []),
        ("售电量12.36亿千瓦时，", [("indicator", "售电量", 0), ("figure", "售电量12.36亿千瓦时", 3)]),
        ("售电量，12.36。", [("indicator", "售电量", 0), ("figure", "12.36", 4)]),
        ("合计为1,236,000件工单受理", [("figure", "合计为1,236,000件工单受理", 3)]),
        ("由-3.40%到＋5％", [("figure", words, at) for words, at in SHARES]),
        ("第3供电所较好", [("org", "3所", 0)]),
        ("国网云州供电公司与云州", [("org", "云州", 0), ("org", "云州", 9)]),
        ("2%～4%区间较多", [("member", "2%～4%", 0)]),
        ("95598工单量较多", [("indicator", "95598工单量", 0)]),
        ("大工业同比增长", [("member", "大工业", 0), ("base", "同比", 3), ("rise", "增长", 5)]),
        ("均为最高", [("negation", "均", 0), ("top", "最高", 2)]),
        ("未达到", [("below", "未达到", 0)]),
        ("本月与上月", [("now", "本月", 0), ("earlier", "上月", 3)]),
        ("有三成台区", [("figure", "三成", 1)]),
        ("三成与5户", [("figure", "三成", 0), ("figure", "三成与5户", 3)]),
    ],
)
def test_claims(text: str, claims: list[tuple[str, str, int]]) -> None:
    found = claims_of(text, Lexicon(NAMES), frozenset({"第3供电所", "2%～4%", "95598工单量"}))
    assert [(claim.kind, claim.text, claim.at) for claim in found] == claims
    assert [claim.said for claim in found] == [(kind, words) for kind, words, _ in claims]


def test_what_needs_a_fact() -> None:
    text = "未最大化售电量国网云州供电公司大工业本月上月同比，增长下降持平最高最低居前由高到低连续，首次高于不足5"
    found = claims_of(text, Lexicon(NAMES), frozenset())
    silent = {claim.kind for claim in found if not claim.needs_fact}
    assert silent == {"negation", "noun", "indicator", "org", "member", "now", "earlier", "base"}
    assert {"rise", "fall", "flat", "top", "bottom", "leading", "descending", "first", "above", "below", "figure"} <= {
        claim.kind for claim in found if claim.needs_fact
    }
