"""Masking of personal data (domain.md §5.2): pure functions from a clear value to what may be shown.

Inside, enterprise names and 户号 are clear for staff; `outside=True` is for bots and groups, where they are masked too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.quoting import inert

_SURNAMES = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文"
    "司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里呼延东郭南门羊舌微生公户"
    "公玉公仪梁丘公仲公上公门公山公坚左丘公伯西门公祖第五"
)
_DOUBLE = frozenset(_SURNAMES[at : at + 2] for at in range(0, len(_SURNAMES), 2))
_ENTERPRISE = re.compile(
    r"公司|集团|厂|店|中心|医院|学校|大学|中学|小学|幼儿园|学院|银行|酒店|宾馆|饭店|商场|超市|市场|合作社|合作联社|委员会|村委|居委"
    r"|政府|局|所|站|院|馆|部队|协会|基金会|工作室|经营部|事务所|物业|小区|项目部|工程部|农场|矿|塔|基站|有限|股份"
)
_BUILDING = re.compile(
    r"\d+(?:[-－—]\d+)*\s*(?:号楼|号院|栋|幢|座|单元|室|号|弄|层|楼|户|组|#).*$"
    r"|[A-Za-z一二三四五六七八九十百]+\s*(?:号楼|栋|幢|座|单元|室).*$|\d+(?:[-－—]\d+)+\s*$"
)
_AREA = re.compile(r"^.*(?:小区|花园|家园|新村|公寓|苑|社区|村|镇|街道|大道|路|街|巷|园|庄|屯)")
MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)(\d{4})(\d{4})(?!\d)")
LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})[-－ ]?(\d{5,6})(\d{2})(?!\d)")
ID_CARD = re.compile(r"(?<![\dA-Za-z])(\d{3})(\d{11})(\d{3}[\dXx])(?![\dA-Za-z])")
USCC = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])")
BANK = re.compile(r"(?<!\d)\d{16,19}(?!\d)")
EMAIL = re.compile(r"([A-Za-z0-9])[\w.+-]*@([\w-]+(?:\.[\w-]+)+)")
PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z])·?([A-Z0-9]{3,4})([A-Z0-9]{2})(?![A-Z0-9])"
)
NAMED = re.compile(
    r"((?:客户|用户|联系人|报修人|投诉人|来电人|户主|户名|姓名)(?:姓名|名称|是|为|叫)?[:：])\s*"
    r"([\u4e00-\u9fa5·]{2,4})"
)

_FAMILY = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔"
)
CONTACT = re.compile(
    rf"((?:联系人|报修人|投诉人|来电人|户主|户名|姓名)[为是叫]?)([{_FAMILY}][\u4e00-\u9fa5]{{1,2}})(?=[，。；、,;.（()\s\d]|$)"
)
_DOOR = re.compile(r"(路|街|巷|弄|大道|小区|花园|新村)\d+(?:-\d+)*(号楼|号|栋|幢)")
_ROOM = re.compile(r"\d+(单元|室)")


@dataclass(frozen=True)
class Hit:
    """A piece of personal data in a text: its kind, place and clear text (never log it)."""

    kind: str
    start: int
    end: int
    text: str


def is_enterprise(name: str, cust_type: str | None = None) -> bool:
    """Whether a customer name is an enterprise's: by the customer type where known, else by its wording."""
    if cust_type is not None and "居民" in cust_type and "非居民" not in cust_type:
        return False
    return bool(_ENTERPRISE.search(name)) or (cust_type is not None and cust_type.startswith(("高压", "趸售")))


def mask_person(name: str) -> str:
    """Keep the surname: 张丰 → 张*, 张三丰 → 张*丰, 欧阳修 → 欧阳*, four or more → first + ** + last."""
    text = name.strip()
    if len(text) <= 1:
        return "*" if text else text
    if text[:2] in _DOUBLE and len(text) > 2:
        return text[:2] + "*" * (len(text) - 2)
    if len(text) == 2:
        return text[0] + "*"
    return f"{text[0]}*{text[-1]}" if len(text) == 3 else f"{text[0]}**{text[-1]}"


def mask_name(name: str, cust_type: str | None = None, *, outside: bool = False) -> str:
    """A customer name: persons masked always, enterprises only outside (first two + *** + last four)."""
    if not is_enterprise(name, cust_type):
        return mask_person(name)
    if not outside:
        return name
    return f"{name[:2]}***{name[-4:]}" if len(name) > 6 else f"{name[:1]}***{name[-2:]}"


