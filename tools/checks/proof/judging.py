"""The verdict on one text of a file: as printed, reworded, or claiming something else than the report."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import SequenceMatcher, get_close_matches

from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.proof.claims import Claim, claims_of
from tools.checks.proof.expected import squeeze

LIKE = 0.55
"""Share of common characters from which two texts are taken for versions of one sentence."""
_NAMES = frozenset({"org", "member"})
"""A text of its own that names somebody says something about them."""
_EDIT = "请改回报告原文，或在系统中修改后重新导出。"


def verdict(place: str, text: str, near: str, context: Context) -> Iterator[Hit]:
    """`text` is not printed by the report; `near` is what it was made from, "" when nothing is like it."""
    said = claims_of(squeeze(text), context.lexicon, context.phrases)
    if not near:
        bold = [claim for claim in said if claim.needs_fact or claim.kind in _NAMES]
        if bold:
            told = "、".join(f"「{claim.text}」" for claim in bold[:3])
            yield Hit(place, f"报告里没有这句话，{told}没有出处：{text[:40]}", _EDIT)
        else:
            yield Hit(place, f"报告里没有这句话：{text[:40]}", _EDIT, "warn")
        return
    meant = claims_of(squeeze(near), context.lexicon, context.phrases)
    wrong, right = _first_difference(said, meant)
    if wrong is None and right is None:
        yield Hit(place, f"文字与报告不一致：{text[:40]}", f"报告原文：{near}", "warn")
    elif wrong is None or right is None:
        one = wrong or right
        assert one is not None
        verb = "多出" if wrong else "少了"
        yield Hit(place, f"{verb}「{one.text}」：{_around(text, one)}", f"报告原文：{near}")
    else:
        yield Hit(place, f"「{wrong.text}」应为「{right.text}」：{_around(text, wrong)}", f"报告原文：{near}")


def nearest(text: str, among: Collection[str]) -> str:
    """The text that this one was most likely made from; "" when none is alike."""
    found = get_close_matches(text, list(among), 1, LIKE)
    if found:
        return found[0]
    # a long sentence of which only a part is left, or which was drowned in additions
    best, share = "", 0.0
    for other in among:
        common = SequenceMatcher(None, text, other, autojunk=False).find_longest_match().size
        if common >= 6 and (now := common / min(len(text), len(other))) > share:
            best, share = other, now
    return best if share >= LIKE else ""


def _first_difference(said: tuple[Claim, ...], meant: tuple[Claim, ...]) -> tuple[Claim | None, Claim | None]:
    """The first claim that is not the other's; both None when they claim the same in the same order."""
    for one, other in zip(said, meant, strict=False):
        if one.said != other.said:
            return one, other
    if len(said) > len(meant):
        return said[len(meant)], None
    return None, meant[len(said)] if len(meant) > len(said) else None


def _around(text: str, claim: Claim) -> str:
    bare = squeeze(text)
    return bare[max(claim.at - 10, 0) : claim.at + 16]
