"""Plain words bring the trade's words along, and nothing else changes a query."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from knowledge.search.plain_words import _FILE, widened


@pytest.mark.parametrize(
    ("query", "wide"),
    [
        ("老赖的钱怎么追", "老赖的钱怎么追，欠费 电费"),
        ("哪几户快要倒闭", "哪几户快要倒闭，高风险客户"),
        ("屋顶发电和电动汽车", "屋顶发电和电动汽车，光伏 充电桩"),
        ("望湖2026年8月分单位欠费", "望湖2026年8月分单位欠费"),
        ("参照上月的写法", "参照上月的写法"),
        ("光伏就是太阳能", "光伏就是太阳能"),
    ],
)
def test_a_query_gains_the_words_it_does_not_say(query: str, wide: str) -> None:
    assert widened(query) == wide


def test_the_list_says_everything_once() -> None:
    said: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["words"]
    for term, plain in said.items():
        assert plain and len(plain) == len(set(plain)), term
        assert term not in plain and all(isinstance(word, str) and word == word.strip() for word in plain), term
