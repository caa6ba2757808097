"""隐私: no personal data in any text; a hit with a check digit must also pass it (knowledge/standards/privacy.yaml)."""

from __future__ import annotations

from collections.abc import Iterator

from core.domain.tokens import UnknownToken
from knowledge.standards import compiled, privacy
from tools.checks import Check, Hit
from tools.checks.context import Context, Text

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def privacy_hits(place: str, printed: str) -> Iterator[Hit]:
    """Personal data of one text; the finding itself shows only the first characters."""
    for rule in privacy():
        for match in compiled(rule.pattern).finditer(printed):
            if _verified(rule.verify, match.group(0)):
                yield Hit(place, f"疑似{rule.label}：{match.group(0)[:3]}…", "按脱敏规则遮盖，或删去。")
                break


def _verified(kind: str, text: str) -> bool:
    match kind:
        case "id_card":
            total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
            return "10X98765432"[total % 11] == text[-1].upper()
        case "credit_code":
            total = sum(_CREDIT.index(char) * pow(3, at, 31) for at, char in enumerate(text[:17]))
            return _CREDIT[(31 - total % 31) % 31] == text[-1]
        case "luhn":
            digits = [int(char) for char in reversed(text)]
            return sum(d if at % 2 == 0 else (d * 2 - 9 if d > 4 else d * 2) for at, d in enumerate(digits)) % 10 == 0
    return True


def _run(context: Context) -> Iterator[Hit]:
    for text in context.texts:
        yield from privacy_hits(text.place, _words(context, text))


def _words(context: Context, text: Text) -> str:
    """What prints, without the figures: a large count is not a telephone number."""
    try:
        return "".join("\ue001" if span.figure else span.text for span in context.spans(text))
    except UnknownToken:
        return text.source


CHECK = Check("privacy", "个人信息与敏感标识", _run)
