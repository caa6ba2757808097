"""Drift (漂移): whether a version still fits: its features and scores, its last six months, and its age.

A shift of the scores, worse figures or old data ask for a new training; a shift of one feature is only named, because
season moves some of them and a feature of little weight moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.domain.analysis_version import VersionContent
from knowledge.analysis_life import life_rules
from tools.analysis.life import Life, Study
from tools.analysis.life.measure import measured
from tools.analysis.life.spread import SCORE, stability
from tools.analysis.life.trial import as_then


@dataclass(frozen=True)
class Recent:
    """Measures of the last months whose outcome is known; `live` of the `cases` were told by the version itself after
    its data ended, the others by the same recipe with what was known then."""

    months: int
    cases: int
    live: int
    first: date
    last: date
    measures: dict[str, float]


@dataclass(frozen=True)
class Drift:
    """`reasons` are Chinese sentences that ask for a new training; `watch` those to keep an eye on."""

    recent: Recent | None
    stability: dict[str, tuple[float, bool]]
    age_days: int
    reasons: tuple[str, ...]
    watch: tuple[str, ...]

    @property
    def verdict(self) -> str:
        return "建议重新训练" if self.reasons else "需要关注" if self.watch else "未见漂移"

    def told(self) -> dict[str, Any]:
        recent = self.recent
        return {
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "watch": list(self.watch),
            "age_days": self.age_days,
            "psi": {
                name: {"psi": round(index, 4), "beyond_chance": sure} for name, (index, sure) in self.stability.items()
            },
            "recent": None if recent is None else told(recent),
        }


def told(recent: Recent) -> dict[str, Any]:
    return {
        "months": recent.months, "cases": recent.cases, "live": recent.live, "first": recent.first.isoformat(),
        "last": recent.last.isoformat(), **{key: round(value, 6) for key, value in recent.measures.items()},
    }  # fmt: skip


def recent(life: Life, study: Study, version: VersionContent) -> Recent | None:
    """How a version did in the last months whose outcome is known; None when no month can be told."""
    made = as_then(life, study.cases, version, life_rules().recent_months)
    if made is None:
        return None
    return Recent(
        made.months, len(made.cases), int(made.live.sum()), made.cases.day.min().astype(object),
        made.cases.day.max().astype(object), measured(life.kind, made.cases.outcome, made.predicted),
    )  # fmt: skip


def drift(life: Life, study: Study, version: VersionContent, today: date) -> Drift:
    """Held against `knowledge/analysis_life.yaml`; an index that chance explains is named but asks for nothing."""
    import numpy as np

    rules = life_rules()
    lately = recent(life, study, version)
    independent = (len(np.unique(study.cases.group)), len(np.unique(study.now_group)))
    now = study.now
    if life.kind == "probability":
        now = now.assign(**{SCORE: life.algorithm(version.algorithm).apply(version.body, now)})
    found = stability(version.card.get("spread", {}), now, independent)
    reasons, watch = [], []
    if SCORE in found and found[SCORE][1] and found[SCORE][0] >= rules.psi_retrain:
        reasons.append("评分的分布已明显偏移")
    near = [name for name, (index, sure) in found.items() if sure and index >= rules.psi_watch and name != SCORE]
    if near:
        words = dict.fromkeys(life.words.get(name, name) for name in near)
        watch.append(f"{'、'.join(f'「{word}」' for word in words)}的分布有所偏移")
    age = (today - version.known_until).days
    if age > rules.max_age_days:
        reasons.append("训练数据已超过规定的时限")
    if lately is None:
        watch.append("最近各月的结果都还未知，无法评价表现")
    else:
        reasons += _fallen(lately.measures, version.card.get("backtest", {}))
    return Drift(lately, found, age, tuple(reasons), tuple(watch))


def _fallen(now: dict[str, float], then: dict[str, float]) -> list[str]:
    rules = life_rules()
    out = []
    if "auc" in now and "auc" in then and (then["auc"] - now["auc"]) * 100 >= rules.auc_drop_pp:
        out.append("最近各月的 AUC 较登记时明显下降")
    if now.get("gap", 0.0) * 100 >= rules.calibration_gap_pp:
        out.append("最近各月预测概率与实际频率相差过大")
    if "coverage" in now and rules.promised_coverage_pct - now["coverage"] * 100 >= rules.coverage_gap_pp:
        out.append("最近各月预测区间的覆盖率低于承诺")
    return out
