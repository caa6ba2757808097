"""Invented names, phones and addresses."""

from __future__ import annotations

import numpy as np

from tools.demo.arrays import Array
from tools.demo.organisation import COUNTIES, STATIONS

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红建国志文斌海燕波辉宁云飞鹏浩然子涵雨欣思远嘉怡晨曦"
_WORDS = (
    "宏达",
    "瑞丰",
    "金源",
    "恒泰",
    "盛华",
    "中兴达",
    "启明",
    "天成",
    "富康",
    "华信",
    "众诚",
    "德隆",
    "鼎盛",
    "安泰",
    "润泽",
    "嘉禾",
    "兴业达",
    "创新源",
    "百川",
    "同辉",
    "远航",
    "锦程",
    "永固",
    "新锐",
    "博远",
    "广源",
    "泰和",
    "正阳",
    "海纳",
    "卓越",
)
_TRADES = {
    "1": ("农业开发", "水产养殖", "生态种植", "畜牧"),
    "2": (
        "机械制造",
        "纺织",
        "化工",
        "新材料",
        "电子",
        "塑料制品",
        "金属制品",
        "食品",
        "包装",
        "汽车配件",
        "建材",
        "铸造",
    ),
    "3": ("建筑工程", "市政工程", "装饰工程"),
    "4": ("物流", "仓储", "公交", "港口服务"),
    "5": ("信息技术", "数据服务", "通信"),
    "6": ("商贸", "超市", "百货", "农产品批发"),
    "7": ("酒店", "餐饮管理", "宾馆"),
    "8": ("村镇银行", "担保", "小额贷款"),
    "9": ("物业管理", "置业"),
    "10": ("租赁", "商务服务", "人力资源"),
    "11": ("中学", "人民医院", "水务", "文化馆", "卫生院"),
}
_STREETS = (
    "人民路",
    "建设路",
    "滨河路",
    "新华街",
    "振兴大道",
    "园区一路",
    "园区二路",
    "梧桐街",
    "解放路",
    "学院路",
    "湖滨路",
    "和平街",
)


def personal_names(rng: np.random.Generator, count: int) -> list[str]:
    """Invented personal names of two or three characters."""
    surname = rng.integers(0, len(_SURNAMES), count)
    given = rng.integers(0, len(_GIVEN), (count, 2))
    single = rng.random(count) < 0.25
    return [
        _SURNAMES[s] + _GIVEN[g[0]] + ("" if one else _GIVEN[g[1]])
        for s, g, one in zip(surname, given, single, strict=True)
    ]


def enterprise_names(rng: np.random.Generator, industries: list[str]) -> list[str]:
    """Invented enterprise names; repeated ones get a running number of their branch."""
    seen: dict[str, int] = {}
    out = []
    for code in industries:
        trade = _TRADES[code][int(rng.integers(len(_TRADES[code])))]
        word = _WORDS[int(rng.integers(len(_WORDS)))]
        name = f"云州{word}{trade}" + ("" if code == "11" else "有限公司")
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}（{seen[name]}部）")
    return out


def phones(order: Array) -> list[str]:
    """Numbers of an unassigned range, by running number."""
    return [f"19900{int(k) % 1_000_000:06d}" for k in order]


def addresses(rng: np.random.Generator, stations: Array) -> list[str]:
    """Invented addresses in the customer's county."""
    street = rng.integers(0, len(_STREETS), len(stations))
    house = rng.integers(1, 400, len(stations))
    areas = [COUNTIES[s.county].area for s in STATIONS]
    towns = [s.short for s in STATIONS]
    return [
        f"云州市{areas[s]}{towns[s]}街道{_STREETS[a]}{h}号"
        for s, a, h in zip(stations.tolist(), street.tolist(), house.tolist(), strict=True)
    ]
