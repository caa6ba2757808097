"""Mending (一键修正): what the rules can mend in a Word file without a person's judgement, and the proof that no figure
changed on the way."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from core.domain.report import CheckResult, ReportContent
from core.errors import BadRequest, Broken
from knowledge.standards import compiled, privacy
from tools.checks import check_pages, hits_of, open_file
from tools.checks.context import Context, context_of
from tools.checks.readers.docx import reread
from tools.checks.reading import Pages
from tools.checks.texts import everywhere

PASSES = 40
"""Mends may bring others about (a new number shifts the next); more rounds than this mean that two rules disagree."""
_ORDINALS = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）.．、，](?!\d)\s*[、.．，]?|第[一二三四五六七八九十]{1,3}[、，])|"
    r"(?:表|图)\s?\d{1,3}(?![\d.])|附件\s*[:：]?\s*\d{1,2}",
    re.MULTILINE,
)
_DATES = re.compile(
    r"(?:19|20)?\d{2}年(?:\s*\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}|第?\s*\d+\s*号"
)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Mended:
    """The mended file: how many findings each rule mended, and everything that is found in it now."""

    path: Path
    mended: dict[str, int]
    results: tuple[CheckResult, ...]


def fix_file(path: Path, out: Path, content: ReportContent | None = None, pack: str = "") -> Mended:
    """Write a mended copy of a Word file to `out`; the file itself stays as it is.

    Raises BadRequest for what is no readable docx and for an `out` that is the file, Broken (and writes nothing) when a
    figure would change.
    """
    if path.suffix.lower() != ".docx":
        raise BadRequest(f"只能修正 docx 文件，「{path.name}」不是。", "请另存为 docx 后再试。")
    if out.resolve() == path.resolve():
        raise BadRequest("修正后的文件不能覆盖原文件。", "请另起一个文件名。")
    if out.suffix.lower() != ".docx":
        raise BadRequest(f"修正后的文件名「{out.name}」应以 .docx 结尾。", "请另起一个文件名。")
    pages = open_file(path, content, pack)
    context = context_of(content) if content else None
    before = figures(pages)
    mended = _mend(pages, context)
    part = out.with_name(f"{out.name}.{os.getpid()}.part.docx")
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        pages.document.save(str(part))
        after = replace(open_file(part, content, pages.pack.id), name=out.name)
        lost, gained = before - figures(after), figures(after) - before
        if lost or gained:
            told = "、".join([*lost, *gained][:5])
            raise Broken(f"修正会改动数字（{told}），没有写出文件。", "请人工修改，并把这句话告诉系统管理员。")
        results = check_pages(after, context)
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
    return Mended(out, dict(mended), tuple(results))


def _mend(pages: Pages, context: Context | None) -> Counter[str]:
    """Mend round by round until nothing more can be; counts by rule what the first rounds found."""
    mended: Counter[str] = Counter()
    for _ in range(PASSES):
        able = [(rule, hit) for rule, hit in hits_of(pages, context) if hit.mend is not None]
        if not able:
            return mended
        for rule, hit in able:
            assert hit.mend is not None
            hit.mend()
            mended[rule] += 1
        pages = reread(pages)
    rules = "、".join(sorted({rule for rule, _ in able}))
    raise Broken(f"规则 {rules} 的修正相互抵触，没有写出文件。", "请人工修改，并把这句话告诉系统管理员。")


def figures(pages: Pages) -> Counter[str]:
    """Every figure of the file with how often it stands there; full and half width are one. Ordinals of headings and
    captions, and dates, are none: they have forms of their own."""
    found: Counter[str] = Counter()
    for said in everywhere(pages):
        if said.place in {"页眉", "页脚"}:
            continue
        text = unicodedata.normalize("NFKC", said.text)
        for rule in privacy():
            text = compiled(rule.pattern).sub("", text)
        text = _DATES.sub(" ", _ORDINALS.sub(" ", text))
        text = re.sub(r"\(见\s*\)|见(?=[)。])", "", text)
        found.update(_FIGURE.findall(text))
    for drawing in pages.drawings:
        found.update(value for _, values in drawing.series for value in values if value)
    return found
