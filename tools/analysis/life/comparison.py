"""Champion and challenger (A/B) on the same cases, with a paired bootstrap over whole groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.domain.analysis_version import VersionContent
from knowledge.analysis_life import life_rules
from tools.analysis.life import SEED, Cases, Life
from tools.analysis.life.measure import COMPARED, LABELS, LOWER_IS_BETTER, measured
from tools.analysis.life.trial import as_then


@dataclass(frozen=True)
class Difference:
    """One measure of both and the interval of challenger − champion; `better` None when the interval holds zero."""

    name: str
    label: str
    champion: float
    challenger: float
    low: float
    high: float
    better: bool | None


@dataclass(frozen=True)
class Comparison:
    """Both versions on the same cases; each case told by what was known when it was judged."""

    cases: int
    positives: int
    months: int
    differences: tuple[Difference, ...]

    @property
    def verdict(self) -> str:
        """In words, by the deciding measure (the first)."""
        first = self.differences[0]
        if first.better is None:
            return f"{first.label}之差的区间包含零，分不出高低"
        return f"挑战版本的{first.label}{'优于' if first.better else '不如'}现行版本"

    def told(self) -> dict[str, Any]:
        """Plain values for JSON and the audit row."""
        return {
            "cases": self.cases,
            "positives": self.positives,
            "months": self.months,
            "verdict": self.verdict,
            "differences": [
                {
                    **vars(item),
                    **{key: round(getattr(item, key), 6) for key in ("champion", "challenger", "low", "high")},
                }
                for item in self.differences
            ],
        }


def compare(life: Life, cases: Cases, champion: VersionContent, challenger: VersionContent) -> Comparison | str:
    """The comparison, or the Chinese reason why there is none."""
    import numpy as np

    rules = life_rules()
    told = [as_then(life, cases, version, rules.backtest_months) for version in (champion, challenger)]
    if told[0] is None or told[1] is None:
        return "结果已知的案例太少，无法对比"
    shared = np.intersect1d(told[0].cases.day, told[1].cases.day)
    kept = [np.isin(one.cases.day, shared) for one in told]  # type: ignore[union-attr]
    same = told[0].cases.take(kept[0])
    both = [one.predicted[keep] for one, keep in zip(told, kept, strict=True)]  # type: ignore[union-attr]
    if not len(same) or len(both[0]) != len(both[1]):
        return "两个版本没有共同的案例，无法对比"
    whole = [measured(life.kind, same.outcome, one) for one in both]
    names = [name for name in COMPARED[life.kind] if name in whole[0]]
    if names[:1] != [COMPARED[life.kind][0]]:
        return f"检验期正例不足 {rules.fewest_positives} 个，无法对比"
    groups, codes = np.unique(same.group.astype(str), return_inverse=True)
    random = np.random.default_rng(SEED)
    drawn: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rules.draws):
        times = np.bincount(random.integers(0, len(groups), len(groups)), minlength=len(groups))[codes].astype(float)
        ours = [measured(life.kind, same.outcome, one, times) for one in both]
        for name in names:
            if name in ours[0]:
                drawn[name].append(ours[1][name] - ours[0][name])
    tail = (100 - rules.confidence_pct) / 2
    differences = []
    for name in names:
        low, high = np.percentile(drawn[name], [tail, 100 - tail]) if drawn[name] else (-np.inf, np.inf)
        better = None if low <= 0 <= high else bool((high < 0) == (name in LOWER_IS_BETTER))
        differences.append(
            Difference(name, LABELS[name], whole[0][name], whole[1][name], float(low), float(high), better)
        )
    positives = int(same.outcome.sum()) if life.kind == "probability" else 0
    return Comparison(len(same), positives, len(shared), tuple(differences))
