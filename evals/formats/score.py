"""What the format check says of the corpus: faults found, clean files left alone, mends that change no figure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from core.domain.report import CheckResult
from core.errors import GmaError
from evals.formats.corpus import Faulty

SILENT_ON_FOREIGN = frozenset({"F28"})
"""Of a file without a label nobody can say who wrote it: a reminder, no alarm."""


@dataclass(frozen=True)
class Fate:
    """One faulty file's: whether its rule saw it, and what was wrong with the mended copy ("" for nothing)."""

    found: bool
    unmended: str = ""


def alarms(path: Path, *, ours: bool) -> list[CheckResult]:
    """What is found in a clean file."""
    from tools.checks import check_file

    found = [item for item in check_file(path) if not item.passed]
    return [item for item in found if ours or item.rule not in SILENT_ON_FOREIGN or item.level == "error"]


def fate(item: Faulty, *, ours: bool, out: Path) -> Fate:
    """Check one faulty file, mend it where a program can, and check it again."""
    from tools.checks import check_file
    from tools.checks.mending import fix_file

    found = any(result.rule == item.fault.rule and not result.passed for result in check_file(item.path))
    if not item.fault.mends or not found:
        return Fate(found)
    try:
        mended = fix_file(item.path, out)
    except GmaError as error:
        return Fate(found, str(error))
    left = [result for result in mended.results if not result.passed]
    left = [result for result in left if ours or result.rule not in SILENT_ON_FOREIGN or result.level == "error"]
    if left:
        return Fate(found, f"修正后还有 {left[0].rule} {left[0].place}{left[0].text}")
    before, after = values(item.path), values(out)
    return Fate(found, "" if before == after else f"修正改动了数字：{list((before - after) + (after - before))[:3]}")


def values(path: Path) -> Counter[str]:
    """Every number with a decimal point or three digits and more in the text of a file, read without the checker's own
    reader; years left out, since a mend may write them in full."""
    import docx

    body = docx.Document(str(path)).element.body
    found: Counter[str] = Counter()
    wide = {0xFF10 + digit: str(digit) for digit in range(10)}
    for paragraph in body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"):
        text = "".join(
            node.text or ""
            for node in paragraph.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t")
        ).translate(wide)
        text = re.sub(
            r"20\d\d[-/.]\d+[-/.]\d+|(?:19|20)\d{2}(?=[年〕])|[〔(（\[【]\d{4}[〕)）\]】]\s*第?\d+号|0571-\d+", "", text
        )
        found.update(re.findall(r"\d+\.\d+|\d{3,}", text))
    return found
