"""Shades of a heat map or of tiles: depth alone tells more from less, on grey prints and to colour-blind eyes too.

Numbers of one sign go from pale to deep green; numbers of both signs from pale to deep orange above zero and to deep
blue below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tools.charts import palette

Number = Decimal | float
BLANK = "#F4F4F4"
ONE_SIGN = "颜色越深，数值越大"
BOTH_SIGNS = "橙色为正、蓝色为负，颜色越深，幅度越大"
_PALE, _DEEP = (232, 243, 241), (0, 92, 87)
_WARM_PALE, _WARM = (252, 240, 230), (176, 62, 10)
_COLD_PALE, _COLD = (233, 241, 250), (24, 78, 136)


def note(values: Sequence[Number | None]) -> str:
    """What the colours mean, for the foot of the drawing."""
    return BOTH_SIGNS if _both([float(value) for value in values if value is not None]) else ONE_SIGN


def shades(values: Sequence[Number | None]) -> list[tuple[str, str]]:
    """The fill and the ink of each value, as `#RRGGBB`; a missing value is nearly white."""
    known = [float(value) for value in values if value is not None]
    if not known:
        return [(BLANK, palette.MUTED)] * len(values)
    both = _both(known)
    low, high = min(known), max(known)
    reach = max(abs(low), abs(high)) or 1.0
    out = []
    for value in values:
        if value is None:
            out.append((BLANK, palette.MUTED))
            continue
        at = float(value)
        if both:
            depth = abs(at) / reach
            pale, deep = (_WARM_PALE, _WARM) if at >= 0 else (_COLD_PALE, _COLD)
        else:
            depth = (at - low) / (high - low) if high > low else 0.5
            pale, deep = _PALE, _DEEP
        mixed = tuple(round(a + (b - a) * depth) for a, b in zip(pale, deep, strict=True))
        dark = sum(weight * part for weight, part in zip((0.299, 0.587, 0.114), mixed, strict=True)) < 140
        out.append(("#{:02X}{:02X}{:02X}".format(*mixed), "#FFFFFF" if dark else palette.INK))
    return out


def _both(known: Sequence[float]) -> bool:
    return bool(known) and min(known) < 0 < max(known)
