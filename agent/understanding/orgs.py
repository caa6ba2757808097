"""供电单位: which units a sentence names, and which it names in vain."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.understanding.glossary import places
from agent.understanding.normal import distance, mask
from agent.understanding.unit_names import COMPANY, STATION, UnitName, place_of, unit_names
from core.domain.org import OrgTree


@dataclass(frozen=True)
class OrgReading:
    """`codes` in order of mention.

    `each` asks for the children of the unit (各县区), `station` for 供电所; `denied` is a real unit outside the scope.
    """

    codes: tuple[str, ...] = ()
    each: bool = False
    station: bool = False
    own: bool = False
    whole: bool = False
    denied: str = ""
    rest: str = ""


_OWN = re.compile(
    r"(?:我们|咱们|咱|我|本|俺们|俺)(?:的|这个|这边|这儿|这里)?(?:县区?公司|区县?公司|市公司|供电公司|"
    r"供电所|单位|公司|辖区|地区|区域|县|区(?!别)|所(?!有|以|属)|这边|这里|这儿|家)"
)
_CITY = re.compile(
    r"全市(?:范围)?|(?:我们?|咱们?|本)市(?:公司)?|市公司|市局|全地市|地市公司|整个市|市本级|全公司|"
    r"全局(?!部)|市里|(?<![城都])市级|全辖区?"
)
_EACH = re.compile(
    r"(?:按|分|各个?|每一?个|每|逐个?|不同|所有|全部|下属|下辖|所辖|辖内|辖区|管辖)(?:的)?(?:下属|"
    r"各|个|地)?(?:区县|县区|县市区|县级|区市县|县|区(?!域用)|供电单位|单位|供电公司|分公司|县公司|"
    r"子公司|公司|地区|区域|供电所|供电中心|所(?![有以属辖])|组织)(?:公司|单位)?"
)
_COUNTED = re.compile(
    r"(?<![的前后名])(?:这|那)?[\d两二三四五六七八九十]+个(?:区县|县区|县市区|县公司|单位|供电公司|"
    r"供电所|县|区|所)(?:公司)?|(?<![的前后名])[\d两二三四五六七八九]+家(?:单位|公司|供电所)?"
)
_GENERIC = [
    "台区",
    "地区",
    "小区",
    "区县",
    "县区",
    "园区",
    "辖区",
    "市区",
    "城区",
    "农区",
    "社区",
    "城市",
    "上市",
    "超市",
    "门市",
    "股市",
    "分区",
    "片区",
    "营业所",
    "场所",
    "所有",
    "所以",
    "派出所",
    "研究所",
    "厕所",
    "交易所",
    "市场",
    "区域",
    "县城",
    "县级",
    "市级",
    "区别",
    "区分",
    "区间",
    "县市",
    "供电所",
    "供电公司",
    "公司",
    "分公司",
    "县公司",
    "市公司",
    "区公司",
    "单位",
    "全市",
    "全县",
    "全省",
    "全区",
    "全所",
    "各县",
    "各区",
    "各所",
    "哪个县",
    "哪个区",
    "哪个所",
]
_NAMED = re.compile(r"([一-鿿]{2,8}?)(供电分公司|供电公司|供电所|自治县|县公司|区公司|公司|县|区|市|省|州|所)")
_HEAD = re.compile(
    r"^(?:请问|请|帮我|帮忙|麻烦|查询|查看|查|看看|看|给我|给|想|知道|要|把|将|对|对比|比较|那么|"
    r"那|这|再|换成|换|改成|改|从|到|在|和|与|及|跟|同|比|的|了|呢|是|有|下|一下|分析|统计|生成|"
    r"写|做|份|一份|"
    r"出|我|你|他|各|每|个|哪个|哪些|哪|几|全|本|按|分|为什么|为何|为啥|就|只|还|也|都|月|年|日|"
    r"季度|情况|售|用|电|量|费|率)+"
)


def read_orgs(text: str, tree: OrgTree, own: str, known: tuple[str, ...] = ()) -> OrgReading:
    """Units named in normalised `text`, within the tree; `known` are the names of all units that exist."""
    names = unit_names(tree, known)
    hits, rest = _hits(text, names)
    each = station = False
    whole = False
    is_own = False
    codes = _nested(hits)
    for match in _OWN.finditer(rest):
        is_own = True
        rest = mask(rest, match.start(), match.end())
        codes.append(own)
    for match in _EACH.finditer(rest):
        each = True
        station = station or "所" in match.group() or "中心" in match.group()
        rest = mask(rest, match.start(), match.end())
    for match in _COUNTED.finditer(rest):
        each = each or len(codes) < 2
        station = station or "所" in match.group()
        rest = mask(rest, match.start(), match.end())
    each = each and len(codes) < 2
    city = _CITY.search(rest)
    if city:
        rest = mask(rest, city.start(), city.end())
        whole = True
        roots = [org for org in tree.orgs if org.level == "city"]
        if roots:
            codes.append(roots[0].code)
        else:
            return OrgReading(tuple(dict.fromkeys(codes)), each, station, is_own, whole, denied="全市", rest=rest)
    denied, rest = _denied(rest, names, known)
    if not denied:
        code = _outside(rest, own)
        denied, rest = code, rest.replace(code, "□" * len(code)) if code else rest
    if denied:
        return OrgReading(tuple(dict.fromkeys(codes)), each, station, is_own, whole, denied=denied, rest=rest)
    return OrgReading(tuple(dict.fromkeys(codes)), each, station, is_own, whole, rest=rest)


def find_stranger(rest: str, tree: OrgTree) -> tuple[str, tuple[str, ...]]:
    """A name in the leftover text that looks like a unit but is none, and the units it may have meant."""
    names = unit_names(tree)
    for match in _NAMED.finditer(rest):
        name = _HEAD.sub("", match[1])
        word = name + match[2]
        if len(name) < 1 or any(word.endswith(generic) for generic in _GENERIC):
            continue
        if len(name) > 4:
            name = name[-3:] if len(match[2]) > 1 else name[-2:]
            word = name + match[2]
        foreign = match[2] == "省" or name in places()
        return word, () if foreign else _near(name, match[2], names)
    for place in _places(rest):
        return place, () if place in places() else _near(place, "", names)
    return "", ()


def nearest(word: str, tree: OrgTree) -> tuple[str, ...]:
    """Units whose name is one edit from `word` (望胡 → 望湖区)."""
    import rjieba

    if len(word) == 2 and rjieba.has_word(word):
        return ()
    return _near(re.sub(r"(?:供电)?(?:公司|所)$|[县区市]$", "", word) or word, "", unit_names(tree))


def _hits(text: str, names: tuple[UnitName, ...]) -> tuple[list[tuple[int, int, str]], str]:
    hits: list[tuple[int, int, str]] = []
    rest = text
    for name in names:
        for match in re.finditer(rf"(?<!\d){name.code}(?!\d)", rest):
            if len(name.code) >= 4:
                hits.append((match.start(), match.end(), name.code))
                rest = mask(rest, match.start(), match.end())
    spoken = sorted(
        {form for name in names for form in (name.name.lower(), name.place, name.core)}, key=len, reverse=True
    )
    for form in spoken:
        at = rest.find(form)
        while at >= 0 and len(form) >= 2:
            end, code = _which(rest, at, form, names)
            if code:
                hits.append((at, end, code))
                rest = mask(rest, at, end)
            at = rest.find(form, at + 1)
    return sorted(hits), rest


def _which(text: str, at: int, form: str, names: tuple[UnitName, ...]) -> tuple[int, str]:
    """Which unit a form at a position is: 所 makes it a station, 区县市公司 a company, else the higher."""
    bearers = [name for name in names if form in {name.name.lower(), name.place, name.core}]
    exact = [name for name in bearers if form == name.name.lower()]
    if exact:
        return at + len(form), exact[0].code
    end = at + len(form)
    station = re.compile(STATION).match(text, end)
    company = re.compile(COMPANY).match(text, end)
    if station:
        stations = [name for name in bearers if name.level == "station"]
        return (station.end(), _pick(stations)) if stations else (end, "")
    said = company.group() if company else ""
    if text.startswith("供电", end) and re.match(r"供电(?:质量|可靠|量|电压|能力|情况|服务)", text[end:]):
        said = ""
    high = [name for name in bearers if name.level != "station"]
    chosen = high or bearers
    return end + len(said), _pick(chosen)


def _pick(names: list[UnitName]) -> str:
    return names[0].code if len(names) == 1 else "|".join(name.code for name in names)


def _nested(hits: list[tuple[int, int, str]]) -> list[str]:
    """Drop a unit that only introduces its child (云州望湖区); settle names borne twice by the unit before them."""
    out: list[str] = []
    for index, (_, end, code) in enumerate(hits):
        following = hits[index + 1] if index + 1 < len(hits) else None
        options = code.split("|")
        if len(options) > 1 and out:
            inside = [one for one in options if any(one.startswith(before) for before in out)]
            options = inside or options
        if (
            following
            and following[0] - end <= 1
            and any(one != options[0] and one.startswith(options[0]) for one in following[2].split("|"))
        ):
            out.append(options[0])
            continue
        if (
            out
            and index
            and hits[index - 1][1] >= hits[index][0] - 1
            and options[0].startswith(out[-1])
            and options[0] != out[-1]
        ):
            out.pop()
        out.append("|".join(options))
    return out


def _outside(rest: str, own: str) -> str:
    """A code of this company's own form that is not in the tree: another unit's, never to be passed over."""
    found = re.search(rf"(?<!\d){own[:5]}\d{{0,8}}(?!\d)", rest) if len(own) >= 5 else None
    return found.group() if found else ""


def _denied(rest: str, names: tuple[UnitName, ...], known: tuple[str, ...]) -> tuple[str, str]:
    within = {name.name for name in names}
    cores: list[str] = []
    for full in known:
        place, core = place_of(full.lower())
        cores.append(core)
        forms = {full.lower(), place, core}
        for parent in cores[:-1]:
            stripped = core[len(parent) :] if core.startswith(parent) and len(core) - len(parent) >= 2 else ""
            if stripped:
                forms |= {stripped, place[len(parent) :]}
        if full in within:
            continue
        for form in sorted(forms, key=len, reverse=True):
            at = rest.find(form) if len(form) >= 2 else -1
            if at >= 0:
                return full, mask(rest, at, at + len(form))
    return "", rest


def _near(name: str, suffix: str, names: tuple[UnitName, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for unit in names:
        close = min(distance(name, unit.core), distance(name + suffix, unit.place))
        if (close <= 1 and len(name) >= 2 and set(name) & set(unit.core)) or name in {unit.core, unit.place}:
            found.append(unit.code)
    return tuple(dict.fromkeys(found))


def _places(rest: str) -> list[str]:
    """Place names that stand without 县区市: well-known ones, and what the word segmenter tags as a place."""
    text = rest.replace("□", " ")
    known = [place for place in places() if place in text]
    if known:
        return known
    import rjieba

    words = [word for word, tag in rjieba.tag(text) if tag == "ns" and len(word) >= 2]
    return [word for word in words if not any(word.endswith(generic) or generic in word for generic in _GENERIC)]
