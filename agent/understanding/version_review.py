"""流失模型现在是哪一版: questions about the version of an analysis and how it did. They are a kind of detection."""

from __future__ import annotations

import re

VERSIONS = "分析版本"
"""How `query` of a `detect` begins that asks for versions; the analyses asked for stand behind a colon."""
_NAMED = (
    ("churn_risk", r"流失"),
    ("satisfaction_forecast", r"满意度"),
    ("outlook", r"(?<!满意度)预测|售电量"),
)
_WHAT = r"(?:模型|分析模型|算法|分析|预测)"
_ASKED = re.compile(
    rf"{_WHAT}.{{0,8}}(?:哪一?个?版|什么版本|第?几版|版本|多久没(?:重训|更新|训练)|漂移|该(?:不该)?重(?:新)?训)"
    rf"|(?:哪一?个?版|什么版本|第?几版).{{0,6}}{_WHAT}"
    rf"|模型.{{0,12}}(?:表现|效果|准不准|准吗|准确率|靠谱吗|准确度)"
)


def versions_asked(text: str) -> tuple[str, str]:
    """(a plain question for anomalies, the `query` it stands for), or (the sentence, "") for everything else."""
    if not _ASKED.search(text) or re.search(r"报告|月报|周报", text):
        return text, ""
    names = [name for name, words in _NAMED if re.search(words, text)]
    unit = re.split(_WHAT, text, maxsplit=1)[0]
    for _, words in _NAMED:
        unit = re.sub(rf"(?:大?客户)?(?:{words})(?:概率|预警|风险)?的?", "", unit)
    return f"{unit.strip('的，, ')}有没有异常", f"{VERSIONS}:{','.join(names)}"
