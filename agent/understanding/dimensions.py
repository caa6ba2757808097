"""Dimensions and ranking words: 按行业拆开, 各台区, 前三名, 倒数."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from agent.understanding.normal import NUM, mask, number

_CUE = (
    r"(?:按照?|分|各个?|每一?个?|逐个?|不同|哪一?个|哪家|哪些|哪几个|哪|什么|几个|拆(?:分|解)?(?:成|"
    r"到|为)?|细分(?:到|成)?|下钻(?:到)?|钻取(?:到)?|"
    r"展开(?:到)?|切(?:到|成)|换成|改成|改按|换(?:为|到)?|细化到|具体到|落到|所有|全部|主要|重点)的?(?:各个?|"
    r"每个?|不同)?"
)
_DIMS: tuple[tuple[str, str], ...] = (
    (
        "tariff_class",
        (
            r"(?:用电)?(?:电价)?类别|用电性质|电价类型|用户类别|客户类别|用户类型|客户类型|用电类型|用电分类|"
            r"电价分类|类"
        ),
    ),
    ("industry", r"国民经济行业|行业(?:类别|分类)?|产业|三次产业"),
    ("voltage", r"电压(?:等级|层级|层)?|电压"),
    ("tg", r"台区|公变|配变|变压器"),
    ("cause", r"(?:停电)?原因|停电类型"),
    (
        "biz_type",
        (
            r"业务(?:类型|分类|类别)|工单(?:类型|类别|分类)|诉求(?:类型|类别)?|投诉(?:类型|类别|分类)|业务|"
            r"渠道|工单"
        ),
    ),
    ("customer", r"大?客户|大?用户|户(?!数|均)|企业|大户|用电大户"),
    (
        "org",
        (
            r"下属单位|单位|供电公司|县公司|区县|县区|县市区|分公司|公司|供电所|地区|区域|县(?!级)|所(?![有以属])|"
            r"区(?![域间别分])|组织"
        ),
    ),
    ("month", r"月份?(?!报|度?报|初|底|\d)|个月"),
    ("day", r"日(?!均|报|期|冻|线)|天(?!气)"),
)
_FIXED: tuple[tuple[str, str], ...] = (
    ("month", r"趋势|走势|逐月|按月|月度变化|变化曲线|变化情况|历史曲线|每月|各月|分月|月度明细|月度分布"),
    ("day", r"逐日|按日|每日|每天|按天|分日|日度|日趋势|日明细|天天"),
    ("industry", r"行业(?:结构|构成|分布|排名|明细|维度)|分产业|三产"),
    ("biz_type", r"(?:工单|业务|诉求|投诉)(?:类型|类别)(?:占比|分布|结构|构成|情况)?"),
    ("industry", r"[(]行业[)]|(?:构成|结构|分布)[(,、]*(?:按|分)?行业"),
    ("tariff_class", r"(?:用电)?(?:类别|性质)(?:结构|构成|分布|维度|明细)|电量结构|用电结构"),
    ("industry", r"行业(?:有哪些|是哪些|是哪个)|的行业(?=[,。?!]|$)"),
    ("tariff_class", r"的(?:用电|电价|客户)?类别(?=[,。?!]|$)"),
    ("voltage", r"的电压等级(?=[,。?!]|$)"),
    ("biz_type", r"的(?:业务|工单|诉求)?类型(?=[,。?!]|$)"),
    ("customer", r"(?:大客户|大用户|企业)[^,。]{0,6}(?:排名|排行|排序)"),
    ("tg", r"台区(?:有哪些|是哪些)|的台区(?=[,。?!]|$)"),
    ("customer", r"(?:客户|用户|企业|大户)(?:有哪些|是哪些|是谁)|的(?:大?客户|大?用户|企业)(?=[,。?!]|$)"),
    ("tg", r"台区(?:清单|明细|排名|维度|名单|列表|分布)"),
    (
        "org",
        (
            r"(?:单位|县区?|区县|供电所|所|公司|区)(?:有哪些|是哪些|有哪几个|都有哪些|都有谁)|的(?:单位|"
            r"县区?|区县|供电所|公司)(?=[,。?!]|$)|(?:单位|县区|区县|县|组织|地区)(?:排名|排行|明细|维度|"
            r"分布|对比|之间|间)|(?:县|所|单位)(?:级|一级)|(?:第一|靠前|靠后|末位|垫底)的(?:县|单位|供电所|公司|所|区)"
        ),
    ),
    (
        "customer",
        (
            r"(?:客户|用户)(?:排名|明细|清单|名单|维度|列表)|用电大户|(?:大客户|大用户|用户|客户)(?:前|"
            r"top)|(?:前|top)\d*[^,。]{0,4}(?:家|户)(?:大?客户|大?用户|企业)?"
        ),
    ),
    ("voltage", r"分压"),
    ("cause", r"原因(?:分布|构成|分类)"),
    ("biz_type", r"(?:类型|业务)(?:分布|构成|结构)"),
)
SPLIT_BY_CAUSE = r"原因[^。?!]{0,12}?(?:各占|分别占|占比|占多少|各是?有?多少|各几)"
"""什么原因造成的，各占多少: shares by cause are asked for, not why."""
_ENDS = r"(?:前|后|倒数|末|最后|头|top)"
_RANKED = {
    "县": "org",
    "区": "org",
    "所": "org",
    "单位": "org",
    "公司": "org",
    "行业": "industry",
    "台区": "tg",
    "客户": "customer",
    "用户": "customer",
    "大户": "customer",
    "户": "customer",
    "企业": "customer",
    "大客户": "customer",
    "大用户": "customer",
    "供电所": "org",
    "县区": "org",
    "区县": "org",
    "月": "month",
    "个月": "month",
    "天": "day",
}
_WORST = (
    r"最低|最少|最小|最差|最末|垫底|倒数|倒过来|反过来|倒序|反序|末位|靠后|后进|落后|最慢|拖后腿|从低到高|"
    r"由低到高|从少到多|由少到多|升序|从小到大|由小到大|吊车尾"
)
_BEST = (
    r"最高|最多|最大|最好|最快|第一(?!页|章|节|段|部分|条|次|时间|产业|批|季)|靠前|领先|榜首|冠军|从高到低|由高到低|从多到少|由多到少|降序|从大到小|由大到小|居首|"
    r"最长|最久|最频繁|最重|最严重|最突出|名列前茅|拔尖"
)
_RANKING = re.compile(
    rf"排名|排行|排序|排个?[名序队]|排第几|排在第?几|第几名?|名次|位次|排一下|排位|{_WORST}|{_BEST}|"
    rf"谁最|哪.{{0,4}}最|最(?:厉害|猛|明显|快|慢)|ranking|谁(?:高|低|多|少)"
)


@dataclass(frozen=True)
class DimensionReading:
    """`by` is the dimension asked for, `ranked` whether an order is asked for, `top` how many."""

    by: str | None = None
    ranked: bool = False
    top: int | None = None
    order: Literal["asc", "desc"] | None = None
    level: str = ""
    rest: str = ""


def read_dimensions(text: str, each: bool = False) -> DimensionReading:
    """Read normalised `text`; `each` says that a unit reading already saw 各县区."""
    top, by_top, low, rest = _read_top(text)
    told = _level(text) if by_top == "org" and "供电所" in text else ""
    before = rest
    by, level, rest = _read_by(rest)
    level = level or told
    placed = re.search(r"(?:第一|靠前|靠后|末位|垫底)的", before)
    ranked = top is not None or bool(_RANKING.search(rest)) or placed is not None
    order: Literal["asc", "desc"] | None = None
    falls = re.search(
        (
            r"(?:下降|降低|减少|下滑|跌|降|少)(?:得|幅度|的|幅)?(?:最多|最大|最快|最猛|最厉害|最明显|最狠|"
            r"前)"
        ),
        text,
    )
    if low or falls or re.search(_WORST, rest) or (placed and re.search(_WORST, placed.group())):
        order = "asc"
    elif ranked:
        order = "desc"
    rest = _blank(_RANKING, rest)
    return DimensionReading(by_top or by or ("org" if each else None), ranked, top, order, level, rest)


def _read_top(text: str) -> tuple[int | None, str | None, bool, str]:
    things = "|".join(sorted(_RANKED, key=len, reverse=True))
    pattern = re.compile(
        rf"(?P<end>{_ENDS})(?P<n>{NUM})(?!个?[月周季天年]|个季)(?:名|位|大|个|家|(?P<h>户)|强)?(?:的)?(?P<what>{things})?"
        rf"|最(?:高|低|多|少|大|小|好|差|慢|快|长)的?前?(?P<n2>{NUM})(?:个|家|(?P<h2>户)|名|位)?(?P<what2>{things})?"
        rf"|(?<=前)(?P<n3>{NUM})名"
    )
    match = pattern.search(text)
    if not match:
        return None, None, False, text
    value = number(match["n"] or match["n2"] or match["n3"])
    what = match["what"] or match["what2"] or ("客户" if match["h"] or match["h2"] else None)
    low = (match["end"] or "") in {"后", "倒数", "末", "最后"} or bool(
        re.search(r"最(?:低|少|小|差|慢)", match.group())
    )
    if value is None or not 1 <= value <= 1000 or (match["end"] == "倒数" and match.group() == "倒数第一"):
        return None, None, low, text
    return value, _RANKED.get(what or ""), low, mask(text, match.start(), match.end())


def _read_by(text: str) -> tuple[str | None, str, str]:
    for name, words in _DIMS:
        match = re.search(rf"{_CUE}(?:{words})(?:维度|口径|来?看|拆开|拆分|展开|分解|细分|统计|分组|汇总)?", text)
        if match and name == "cause" and re.match(r"什么|哪", match.group()) and not re.search(SPLIT_BY_CAUSE, text):
            continue
        if match and not (name in {"org", "customer"} and re.search(r"(?:主要|重点)", match.group())):
            return name, _level(match.group()), mask(text, match.start(), match.end())
    for name, words in _FIXED:
        match = re.search(words, text)
        if match:
            return name, _level(match.group()), mask(text, match.start(), match.end())
    return None, "", text


def _level(word: str) -> str:
    return "station" if "所" in word else "county" if re.search(r"[县区]|单位|公司", word) else ""


def _blank(pattern: re.Pattern[str], text: str) -> str:
    for match in pattern.finditer(text):
        text = mask(text, match.start(), match.end())
    return text
