"""The scorers themselves: a right answer passes, and each kind of wrong answer fails with a Chinese reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from evals.comparison import compare, table
from evals.gates import judge
from evals.scorers import external, figures, path
from evals.scorers.conduct import leaked, live
from evals.scorers.understanding import wrong

DEFAULTS = {"org": ("99401",), "period": ("2026-10-01..2026-10-31",)}
CASE = {"intent": "query", "indicator": "A02", "org": "9940104", "period": "2026-10"}
GOT: dict[str, Any] = {
    "intent": "query",
    "indicator": "A02",
    "org": "9940104",
    "period": {"start": "2026-10-01", "end": "2026-10-31"},
    "by": None,
    "compare": None,
    "template": None,
    "clarify": None,
    "refused": False,
}


def test_a_whole_request_read_right_is_right() -> None:
    assert wrong(CASE, GOT, DEFAULTS) == ""
    assert wrong({"intent": "query", "indicator": "A02"}, GOT | {"org": None, "period": None}, DEFAULTS) == ""
    assert wrong({"intent": "query", "indicator": "A02"}, GOT | {"org": "99401"}, DEFAULTS) == ""
    two = CASE | {"org": "9940103,9940104"}
    assert wrong(two, GOT | {"org": ["9940104", "9940103"]}, DEFAULTS) == ""


@pytest.mark.parametrize(
    ("change", "slot"),
    [
        ({"intent": "rank"}, "意图"),
        ({"indicator": "A05"}, "指标"),
        ({"org": "9940103"}, "单位"),
        ({"period": {"start": "2026-09-01", "end": "2026-09-30"}}, "期间"),
        ({"by": "org"}, "拆分"),
        ({"compare": "yoy"}, "对比"),
        ({"template": "R1"}, "模板"),
        ({"clarify": "哪个？"}, "结局"),
        ({"refused": True}, "结局"),
    ],
)
def test_one_wrong_slot_fails_the_request(change: dict[str, Any], slot: str) -> None:
    assert slot in wrong(CASE, GOT | change, DEFAULTS)


def test_a_unit_that_nobody_named_may_only_be_the_own_one() -> None:
    assert "单位" in wrong({"intent": "query", "indicator": "A02"}, GOT, DEFAULTS)


def fact(value: float | None, **more: Any) -> dict[str, Any]:
    compare = {"rule": "pct", "yoy": 5.21, "mom": None, "yoy_base": 90.0}
    body = {"indicator": "A02", "org": "99401", "by": None, "status": "ok" if value is not None else "empty"}
    return {**body, "value": value, "compare": compare, **more}


def test_a_figure_is_right_only_when_it_is_the_second_count() -> None:
    want = {"indicator": "A02", "org": "99401"}
    assert figures.wrong_value([fact(5657730.35)], want, Decimal("5657730.35")) == ""
    assert "应为" in figures.wrong_value([fact(5657731.35)], want, Decimal("5657730.35"))
    assert "没有" in figures.wrong_value([fact(1, org="9940101")], want, Decimal(1))
    assert "无数据" in figures.wrong_value([fact(0)], want, None)
    assert figures.wrong_value([fact(None)], want, None) == ""


def test_a_number_that_no_fact_supports_is_found() -> None:
    known = [fact(5657730.35)]
    assert figures.unsupported("售电量565.77万千瓦时，同比增长5.21%", known) == []
    assert figures.unsupported("售电量565.78万千瓦时", known) == ["565.78万千瓦时"]
    assert figures.unsupported("售电量565.77亿千瓦时", known) == ["565.77亿千瓦时"]
    assert figures.unsupported("同比增长5.22%", known) == ["5.22%"]
    assert figures.shown("售电量565.77万千瓦时", Decimal("5657730.35"))
    assert not figures.shown("售电量565.77千瓦时", Decimal("5657730.35"))


def test_another_path_fails() -> None:
    case = {"tools": ["indicator_query"], "most": 1, "steps": ["understand", "draft"]}
    assert path.wrong(case, ["indicator_query"], ["understand", "plan", "draft"]) == ""
    assert "工具" in path.wrong(case, ["detect_anomalies"], ["understand", "draft"])
    assert "至多" in path.wrong(case, ["indicator_query"] * 2, ["understand", "draft"])
    assert "步骤" in path.wrong(case, ["indicator_query"], ["draft", "understand"])


def test_other_units_and_live_content_are_found() -> None:
    assert leaked([fact(1, org="9940101")], "9940104") and not leaked([fact(1, org="994010402")], "9940104")
    assert not leaked([fact(None, org="9940101")], "9940104")
    for text in ("![x](https://e.invalid)", "<img src=x>", "[a](javascript:x)", "见 https://e.invalid"):
        assert live(text)
    assert not live("线损率高于 6% 的台区，见 [1]。")


def test_external_answers_are_compared_at_their_own_precision() -> None:
    assert external.wrong([["mean_fare", "34.65"]], [34.651]) == ""
    assert external.wrong("34.65", [34.66]) and external.wrong(["a", "b"], ["a"])
    assert external.wrong("Yes", ["yes"]) == ""
    assert external.wrong(3, [4])


def suite(rate: float, cases: int = 10, **measures: float) -> dict[str, Any]:
    return {"rate": rate, "cases": cases, "measures": measures, "skipped": "", "label": "数字"}


def test_a_missed_gate_is_missed_and_a_suite_not_sat_is_not_judged() -> None:
    good = judge({"numbers": suite(100, wrong_published=0)})
    assert {gate["suite"] for gate in good} == {"numbers"} and all(gate["met"] for gate in good)
    bad = judge({"numbers": suite(99.9, wrong_published=1)})
    assert not any(gate["met"] for gate in bad)
    assert not any(gate["met"] for gate in judge({"numbers": suite(0, cases=0)}))
    assert judge({"numbers": suite(100) | {"skipped": "没有"}}) == []


def run(right: dict[str, bool], prompt: str) -> dict[str, Any]:
    scores = [{"case": name, "wrong": "" if ok else "错"} for name, ok in right.items()]
    body = {**suite(50), "seconds": 1, "tokens": 2, "scores": scores}
    return {"id": prompt, "llm": "rule", "source": "s", "prompts": {"understand": prompt}, "suites": {"numbers": body}}


def test_two_runs_are_compared_case_by_case() -> None:
    found = compare(run({"a": True, "b": False}, "1"), run({"a": False, "b": True, "c": True}, "2"))
    assert found["suites"][0]["won"] == ["b"] and found["suites"][0]["lost"] == ["a"]
    assert found["prompts_changed"] == ["understand"] and found["same_source"]
    shown = table(found)
    assert "| 数字 |" in shown and "1（b）" in shown and "1（a）" in shown
