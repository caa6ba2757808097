"""客户满意度预测: next month's 客户满意度 of a unit with an interval, and how such forecasts did lately.

The registered version in service tells it. Without one, the recipes of `life.satisfaction_forecast` are fitted on what
was known on the day, and the one with the best interval score over later months is taken; where it does not beat
沿用上月 on the latest months as well, that it is. Labelled 预测 wherever it is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from core.domain.analysis_version import AnalysisVersion, VersionContent
from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.period import Period, shift_months
from tools.analysis import Analysis, Bench, Result
from tools.analysis.derived import derived
from tools.analysis.promise import record
from tools.indicators.ask import Ask

if TYPE_CHECKING:
    from tools.analysis.life import Study
    from tools.analysis.life.drift import Recent

NAME = "satisfaction_forecast"
LABEL = "客户满意度预测"
HISTORY = 6
SETTLING_DAYS = 10
"""Days after a month until its tickets are closed and revisited."""
BASELINE = "last"
OCCASION = ("year", "last")
"""Learnt for the occasion; a regression is trained and registered first: on unseen provinces it was no better."""
SCORED = "区间得分为区间宽度加上未覆盖部分按承诺折算的罚分"


@dataclass(frozen=True)
class Chosen:
    """`content` makes the forecast; `said` is where it comes from, `version` the one in service; `lately` and `naive`
    are how it and 沿用上月 did on the same months (None where none can be judged)."""

    content: VersionContent
    said: str
    version: AnalysisVersion | None
    lately: Recent | None
    naive: Recent | None

    @property
    def better(self) -> bool:
        """Whether it beat 沿用上月 on later months, by the interval score."""
        both = self.lately is not None and self.naive is not None
        return both and self.lately.measures["score"] < self.naive.measures["score"]  # type: ignore[union-attr]


def run(bench: Bench, org: str, period: Period) -> Result:
    """Places `satisfied_…`; one finding `satisfaction_record` that tells the method and its record."""
    day = min(bench.today, period.end + timedelta(days=SETTLING_DAYS))
    first = day.replace(day=1)
    months = Period.month(shift_months(first, -1).year, shift_months(first, -1).month).trailing_months(HISTORY)
    span = Period(start=months[0].start, end=months[-1].end, grain="range")
    recent = [fact for fact in bench.compute([Ask("E08", org, span, by="month")])[0] if fact.has_value]
    found = _chosen(bench, org, day)
    if isinstance(found, str) or not recent:
        return Result(f"{LABEL}；{found if isinstance(found, str) else '近期没有有效回访'}", recent)
    chosen, study = found
    told = _told(chosen, study, org)
    if told is None:
        return Result(f"{LABEL}；有效回访不足，暂不给出预测", recent)
    like = recent[-1].model_copy(update={"period": Period.month(first.year, first.month), "by": None})
    method = f"{chosen.content.algorithm_label}；{chosen.said}（预测）"
    facts: list[Fact] = []
    places: dict[str, list[str]] = {}
    for place, name, value in zip(("low", "mid", "high"), ("预测下限", "预测", "预测上限"), told, strict=True):
        fact = derived(bench, like, f"下月客户满意度{name}", value, recent, method, rule="pp")
        facts.append(fact)
        places[f"satisfied_{place}"] = [fact.id]
    kept, more = _record(bench, like, recent, chosen)
    facts += kept
    places |= more
    if chosen.version is not None:
        number = derived(
            bench, like, "满意度预测分析版本号", Decimal(chosen.version.number), recent, chosen.said, unit="",
            kind="count", decimals=0,
        )  # fmt: skip
        facts.append(number)
        places["satisfied_version"] = [number.id]
    finding = Finding(
        id=f"D{bench.mint()[1:]}", kind="satisfaction_record", severity="关注", title="满意度预测的方法与检验",
        text=_text(chosen, places), org=org, facts=tuple(fact.id for fact in facts),
    )  # fmt: skip
    versions = {NAME: chosen.version.id} if chosen.version is not None else {}
    return Result(LABEL, [*recent, *facts], [finding], places, versions)


def _chosen(bench: Bench, org: str, day: object) -> tuple[Chosen, Study] | str:
    from tools.analysis.life.drift import recent
    from tools.analysis.life.satisfaction_forecast import LIFE
    from tools.analysis.life.trial import train

    past = LIFE.study(bench, org, day)  # type: ignore[arg-type]
    if isinstance(past, str):
        return past
    naive = train(LIFE, past, org, BASELINE)
    if isinstance(naive, str):
        return naive
    base = recent(LIFE, past, naive)
    version = bench.version_of(NAME, org)
    if version is not None and version.content.known_until <= day:  # type: ignore[operator]
        return Chosen(version.content, version.said(), version, recent(LIFE, past, version.content), base), past
    names = [version.content.algorithm] if version else OCCASION
    made = [one for one in (train(LIFE, past, org, name) for name in names) if not isinstance(one, str)]
    if not made:
        return "有回访的月份不足，暂不给出预测"
    best = min(made, key=lambda one: one.card["backtest"]["score"])
    how = f"{version.said()}，按其做法" if version else "未登记版本，"
    said = f"{how}按截至{best.known_until:%Y-%m-%d}的数据临时学得"
    chosen = Chosen(best, said, None, recent(LIFE, past, best), base)
    if version is None and not chosen.better:
        chosen = Chosen(naive, said, None, base, base)
    return chosen, past


def _told(chosen: Chosen, study: Study, org: str) -> tuple[Decimal, Decimal, Decimal] | None:
    """Low, middle, high (%) of the unit; None where it has too few revisits."""
    import numpy as np

    from tools.analysis.life.satisfaction_forecast import LIFE

    at = np.flatnonzero(study.now_group == org)
    if not len(at):
        return None
    row = LIFE.algorithm(chosen.content.algorithm).apply(chosen.content.body, study.now.iloc[at])[0]
    low, middle, high = (Decimal(f"{value:.4f}") for value in row)
    return low, middle, high


def _record(bench: Bench, like: Fact, parents: list[Fact], chosen: Chosen) -> tuple[list[Fact], dict[str, list[str]]]:
    from tools.analysis.life.performance import performance

    facts, places = record(
        bench, like, parents, performance(chosen.lately, chosen.said), chosen.said, prefix="satisfied_"
    )
    if chosen.naive is None or chosen.lately is None:
        return facts, places
    same = f"与预测同样的月份（{chosen.naive.first:%Y-%m-%d}至{chosen.naive.last:%Y-%m-%d}）；{SCORED}"
    for place, name, of, measure in (
        ("naive", "沿用上月的平均误差", chosen.naive, "error"),
        ("score", "预测的区间得分", chosen.lately, "score"),
        ("naive_score", "沿用上月的区间得分", chosen.naive, "score"),
    ):
        value = Decimal(f"{of.measures[measure]:.2f}")
        fact = derived(bench, like, name, value, parents, same, unit="百分点", rule="pp")
        facts.append(fact)
        places[f"satisfied_{place}"] = [fact.id]
    return facts, places


def _text(chosen: Chosen, places: dict[str, list[str]]) -> str:
    def token(name: str) -> str:
        return f"{{{{{places[name][0]}}}}}"

    text = f"做法为{chosen.content.algorithm_label}，区间承诺覆盖{token('satisfied_promised')}的情形"
    if chosen.lately is None or chosen.naive is None:
        return f"{text}；最近各月的结果都还未知，尚不能检验。"
    text += (
        f"；结果已知的近{token('satisfied_recent_months')}实际覆盖{token('satisfied_recent_coverage')}，"
        f"平均误差{token('satisfied_recent_error')}，沿用上月的平均误差为{token('satisfied_naive')}；"
        f"区间得分（越小越好）为{token('satisfied_score')}，沿用上月为{token('satisfied_naive_score')}"
    )
    if chosen.content.algorithm == BASELINE:
        return f"{text}，模型没有带来改进，因此沿用上月。"
    if chosen.better:
        return f"{text}，据此采用模型。"
    return f"{text}，模型在这些月份没有带来改进，建议重新训练并对比。"


ANALYSIS = Analysis(NAME, LABEL, run)
