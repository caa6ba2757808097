"""Widths of columns and breaks of titles: numbers whole, texts in as few lines as there is room for."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.domain.period import Period
from core.domain.report import ReportContent
from tools.documents.cover import title_text
from tools.documents.exhibits import fitted, wide

HEADS = ("序号", "客户", "所属单位", "评分", "风险电量（万千瓦时）", "预警信号")
ROWS = (
    (
        "1",
        "云州卓越农产品批发有限公司",
        "江口供电所",
        "67",
        "1.58",
        "年内减容占比35.2%，近月电量较前期下降32.4%，在途销户1件",
    ),
    ("2", "云州泰和人民医院", "桥头供电所", "47", "7.41", "近月电量较前期下降35.7%，近月电量同比下降37.1%"),
)
ALIGNS = ("center", "left", "left", "right", "right", "left")
SIZE, PAD = 10.5, 10.0


def widths(room: float) -> list[float]:
    return fitted(HEADS, ROWS, (1, 2, 1, 1, 1, 3), ALIGNS, room, SIZE, PAD)


@pytest.mark.parametrize("room", [300.0, 370.0, 442.0, 600.0, 1200.0])
def test_columns_fill_the_room(room: float) -> None:
    assert sum(widths(room)) == pytest.approx(room)


@pytest.mark.parametrize("room", [370.0, 442.0, 600.0])
def test_numbers_stay_whole_and_texts_wrap(room: float) -> None:
    found = widths(room)
    for row in ROWS:
        for text, width, align in zip(row, found, ALIGNS, strict=True):
            assert align == "left" or wide(text) * SIZE + PAD <= width + 0.01


def test_a_long_text_gives_before_short_ones_break() -> None:
    found = widths(442)
    assert found[2] >= wide("江口供电所") * SIZE + PAD
    assert found[5] < wide(ROWS[0][5]) * SIZE < found[5] * 3


def test_more_room_never_costs_lines() -> None:
    def lines(room: float) -> int:
        found = widths(room)
        return max(-(-round(wide(ROWS[0][at]) * SIZE) // round(found[at] - PAD)) for at in (1, 5))

    assert all(lines(less) >= lines(more) for less, more in pairwise((370, 442, 500, 600, 900)))


@pytest.mark.parametrize(
    ("title", "room", "lines"),
    [
        ("云州公司2026年7月月报", 18, ["云州公司2026年7月月报"]),
        ("云州公司2026年7月营销指标分析报告", 14, ["云州公司", "2026年7月营销指标分析报告"]),
        ("云州公司2026年7月大客户流失预警与挽回方案", 16.5, ["云州公司2026年7月", "大客户流失预警与挽回方案"]),
        ("云州公司2026年7月大客户流失预警与挽回方案", 12, ["云州公司2026年7月", "大客户流失预警与挽回方案"]),
        ("云州公司2026年7月大客户流失预警与挽回方案", 8, ["云州公司", "2026年7月", "大客户流失预警与挽回方案"]),
        ("云州公司营销工作周报（7月20日—26日）", 12, ["云州公司营销工作周报", "（7月20日—26日）"]),
        ("自拟标题写得很长也不在中间断开", 10, ["自拟标题写得很长也不在中间断开"]),
    ],
)
def test_a_title_breaks_between_its_pieces(content: ReportContent, title: str, room: float, lines: list[str]) -> None:
    named = {"title": title, "org_name": "云州公司", "period": Period.month(2026, 7)}
    assert title_text(content.model_copy(update=named), room).split("\n") == lines