def mask_phone(value: str) -> str:
    """138****5678 for mobiles, area code-****12 for landlines, only the last two digits of anything else."""
    text = value.strip()
    if match := MOBILE.fullmatch(text):
        return f"{match[1]}****{match[3]}"
    if match := LANDLINE.fullmatch(text):
        return f"{match[1]}-****{match[3]}"
    digits = [at for at, char in enumerate(text) if char.isdigit()]
    hidden = set(digits[:-2])
    return "".join("*" if at in hidden else char for at, char in enumerate(text))


def mask_address(value: str) -> str:
    """Keep to the street or estate, mask building, unit and room; unrecognised addresses keep six characters."""
    text = value.strip()
    cut = _BUILDING.sub("", text)
    if cut != text and cut:
        return f"{cut}**"
    area = _AREA.match(text)
    kept = area[0] if area else text[:6]
    return kept if kept == text and area else f"{kept}**"


def mask_cons_no(value: str) -> str:
    """户号 outside: first two and last four digits."""
    return value if len(value) <= 6 else f"{value[:2]}{'*' * (len(value) - 6)}{value[-4:]}"


def mask_meter_no(value: str) -> str:
    """Meter asset or metering point number: the last six characters."""
    return value if len(value) <= 6 else "*" * (len(value) - 6) + value[-6:]


def valid_id_card(value: str) -> bool:
    """The check digit of an 18-digit identity number (GB 11643, ISO 7064 MOD 11-2)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(value[:17], weights, strict=True))
    return "10X98765432"[total % 11] == value[17].upper()


def valid_uscc(value: str) -> bool:
    """The check character of a unified social credit code (GB 32100)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(char) * pow(3, at, 31) for at, char in enumerate(value[:17]))
    return alphabet[(31 - total % 31) % 31] == value[17]


def valid_bank_card(value: str) -> bool:
    """The Luhn check of a bank card number."""
    total = 0
    for at, char in enumerate(reversed(value)):
        digit = int(char) * (2 if at % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def _id_text(match: re.Match[str]) -> str:
    return f"{match[1]}{'*' * 11}{match[3]}"


_SCRUBS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool], Callable[[re.Match[str]], str]], ...] = (
    ("id_card", ID_CARD, valid_id_card, _id_text),
    ("uscc", USCC, valid_uscc, lambda match: f"{match[0][:4]}{'*' * 10}{match[0][-4:]}"),
    ("bank_card", BANK, valid_bank_card, lambda match: f"{'*' * (len(match[0]) - 4)}{match[0][-4:]}"),
    ("phone", MOBILE, lambda text: True, lambda match: f"{match[1]}****{match[3]}"),
    ("phone", LANDLINE, lambda text: True, lambda match: f"{match[1]}-****{match[3]}"),
    ("email", EMAIL, lambda text: True, lambda match: f"{match[1]}***@{match[2]}"),
    ("plate", PLATE, lambda text: True, lambda match: f"{match[1]}{'*' * len(match[2])}{match[3]}"),
    ("person_name", NAMED, lambda text: True, lambda match: f"{match[1]}{mask_person(match[2])}"),
    ("person_name", CONTACT, lambda text: True, lambda match: f"{match[1]}{mask_person(match[2])}"),
)


def find_personal(text: str) -> list[Hit]:
    """Every piece of personal data in a text, in order; identity, credit and card numbers by their check digits."""
    hits: list[Hit] = []
    for kind, pattern, valid, _ in _SCRUBS:
        for match in pattern.finditer(text):
            taken = any(hit.start < match.end() and match.start() < hit.end for hit in hits)
            if valid(match[0]) and not taken:
                hits.append(Hit(kind, match.start(), match.end(), match[0]))
    return sorted(hits, key=lambda hit: hit.start)


def scrub_text(text: str) -> str:
    """Free text with every number of a person, e-mail, plate, introduced name, door and room number masked."""
    for _, pattern, valid, shown in _SCRUBS:
        text = pattern.sub(lambda match, v=valid, s=shown: s(match) if v(match[0]) else match[0], text)  # type: ignore[misc]
    return _ROOM.sub(r"**\1", _DOOR.sub(r"\1**\2", text))


def mask(kind: str, value: object, *, cust_type: str | None = None, outside: bool = False) -> object:
    """Mask one value by the kind its column declares; None stays None. Raises KeyError for an unknown kind."""
    if value is None:
        return None
    text = str(value)
    match kind:
        case "person_name":
            # a name is what somebody typed at a counter: shown, never a link or a tag
            return inert(mask_name(text, cust_type, outside=outside))
        case "phone":
            return mask_phone(text)
        case "address":
            return mask_address(text)
        case "free_text":
            return scrub_text(text)
        case "cons_no":
            return mask_cons_no(text) if outside else text
        case _:
            raise KeyError(f"没有名为 {kind} 的脱敏规则")
