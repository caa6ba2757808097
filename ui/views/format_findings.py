"""The format check of an uploaded file as text: the rate, the findings by rule, and what a program can mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.domain.report import CheckResult
from tools.checks.standardization import standardization

MOST = 20
LEVELS = {"error": "错误", "warn": "提示"}
_MARKUP = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|#"})


def summary(name: str, pack: str, results: Sequence[CheckResult]) -> str:
    """One sentence: what was held against what, and how it did."""
    bad = [item for item in results if not item.passed]
    errors = sum(item.level == "error" for item in bad)
    rate = standardization(results)
    shown = f"标准化率 **{rate}%**，" if rate is not None else ""
    rules = len({item.rule for item in results})
    found = f"{errors} 处错误、{len(bad) - errors} 处提示" if bad else "没有发现问题"
    return f"「{name.translate(_MARKUP)}」按《{pack}》检查 {rules} 条规则：{shown}{found}。"


def listing(results: Sequence[CheckResult]) -> str:
    """The findings as lines, errors first; beyond `MOST` only their number by rule."""
    bad = sorted((item for item in results if not item.passed), key=lambda item: (item.level != "error", item.rule))
    lines = [_line(item) for item in bad[:MOST]]
    rest = Counter(f"{item.rule} {item.label}" for item in bad[MOST:])
    if rest:
        lines.append("- 另有：" + "；".join(f"{name} {count} 处" for name, count in rest.items()) + "。")
    return "\n".join(lines)


def fixable(results: Sequence[CheckResult]) -> int:
    """How many findings a program can mend."""
    return sum(item.fixable and not item.passed for item in results)


def _line(item: CheckResult) -> str:
    mark = "（可一键修正）" if item.fixable else ""
    place, text, fix = (part.translate(_MARKUP) for part in (item.place, item.text, item.fix))
    return f"- 【{LEVELS[item.level]}】{item.rule} {item.label}　{place}：{text}。{fix}{mark}"
