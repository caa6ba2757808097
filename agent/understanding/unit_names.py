"""How a supply organisation is called: from 国网云州望湖区供电公司 to 望湖区, 望湖, 望湖公司, 青石所."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from core.domain.org import Level, OrgTree

_PREFIX = re.compile(r"^(?:国家电网公司|国家电网|国网|国网[一-鿿]{2,3}省?电力(?:有限)?公司)")
_SUFFIX = re.compile(
    r"(?:供电有限责任公司|供电有限公司|供电分公司|供电公司|电力有限公司|电力公司|供电服务中心|客户服务分中心|"
    r"客户服务中心|供电服务站|供电中心|供电营业所|"
    r"供电所|中心供电所|营业所|营业厅|供电站|供电部|供电局|分公司|公司|所)$"
)
_PLACE = re.compile(r"(?:自治县|新区|开发区|高新区|地区|街道|[市县区州旗乡镇])$")
COMPANY = (
    r"(?:自治县|新区|地区|市区|城区|[区县州镇乡]|市(?!场))?(?:供电)?(?:分公司|子公司|有限公司|公司|电力局|"
    r"供电局|局|电力|供电)?(?:所?辖区?)?"
)
STATION = r"(?:镇|乡|街道)?(?:中心)?(?:供电|营业)?(?:服务)?(?:所|中心|站|营业厅|营业所)"


@dataclass(frozen=True)
class UnitName:
    """The place a unit is named after (`望湖区`), its core (`望湖`) and its level."""

    code: str
    name: str
    place: str
    core: str
    level: Level
    parent: str | None


def place_of(name: str, parent_core: str = "") -> tuple[str, str]:
    """(place, core) of a full name; the parent's name in front is dropped when something is left."""
    bare = _SUFFIX.sub("", _PREFIX.sub("", name)) or name
    if parent_core and bare.startswith(parent_core):
        rest = re.sub(r"^市(?=.{2})", "", bare[len(parent_core) :])
        bare = rest if len(rest) >= 2 else bare
    core = _PLACE.sub("", bare)
    return bare, core if len(core) >= 2 else bare


@lru_cache(maxsize=64)
def unit_names(tree: OrgTree, known: tuple[str, ...] = ()) -> tuple[UnitName, ...]:
    """Names of all units of a tree, parents before children; `known` helps where a parent is outside the tree."""
    cores: dict[str, str] = {}
    found: list[UnitName] = []
    outside = sorted((place_of(name)[1] for name in known), key=len)
    for org in sorted(tree.orgs, key=lambda one: one.code):
        before = cores.get(org.parent or "", "")
        if not before:
            bare = place_of(org.name)[0]
            before = next((core for core in outside if bare.startswith(core) and len(bare) - len(core) >= 2), "")
        place, core = place_of(org.name, before)
        cores[org.code] = core
        found.append(UnitName(org.code, org.name, place, core, org.level, org.parent))
    return tuple(found)


def spoken(tree: OrgTree, code: str, known: tuple[str, ...] = ()) -> str:
    """The name people say: 望湖区, 青石供电所, 云州公司; the code where it is not in the tree."""
    found = next((name for name in unit_names(tree, known) if name.code == code), None)
    if found is None:
        return code
    if found.level == "station":
        return found.name if found.name.startswith(found.core) else f"{found.place}供电所"
    return f"{found.place}公司" if found.level == "city" else found.place


def listing(tree: OrgTree, most: int = 8, known: tuple[str, ...] = ()) -> str:
    """The units that can be asked for, as one phrase: the roots and their children."""
    names: list[str] = []
    for root in tree.roots():
        names.append(spoken(tree, root.code, known))
        names.extend(spoken(tree, child.code, known) for child in tree.children(root.code))
    shown = "、".join(names[:most])
    return shown + ("等" if len(names) > most else "")
