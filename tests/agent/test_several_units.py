"""A question about several units is answered for each of them; what one has never hides what another has not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.events import Answer, Understood
from agent.rule_text import answer_text
from agent.seen import Results

Say = Callable[..., Answer]
LAKE, RIVER = "望湖区", "清河区"


def test_each_unit_gets_its_own_forecast(say: Say) -> None:
    told = say(f"预测{LAKE}和{RIVER}2026年11月售电量")
    assert told.text.count("预计2026年11月") == 2 and told.text.count("区间承诺覆盖") <= 2
    assert told.text.index(LAKE) < told.text.index(RIVER)
    for name in (LAKE, RIVER):
        one = say(f"预测{name}2026年11月售电量").text
        assert one.splitlines()[0] in told.text, "the same sentence as when asked alone"


def test_a_forecast_by_units_is_one_for_each_unit_below(say: Say) -> None:
    told = say("预测各区县2026年11月售电量")
    assert told.understood and told.understood.org == "99401", "the reading stays what was said"
    assert told.text.count("预计2026年11月") == 4 and all(name in told.text for name in (LAKE, RIVER, "临江", "东陵"))


@pytest.mark.parametrize(
    "text",
    [
        f"{LAKE}和{RIVER}2026年10月有没有用电异常",
        f"{LAKE}、{RIVER}大客户流失预警",
        f"{LAKE}和{RIVER}2026年10月售电量为什么下降",
        f"{LAKE}和{RIVER}的大客户挽回措施怎么排优先级",
        f"{LAKE}和{RIVER}2026年10月数据核对有没有差异",
    ],
)
def test_each_analysis_names_every_unit_it_was_asked_about(say: Say, text: str) -> None:
    told = say(text)
    heads = [line for line in told.text.splitlines() if line.endswith("供电公司：")]
    assert len(heads) == 2 and LAKE in heads[0] and RIVER in heads[1], told.text
    blocks = told.text.split(heads[1])
    assert blocks[0].replace(heads[0], "").strip() and blocks[1].strip(), "neither unit is passed over in silence"


def test_a_unit_without_anything_to_tell_says_so_beside_one_that_has() -> None:
    seen = Results()
    found = {"title": "甲用电量异常下降", "severity": "异常", "text": "下降。"}
    for about, findings in (("甲县", [found]), ("乙县", [])):
        seen.add(Results(about=about, findings=findings))
        seen.each.append(Results(about=about, findings=findings))
    text, labels = answer_text(Understood(intent="detect", org=["1", "2"]), seen)
    for name, shown in labels.items():
        text = text.replace("{{" + name + "}}", shown)
    assert text.splitlines() == ["甲县：", "【异常】甲用电量异常下降：下降。", "乙县：", "未发现超过关注阈值的异常。"]


def test_a_forecast_that_cannot_be_made_is_named_beside_one_that_can() -> None:
    seen = Results()
    seen.each += [Results(about="甲县", places={"next_mid": ["F1"]}), Results(about="乙县")]
    text, labels = answer_text(Understood(intent="forecast", indicator="A02", org=["1", "2"]), seen)
    assert "{{F1}}" in text and "历史数据不足" in text and "乙县" in labels.values()
