"""F23 百分点: rates move by points, amounts by per cent. What was meant only its author knows: no mechanical mend."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.standards import compiled, wording
from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.pages import form_check
from tools.checks.reading import Pages
from tools.checks.texts import texts

_AMOUNT = re.compile(
    r"(?:电量|电费|收入|余额|金额|户数|容量|工单量|投诉量|受理量|负荷|均价)(?:为|达|达到|完成)?[\d.,]*(?:万|亿|千)?(?:千瓦时|千伏安|千瓦|元|户|件)?"
    r"(?:/千千瓦时)?[，、]?(?:同比|环比|较[^，。；]{2,8})(?:增长|下降|增加|减少|上升)\d+(?:\.\d+)?个?百分点"
)
_BOTH = re.compile(r"\d[%％]个?百分点")


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rate = next(rule for rule in wording() if rule.id == "pct_as_pp")
    for said in texts(pages, tables=False):
        if match := compiled(rate.pattern).search(said.text):
            yield Hit(said.place, f"{rate.label}：{match[0][-40:]}", rate.fix)
        if match := _AMOUNT.search(said.text):
            yield Hit(said.place, f"数量的变动写成了百分点：{match[0][-40:]}", "数量、金额的变动写“%”。")
        if match := _BOTH.search(said.text):
            yield Hit(said.place, f"“%”与“百分点”重复：{match[0]}", "率的变动写“个百分点”，其余写“%”。")


CHECK = form_check("F23", _run)
