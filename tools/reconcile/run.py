"""Run the cross-source checks over one scope; each verdict keeps its own state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.domain.fact import Fact
from core.domain.period import month_end
from knowledge.quality import CheckSpec, reconcile_rules
from tools.evidence import Evidence, NoEvidence, Scope, Want
from tools.quality import Answers, day
from tools.reconcile import Nothing, Reconciled, all_checks

REPORT = 9
"""The check of the report against itself reads no source and waits for no period."""


def wants(scope: Scope) -> list[Want]:
    """Every statement of the checks, so that it can be asked ahead, together with others."""
    rules = reconcile_rules().checks
    made = [want for name, check in all_checks().items() for want in check.wants(scope, rules[name]).values()]
    return made + [newest(scope, dataset) for spec in rules.values() for dataset in spec.datasets]


def _whole(evidence: Evidence, scope: Scope, spec: CheckSpec) -> None:
    """Both sides must be there for the whole period: an unfinished side would look like a difference."""
    if scope.period.end >= scope.today and spec.code != REPORT:
        raise NoEvidence("partial", f"统计期{scope.period.label}尚未结束，暂不核对")
    if spec.monthly and not scope.period.whole_months:
        raise Nothing(f"{spec.name}按整月核对，{scope.period.label}不是整月")
    for dataset in spec.datasets:
        info = scope.catalog.datasets[dataset]
        row = next(iter(evidence.rows(newest(scope, dataset))), {})
        if not row.get("newest"):
            raise Nothing(f"{scope.period.label}没有{info.label}数据")
        last = month_end(date.fromisoformat(f"{row['newest']}-01")) if info.date_kind == "ym" else day(row["newest"])
        if last is not None and last < scope.period.end:
            raise NoEvidence("partial", f"{info.label}数据截至{last.isoformat()}，未覆盖整个统计期，暂不核对")


def newest(scope: Scope, dataset: str) -> Want:
    """The newest day (or month) of a dataset within the period."""
    info = scope.catalog.datasets[dataset]
    return scope.want(info.source, f"SELECT MAX({info.date}) AS newest FROM {dataset} WHERE {scope.within(dataset)}")


def reconcile(evidence: Evidence, scope: Scope, known: Sequence[Fact] = ()) -> list[Reconciled]:
    """All checks in their order. `known` are the facts of the report that is being made, if one is."""
    evidence.gather(wants(scope))
    rules = reconcile_rules().checks
    names = [name for name in all_checks() if known or rules[name].code != REPORT]
    return [one(evidence, scope, name, tuple(known)) for name in names]


def one(evidence: Evidence, scope: Scope, name: str, known: tuple[Fact, ...] = ()) -> Reconciled:
    """One check's verdict."""
    check, spec = all_checks()[name], reconcile_rules().checks[name]
    made = check.wants(scope, spec)
    asked = tuple(made.values())
    try:
        _whole(evidence, scope, spec)
        compared = check.judge(scope, spec, Answers(evidence, made), known)
    except NoEvidence as error:
        return Reconciled(name, spec, error.status, error.reason, wants=asked)
    except Nothing as nothing:
        return Reconciled(name, spec, "empty", str(nothing), wants=asked)
    return Reconciled(name, spec, "ok", "", compared, asked)
