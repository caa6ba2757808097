"""Rule packs (规范包): which format rules F01—F30 a file is held to, how strictly, and with which numbers."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import ValidationError

from core.errors import BadRequest, Broken
from knowledge.standards import Frozen, PageRules, read_pack

Level = Literal["error", "warn", "off"]


class FormatRule(Frozen):
    """One format rule: `text` is what the standard demands, `weight` its share in 标准化率."""

    id: str
    name: str
    label: str
    text: str
    weight: int


class RulePack(Frozen):
    """A set of rules for files of some shells: the page's numbers, and rules whose level differs from `error`."""

    id: str
    label: str
    shells: tuple[str, ...]
    page: PageRules
    levels: dict[str, Level]


@cache
def format_rules() -> dict[str, FormatRule]:
    """Every format rule by its code."""
    return {item["id"]: FormatRule.model_validate(item) for item in read_pack("format_rules")["rules"]}


@cache
def warn_share() -> float:
    """The share of its weight that a rule keeps when it has only warnings."""
    return float(read_pack("format_rules")["warn_share"])


@cache
def packs() -> dict[str, RulePack]:
    """Every rule pack by id; raises Broken for an unknown rule or a bad number."""
    base = read_pack("page")
    found = {}
    for item in read_pack("packs")["packs"]:
        try:
            pack = RulePack.model_validate({**item, "page": {**base, **item["page"]}})
        except ValidationError as error:
            raise Broken(
                f"规范包 {item.get('id')} 不合格：{error.errors()[0]['loc']}", "请修正 knowledge/standards/packs.yaml。"
            ) from error
        unknown = sorted(set(pack.levels) - set(format_rules()))
        if unknown:
            raise Broken(f"规范包 {pack.id} 提到了没有的规则 {'、'.join(unknown)}。", "请对照 format_rules.yaml。")
        found[pack.id] = pack
    return found


@cache
def pack_of(name: str = "") -> RulePack:
    """A pack by its id, the default one for ""; raises BadRequest for one that does not exist."""
    found = packs().get(name or str(read_pack("packs")["default"]))
    if found is None:
        known = "、".join(f"{item.id}（{item.label}）" for item in packs().values())
        raise BadRequest(f"没有规范包「{name}」。", f"可选：{known}。")
    return found


def pack_for_shell(shell: str) -> RulePack:
    """The pack that files of a shell are held to."""
    return next((item for item in packs().values() if shell in item.shells), pack_of())


@cache
def unit_words() -> dict[str, str]:
    """Old names of organisations and what is written now."""
    names: dict[str, Any] = dict(read_pack("unit_words")["names"])
    return {str(old): str(new) for old, new in names.items()}
