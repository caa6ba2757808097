"""Normalisation: one spelling for everything the resolvers look at."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

NUM = r"(?:\d+|[〇零一二三四五六七八九十两]+)"
"""A numeral in Arabic or Chinese, read by `number`."""

_TRADITIONAL = dict(
    zip(
        "電區縣個環網報導發佈審核請問為麼樣這裡來還兩業產費應實線損預測異常變化戶數營銷售價額類別壓級總體東陵臨雲鎮縱與對點們開關"
        "時間東車錢繳欠賬單據庫務聯繫過濾邊緣門際際陽陰頻繁斷復電負荷載壞優質滿廣場見議計劃項題術語釋義書稱號碼誰嗎幾條"
        "從應當將讓給統導員黨團隊選擇確認駁撤銷補貼購買賣讀寫記錄較週後漲跌趨勢圖",
        "电区县个环网报导发布审核请问为么样这里来还两业产费应实线损预测异常变化户数营销售价额类别压级总体东陵临云镇纵与对点们开关"
        "时间东车钱缴欠账单据库务联系过滤边缘门际际阳阴频繁断复电负荷载坏优质满广场见议计划项题术语释义书称号码谁吗几条"
        "从应当将让给统导员党团队选择确认驳撤销补贴购买卖读写记录较周后涨跌趋势图",
        strict=True,
    )
)
_TABLE = str.maketrans({**_TRADITIONAL, **dict.fromkeys("—–―‒〜∼", "~"), **dict.fromkeys("​‌‍﻿", "")})
_CJK = r"[㐀-鿿]"
_ENGLISH = {
    r"electricity sales|energy sales|energy sold|power sales|sales volume|electricity sold": "售电量",
    r"(?:electricity |power |energy )consumption": "用电量",
    r"line loss(?: rate)?": "线损率",
    r"complaints?": "投诉量",
    r"collection rate|recovery rate": "电费回收率",
    r"satisfaction": "客户满意度",
    r"average price": "售电均价",
    r"revenue": "售电收入",
    r"compared? (?:with|to) last year|year[- ](?:over|on)[- ]year|yoy": "同比",
    r"compared? (?:with|to) last month|month[- ](?:over|on)[- ]month|mom": "环比",
    r"year to date|ytd": "累计",
    r"last month": "上个月",
    r"this month": "本月",
    r"last quarter": "上季度",
    r"last year": "去年",
    r"this year": "今年",
    r"by industry": "按行业",
    r"by county|by unit": "按单位",
    r"why": "为什么",
    r"monthly report": "月报",
    r"weekly report": "周报",
    r"report": "报告",
    r"anomal(?:y|ies)|abnormal": "异常",
    r"churn": "客户流失预警",
    r"forecast|predict(?:ion)?": "预测",
    r"which count(?:y|ies)": "哪个县",
    r"count(?:y|ies)": "县",
    r"customers?": "客户",
    r"highest|largest|most|best": "最高",
    r"lowest|smallest|least|worst": "最低",
    r"rank(?:ing)?": "排名",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def folded(text: str) -> str:
    """Half-width, simplified, lower-case text, words otherwise as they are; what the safety rules look at."""
    return unicodedata.normalize("NFKC", text).translate(_TABLE).lower().strip()


def normalise(text: str) -> str:
    """Half-width, simplified, lower-case text without spaces beside Chinese; long dashes and tildes become `~`."""
    text = folded(text)
    text = "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf"} or char in "\n\t ")
    text = _english(text) if re.search(r"[a-z]{3}", text) else text
    text = re.sub(r"\s+", " ", text)
    text = re.sub(rf"(?<={_CJK}) | (?={_CJK})", "", text)
    return re.sub(r"(?<=\d) (?=[年月日号季])|(?<=[年月]) (?=\d)", "", text)


def _english(text: str) -> str:
    for index, name in enumerate(_MONTHS, start=1):
        text = re.sub(rf"(?<![a-z]){name}[a-z]*\.? (\d{{4}})(?!\d)", rf"\g<1>年{index}月", text)
    for pattern, chinese in _ENGLISH.items():
        text = re.sub(rf"(?<![a-z])(?:{pattern})(?![a-z])", chinese, text)
    return text


@lru_cache(maxsize=512)
def number(text: str) -> int | None:
    """The integer of an Arabic or Chinese numeral (`二〇二六`, `十二`, `两`), or None."""
    if text.isdigit():
        return int(text)
    if re.fullmatch(r"[〇零一二三四五六七八九]{2,}", text):
        return int("".join(str("〇一二三四五六七八九".index(char.replace("零", "〇"))) for char in text))
    import cn2an

    try:
        return int(cn2an.cn2an(text.replace("两", "二").replace("〇", "零"), "smart"))
    except ValueError:
        return None


def mask(text: str, start: int, end: int) -> str:
    """`text` with [start, end) blanked by `□`, so that what was understood is not read twice and positions stay."""
    return text[:start] + "□" * (end - start) + text[end:]


def distance(left: str, right: str) -> int:
    """Levenshtein distance of two short strings."""
    row = list(range(len(right) + 1))
    for index, char in enumerate(left, start=1):
        above, row[0] = row[0], index
        for column, other in enumerate(right, start=1):
            above, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, above + (char != other))
    return row[-1]
