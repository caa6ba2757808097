"""The order in which Word wants the properties of a paragraph, a run, a table: a file that breaks it may be "repaired".

Names and order are those of ECMA-376 part 1, §17.3–17.6, as far as a report can use them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ORDER = {
    "pPr": (
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
        "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
        "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
        "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
    ),
    "rPr": (
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
        "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em "
        "lang eastAsianLayout specVanish oMath"
    ),
    "tblPr": (
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd "
        "tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription"
    ),
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "sectPr": (
        "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType "
        "cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings"
    ),
}
_RANKS = {f"{W}{name}": {f"{W}{item}": at for at, item in enumerate(told.split())} for name, told in _ORDER.items()}
_RANKS[f"{W}sectPr"][f"{W}footerReference"] = 0


def disorder(root: Any) -> Iterator[str]:
    """Properties out of order or unknown, each told once."""
    told = set()
    for item in root.iter(*_RANKS):
        ranks = _RANKS[item.tag]
        last = -1
        for child in item:
            rank = ranks.get(child.tag, -1)
            if rank < last or child.tag not in ranks:
                told.add(f"{_bare(item.tag)} 里的 {_bare(child.tag)} 次序不合规范")
            last = max(last, rank)
    yield from sorted(told)


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]
