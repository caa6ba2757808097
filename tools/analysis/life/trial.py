"""Training with a backtest by time: every month is told by what was known when it was judged, no later outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.domain.analysis_version import VersionContent
from knowledge.analysis_life import life_rules
from tools.analysis.life import SEED, Algorithm, Cases, Life, Study
from tools.analysis.life.measure import measured
from tools.analysis.life.spread import SCORE, spread_of

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Told:
    """Predictions for `cases`, in order; `live` marks those that the version itself made about days after its data,
    the others are those of the same recipe fitted on what was known then."""

    cases: Cases
    predicted: np.ndarray
    live: np.ndarray

    @property
    def months(self) -> int:
        import numpy as np

        return len(np.unique(self.cases.day))


def train(life: Life, study: Study, org: str, name: str | None, seed: int = SEED) -> VersionContent | str:
    """A version's content with its backtest in `card`, or the Chinese reason why nothing can be learnt."""
    import numpy as np

    recipe = life.algorithm(name)
    cases = study.cases
    body = recipe.fit(cases, recipe.parameters, seed)
    if isinstance(body, str):
        return body
    days = np.unique(cases.day)
    draft = VersionContent(
        analysis=life.name, label=life.label, org=org, algorithm=recipe.name, algorithm_label=recipe.label,
        parameters=dict(recipe.parameters), features=tuple(map(str, cases.table.columns)), seed=seed, body=body,
        first=days[0].astype(object), last=days[-1].astype(object),
        known_until=cases.settled.max().astype(object), cases=len(cases),
    )  # fmt: skip
    told = as_then(life, cases, draft, life_rules().backtest_months)
    if told is None:
        return "历史结果集中在少数月份，无法按时间检验"
    spread = cases.table
    if life.kind == "probability":
        spread = spread.assign(**{SCORE: recipe.apply(body, cases.table)})
    card = {
        "backtest": measured(life.kind, told.cases.outcome, told.predicted),
        "months": told.months,
        "window": [str(told.cases.day.min()), str(told.cases.day.max())],
        "positives": int(cases.outcome.sum()) if life.kind == "probability" else None,
        "spread": spread_of(spread),
    }
    return draft.model_copy(update={"card": card})


def as_then(life: Life, cases: Cases, version: VersionContent, months: int) -> Told | None:
    """What a version (or its recipe, for days before the end of its data) said of the last `months` judging days.

    None when no day can be told: too little was known before any of them.
    """
    import numpy as np

    recipe = life.algorithm(version.algorithm)
    parts: list[tuple[Cases, np.ndarray, bool]] = []
    for day in np.unique(cases.day)[-months:]:
        here = cases.take(cases.day == day)
        live = day >= np.datetime64(version.known_until)
        body = version.body if live else _fitted(recipe, version, cases.known_on(day))
        if body is not None:
            parts.append((here, recipe.apply(body, here.table), live))
    if not parts:
        return None
    return Told(
        joined([part for part, _, _ in parts]),
        np.concatenate([made for _, made, _ in parts]),
        np.concatenate([np.full(len(part), live) for part, _, live in parts]),
    )


def _fitted(recipe: Algorithm, version: VersionContent, known: Cases) -> dict[str, Any] | None:
    body = recipe.fit(known, version.parameters, version.seed) if len(known) else "没有"
    return None if isinstance(body, str) else body


def joined(parts: list[Cases]) -> Cases:
    import numpy as np
    import pandas as pd

    return Cases(
        pd.concat([part.table for part in parts], ignore_index=True),
        np.concatenate([part.outcome for part in parts]),
        np.concatenate([part.day for part in parts]),
        np.concatenate([part.settled for part in parts]),
        np.concatenate([part.group for part in parts]),
    )
