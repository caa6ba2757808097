"""The only file that knows LangChain tools: the hands that one actor may use, with results as facts.

Every tool takes codes (indicator `A02`, org `9940104`, period `2026-10` as `Period.parse` reads it) and returns JSON:
`{"facts": [...], "findings": [...], "note": "..."}` where a fact is `{id, name, org_name, by, status, reason, unit,
kind, has: ["yoy", "mom", ...], up: {"yoy": true, …}}`. Values stay here: a model writes tokens, never digits. The actor
is bound in, never an argument.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from core.domain.actor import Actor
from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.period import Period
from core.errors import BadRequest, GmaError
from tools.analysis import Bench, Result, all_analyses
from tools.analysis.detectors import detector
from tools.analysis.drill import deeper, drill
from tools.analysis.hypotheses import only
from tools.analysis.root_cause import explain
from tools.analysis.version_review import ANALYSIS as VERSIONS
from tools.analysis.version_review import review
from tools.indicators.ask import Ask
from tools.sources import all_sources

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

COMPARED = ("yoy", "mom", "ytd", "ytd_yoy", "mom_daily")


class Collected:
    """The facts and findings that the tools of one turn minted."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.findings: list[Finding] = []

    def add(self, result: Result, about: str = "") -> str:
        """Keep a result; what a model may see of it comes back. `about` names the one unit that was asked about."""
        self.facts += result.facts
        self.findings += result.findings
        body = {
            "facts": [brief(fact) for fact in result.facts],
            "findings": [{"title": f.title, "severity": f.severity, "text": f.text} for f in result.findings],
            "places": result.places,
            "note": result.label,
            "about": about,
        }
        return json.dumps(body, ensure_ascii=False)


def brief(fact: Fact) -> dict[str, Any]:
    """What a language model may see of a fact: everything but its numbers."""
    compared = [name for name in COMPARED if getattr(fact.compare, name) is not None]
    return {
        "id": fact.id,
        "indicator": fact.indicator,
        "name": fact.name,
        "org_name": fact.org_name,
        "period": fact.period.label,
        "by": fact.by.model_dump() if fact.by else None,
        "status": fact.status,
        "zero": fact.value == 0 if fact.value is not None else False,
        "reason": fact.reason,
        "sources": [all_sources()[name].label for name in fact.source.split("+") if name in all_sources()],
        "unit": fact.unit,
        "kind": fact.kind,
        "method": fact.method,
        "has": compared,
        "up": {name: getattr(fact.compare, name) > 0 for name in compared if name != "ytd"},
    }


def build_tools(
    actor: Actor, bench: Bench, collected: Collected, search: Callable[[str], list[dict[str, str]]]
) -> list[BaseTool]:
    """The tools of one actor for one turn. A refused or wrong call comes back as a sentence, not as an exception."""
    from langchain_core.tools import StructuredTool

    def kept(result: Result, org: str) -> str:
        unit = bench.tree.get(org)
        return collected.add(result, unit.name if unit else org)

    def analysed(name: str, org: str, period: Period) -> str:
        return kept(all_analyses()[name](bench, org, period), org)

    def indicator_query(
        indicator: list[str], org: list[str], period: str, by: str | None = None, limit: int | None = None
    ) -> str:
        """查指标：一项或几项指标、一个或几个单位、一个统计期。

        by 为拆分维度：org、industry、tariff_class、voltage、tg、customer、month、day、biz_type。
        """
        asks = [Ask(code, unit, Period.parse(period), by=by, limit=limit) for code in indicator for unit in org]
        return collected.add(Result("指标查询", bench.engine.compute(asks)))

    def detect_anomalies(org: str, period: str, by: str = "org") -> str:
        """找用电量异常：与自身季节水平和同类对象比较。by 为层级：org、line、tg、customer；整月按月判断，其余按日。"""
        span = Period.parse(period)
        return analysed(detector(by, span), org, span)

    def data_review(org: str, period: str) -> str:
        """核对数据：九项跨系统核对、各来源的数据质量评分、质量探测。"""
        return analysed("data_review", org, Period.parse(period))

    def explain_change(indicator: str, org: str, period: str, about: str = "") -> str:
        """解释一项指标的同比变化：按下级单位、行业、大客户分解，并核对采集、停电、气温、供电侧证据。

        about 为只问其中一种原因：天气、日历、数据、停电、客户、光伏、窃电、转供、行业。
        """
        result = explain(bench, indicator, org, Period.parse(period))
        return kept(only(result, about) if about else result, org)

    def drill_change(org: str, period: str, by: str | None = None, seen: tuple[str, ...] = ()) -> str:
        """售电量的同比变化来自谁，往下看一层：by 为 org、line、tg、industry、tariff_class、voltage、customer；
        不写 by 则取最能说明变化、此前没有看过的维度，seen 为此前各步的 by（没有写的记空串）。"""
        span = Period.parse(period)
        return kept(drill(bench, org, span, by) if by else deeper(bench, org, span, seen), org)

    def churn_ranking(org: str, as_of: str) -> str:
        """大客户流失风险排序及理由。"""
        return analysed("churn_risk", org, Period.day(date.fromisoformat(as_of)))

    def outlook(org: str, period: str) -> str:
        """预测下一个月的售电量区间。"""
        return analysed("outlook", org, Period.parse(period))

    def satisfaction_forecast(org: str, period: str) -> str:
        """预测 period 之后一个月的客户满意度：预测值、区间和近几个月的检验。"""
        return analysed("satisfaction_forecast", org, Period.parse(period))

    def campaign(org: str, period: str) -> str:
        """营销活动优化：对预警大客户的各项挽回措施排序，仅为排序，不是效果估计。"""
        return analysed("campaign", org, Period.parse(period))

    def measure_outcomes(org: str, period: str) -> str:
        """挽回策略执行情况：已记录的执行结果、执行后电量变化（前后对比）和措施成功率。"""
        return analysed("measure_outcomes", org, Period.parse(period))

    def analysis_versions(org: str, period: str, names: str = "") -> str:
        """分析模型现在是哪一版、近半年表现怎样、有没有漂移。names：churn_risk、outlook、satisfaction_forecast，逗号分隔，不写则全部。"""
        asked = tuple(name for name in names.split(",") if name)
        month = Period.parse(period)
        return kept(VERSIONS.marked(bench, org, month, review(bench, org, month, asked)), org)

    def search_knowledge(query: str) -> str:
        """查模板、往期报告、指标口径和规范。"""
        return json.dumps({"hits": search(query)}, ensure_ascii=False)

    functions = (
        indicator_query, detect_anomalies, data_review, explain_change, drill_change, churn_ranking, outlook,
        satisfaction_forecast, campaign, measure_outcomes, analysis_versions,
        search_knowledge,
    )  # fmt: skip
    return [StructuredTool.from_function(_said(function), name=function.__name__) for function in functions]


def _said(function: Callable[..., str]) -> Callable[..., str]:
    import functools

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> str:
        try:
            return function(*args, **kwargs)
        except ValueError as error:
            return json.dumps({"error": str(BadRequest(str(error)))}, ensure_ascii=False)
        except GmaError as error:
            return json.dumps({"error": str(error)}, ensure_ascii=False)

    return call
