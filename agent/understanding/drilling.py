"""再往下看 and 为什么不是天气: follow-ups of a question about a change or an anomaly."""

from __future__ import annotations

import re

from agent.events import Understood
from agent.understanding.context import Context
from agent.understanding.deeper import DEEPER
from tools.analysis.detectors import SCANS
from tools.analysis.dimension_choice import LABELS
from tools.analysis.drill import ALL_SEEN

_DEEPER = re.compile(
    r"^(?:那|请|麻烦|帮我|接着|继续)*(?:(?:再|继续|接着)?(?:往下|向下|往下面|往细里?)(?:一?[层级])?(?:再?看|钻|挖|拆|分析)?"
    r"|(?:再|继续)?(?:下钻|深挖|钻取)(?:一[层级]|一下|到|看)?|(?:再|继续)(?:细一?[层级点些]|看细一?[点些]))"
    r"(?:看|到)?(?:一下|看看)?(?P<to>单位|供电所|线路|台区|行业|用电类别|电压等级|电压|客户|用户|大客户)?(?:一[层级])?(?:吧|呢|看看)?[?。!]*$"
)
_TO = {"供电所": "org", "电压": "voltage", "用户": "customer", "大客户": "customer"} | {
    label: level for level, label in LABELS.items()
}
_SUSPECT = re.compile(
    r"(?:为什么|为何|凭什么|怎么(?:就|能|知道)?|怎样)(?:说|认为|确定)?(?:就)?(?:不是|不算|排除)|会不会(?:就)?是|是不是|"
    r"有没有可能是|能不能排除|(?:和|跟|与).{1,4}(?:有关|有没有关|没关)"
)
WEATHER = "天气"
_SUSPECTS: tuple[tuple[str, str], ...] = (
    (WEATHER, r"天气|气温|高温|低温|降温|凉爽|温度"),
    ("日历", r"日历|节假日|假期|春节|国庆|放假|工作日|调休"),
    ("数据", r"缺数|采集|数据|漏抄|退补|补采"),
    ("停电", r"停电|检修|故障"),
    ("光伏", r"光伏|自发自用"),
    ("窃电", r"窃电|偷电|计量|线损"),
    ("转供", r"转供|改接|切改"),
    ("客户", r"大?客户|大?用户|企业停产|停产"),
    ("行业", r"行业|景气|经济"),
)
_NAMED = (
    ("line", r"线路|馈线"),
    ("tg", r"台区(?:的)?(?:用电|电量|用电量)?异常"),
    ("customer", r"(?:客户|用户)(?:的)?(?:用电|电量|用电量)?异常"),
)
_ABOUT = frozenset({"detect", "explain"})
LAST = f"{ALL_SEEN}可以说「为什么不是天气」，或换一个单位、月份再问。"
LAST_SCAN = "已经看到客户一级，不能再往下了。可以说「为什么不是天气」，或换一个单位、月份再问。"


def follow_up(text: str, context: Context) -> Understood | None:
    """The reading of such a follow-up; None for other sentences and where there is nothing to follow."""
    if context.intent not in _ABOUT or context.period is None or not context.org:
        return None
    base = {"org": context.org[0] if len(context.org) == 1 else list(context.org), "period": context.period}
    found = _DEEPER.match(text)
    if found:
        detecting = context.intent == "detect"
        level = _TO[found["to"]] if found["to"] else None
        if detecting:
            level = level or _next(context)
            if level not in SCANS:
                return Understood(intent="unclear", clarify=LAST_SCAN, **base)
            return Understood(intent="detect", by=level, **base)
        if level is None and len(context.drilled) >= len(LABELS):
            return Understood(intent="unclear", clarify=LAST, **base)
        return Understood(
            intent="explain", indicator="A02", by=level, query=DEEPER, drilled=context.drilled, **base
        )  # fmt: skip
    if not _SUSPECT.search(text) or len(text) > 30:
        return None
    about = next((name for name, words in _SUSPECTS if re.search(words, text)), None)
    if about is None:
        return None
    indicator = context.indicator[0] if context.indicator and context.intent == "explain" else "A02"
    return Understood(intent="explain", indicator=indicator, query=about, **base)


def level_of(found: Understood, text: str) -> Understood:
    """Anomalies of 线路 are a level that no indicator is split by, 客户用电异常 names one without asking for a split;
    other splits than the levels mean the units."""
    if found.intent != "detect" or found.query:
        return found
    by = found.by if found.by in SCANS else None
    named = (level for level, words in _NAMED if re.search(words, text))
    return found.model_copy(update={"by": by or next(named, None)})


def _next(context: Context) -> str | None:
    """The level of anomalies below the one just told; None after the last."""
    levels = list(SCANS)
    at = levels.index(context.by or "org") + 1 if (context.by or "org") in levels else 1
    return levels[at] if at < len(levels) else None
