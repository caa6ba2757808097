"""F21 密级: a report never marks itself a secret of the state."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.pages import form_check
from tools.checks.reading import Pages
from tools.checks.texts import everywhere

_LEVEL = r"(?:绝\s*密|机\s*密|秘\s*密)"
_MARK = re.compile(
    rf"{_LEVEL}\s*[★☆*＊]\s*(?:\d{{1,2}}\s*年|长期|启用前|解密)?|密\s*级\s*[:：]\s*{_LEVEL}|"
    rf"^[\s　【（(\[]*{_LEVEL}[\s　】）)\]]*(?:\d{{1,2}}\s*年)?\s*$",
    re.MULTILINE,
)


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    for said in everywhere(pages):
        if match := _MARK.search(said.text):
            text = f"标注了国家秘密密级：{match[0].strip()[:12]}"
            yield Hit(said.place, text, "删去；确需定密的，由定密责任人办理。企业内部资料可写“内部资料　注意保存”。")


CHECK = form_check("F21", _run)
