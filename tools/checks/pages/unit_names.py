"""F29 单位名称: as the directory has them where it is at hand, the same throughout the file, no former names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from knowledge.standards.packs import unit_words
from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.pages import form_check
from tools.checks.reading import Pages
from tools.checks.texts import texts

_NAME = re.compile(r"国网[一-鿿]{2,12}?(?:供电分公司|供电公司|供电所|供电中心)")


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    known = pages.units | (_of(context) if context else set())
    found: list[tuple[str, str]] = []
    for said in texts(pages):
        for old, new in unit_words().items():
            if old in said.text:
                yield Hit(
                    said.place,
                    f"「{old}」是旧称或不规范名称",
                    f"按组织机构名录写作“××{new}”。" if len(old) < 5 else f"写作“{new}”。",
                )
        found += [(said.place, name) for name in _NAME.findall(said.text)]
    counts = Counter(name for _, name in found)
    for place, name in found:
        if name in known:
            continue
        twin = next((other for other in sorted(known) if _near(name, other)), "")
        if not twin:
            twin = next(
                (other for other, times in counts.most_common() if times > counts[name] and _near(name, other)), ""
            )
        if twin:
            yield Hit(place, f"「{name}」与「{twin}」只差一字", "核对单位全称，以组织机构名录为准，全文一致。")
        elif known and context is not None:
            yield Hit(place, f"「{name}」不在本报告的单位之内", "核对单位全称，以组织机构名录为准。", "warn")


def _of(context: Context) -> set[str]:
    names = {context.content.org_name} | {fact.org_name for fact in context.content.facts}
    return names | {fact.by.label for fact in context.content.facts if fact.by and fact.by.dim == "org"}


def _near(one: str, other: str) -> bool:
    """One character changed, put in or left out; 区, 县 and 市 tell different units apart."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        apart = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
        swapped = len(apart) == 2 and apart[0] == apart[1][::-1]
        return swapped or (len(apart) == 1 and not ({*apart[0]} <= {*"区县市东南西北中"}))
    short, long = sorted((one, other), key=len)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


CHECK = form_check("F29", _run)
