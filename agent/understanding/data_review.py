"""核对数据、数据质量怎么样: questions about the data itself. They are a kind of detection, over the data review."""

from __future__ import annotations

import re

REVIEW = "数据核对"
"""What stands in `query` of a `detect` that asks for the data review."""
_ASKED = re.compile(
    r"(?:数据|跨系统|三比对|系统间|源系统)(?:的)?(?:质量|核对|比对|勾稽)(?:情况|结果|评分|问题)?"
    r"|(?:核对|比对|对账)(?:一下|下|一遍)?(?=.{0,16}(?:数据|各系统|系统))"
    r"|哪些数据有(?:质量)?问题|数据(?:准不准|可不可靠|可靠吗|靠谱吗|齐不齐|有没有问题)"
)
_REST = re.compile(r"(?:的)?(?:数据|各系统数据)$")
_HOW = re.compile(r"(?:的)?(?:怎么样|咋样|怎样|如何|好不好|行不行)[?？。!]*$")


def review_asked(text: str) -> tuple[str, bool]:
    """(the sentence as a plain question for anomalies, True), or (the sentence, False) for everything else."""
    if not _ASKED.search(text):
        return text, False
    rest = _HOW.sub("", _ASKED.sub("", text))
    rest = _REST.sub("", rest.strip("，,。?？!的 "))
    return f"{rest}有没有异常", True
