"""上期措施落实: what the report before promised to mend, against this period's figures of the same indicators."""

from __future__ import annotations

from core.domain.checklist import Remark
from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.tokens import plain
from tools.checklist import Case, Item, Said, remark

SHOWN = 3
"""How many of a measure's figures are named; the rest are counted."""


def _run(case: Case) -> Said:
    if case.prior is None:
        return Said("没有上期已发布报告，按首期处理，不作比较")
    promised = [finding for finding in case.prior.findings if finding.suggestion]
    if not promised:
        return Said(f"上期报告 {case.prior_id} 没有提出措施")
    present = [fact for fact in case.content.facts if fact.has_value and fact.period == case.content.period]
    before, now = case.prior.fact_map(), {_place(fact): fact for fact in present}
    remarks, better, gone = [], 0, 0
    for finding in promised:
        pairs = [(before[name], now.get(_place(before[name]))) for name in finding.facts if name in before]
        compared = [(old, new) for old, new in pairs if new is not None and _gain(old, new) is not None]
        if not compared:
            gone += 1
            continue
        worse = [(old, new) for old, new in compared if (_gain(old, new) or 0) <= 0]
        if not worse:
            better += 1
            continue
        remarks.append(_unmended(finding, worse))
    evidence = (
        f"上期报告 {case.prior_id} 提出 {len(promised)} 项措施：{better} 项所涉指标全部改善，{len(remarks)} 项未改善，"
        f"{gone} 项本期没有同一指标可比"
    )
    return Said(evidence, tuple(remarks))


def _unmended(finding: Finding, worse: list[tuple[Fact, Fact]]) -> Remark:
    named = "；".join(f"{_subject(new)}由{_printed(old)}到{_printed(new)}" for old, new in worse[:SHOWN])
    rest = f"等 {len(worse)} 处" if len(worse) > SHOWN else ""
    return remark(
        "promises",
        f"上期「{finding.title}」的措施（{finding.suggestion}）未见成效：{named}{rest}",
        fix="在问题或重点工作中写明原因和后续安排。",
    )


def _gain(old: Fact, new: Fact) -> float | None:
    """Above zero when the figure moved the way that is better; None where no way is better."""
    if old.value is None or new.value is None or new.direction not in {"up", "down"}:
        return None
    moved = new.value - old.value
    return float(moved if new.direction == "up" else -moved)


def _place(fact: Fact) -> tuple[str, str, str, str]:
    return fact.indicator, fact.name, fact.org, f"{fact.by.dim}={fact.by.key}" if fact.by else ""


def _subject(fact: Fact) -> str:
    where = fact.by.label if fact.by else fact.org_name
    return f"{where}{fact.name}"


def _printed(fact: Fact) -> str:
    return plain("{{" + fact.id + "}}", {fact.id: fact})


ITEM = Item("promises", "上期措施落实", 90, (), _run)
