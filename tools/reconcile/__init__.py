"""Cross-source checks (跨系统核对, domain.md §2.3): each file of `checks/` is one, named as in reconcile.yaml.

A check states what it wants, sets one number against another and names the causes of what does not agree. It judges
nothing that could not be read in whole: then there is a state and a reason, and no numbers.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from core.domain.fact import Fact, FactStatus
from core.errors import Broken
from knowledge.quality import CheckSpec, reconcile_rules
from tools.evidence import Scope, Want, Wants
from tools.quality import Answers


@dataclass(frozen=True)
class Odd:
    """One object that does not agree: by how much (left − right, base unit) and why, as far as evidence tells."""

    object: str
    org: str
    cause: str
    gap: Decimal


@dataclass(frozen=True)
class Compared:
    """Left against right over `examined` objects; `left_wants` and `right_wants` are the statements behind each."""

    left: Decimal
    right: Decimal
    examined: int
    odd: tuple[Odd, ...]
    within: bool
    left_wants: tuple[Want, ...] = ()
    right_wants: tuple[Want, ...] = ()

    @property
    def gap(self) -> Decimal:
        return self.left - self.right

    @property
    def gap_pct(self) -> Decimal | None:
        """The gap in percent of the larger side; None where both are zero."""
        base = max(abs(self.left), abs(self.right))
        return self.gap / base * 100 if base else None

    @property
    def odd_pct(self) -> Decimal | None:
        return Decimal(len(self.odd)) / self.examined * 100 if self.examined else None


@dataclass(frozen=True)
class Reconciled:
    """One check's verdict: `within` or `beyond` its tolerance, or the state of the data that kept it from one."""

    check: str
    spec: CheckSpec
    status: FactStatus
    reason: str = ""
    compared: Compared | None = None
    wants: tuple[Want, ...] = field(default=())

    @property
    def beyond(self) -> bool:
        return self.compared is not None and not self.compared.within


class Nothing(Exception):
    """There is nothing to set against each other: no rows on one side. The reason is Chinese."""


@dataclass(frozen=True)
class Check:
    """`judge` also gets the facts that the report holds so far; raises NoEvidence or Nothing."""

    name: str
    wants: Callable[[Scope, CheckSpec], Wants]
    judge: Callable[[Scope, CheckSpec, Answers, tuple[Fact, ...]], Compared]


def cents(value: object) -> Decimal:
    """Kilowatt-hours or yuan of a sum in hundredths; a missing sum is none."""
    return Decimal(int(value)) / 100 if value is not None and value == value else Decimal(0)  # type: ignore[call-overload]


@cache
def all_checks() -> dict[str, Check]:
    """Every check by name, in the order of the rules; raises Broken where file, check and entry differ."""
    import tools.reconcile.checks as folder

    found: dict[str, Check] = {}
    for info in pkgutil.iter_modules(folder.__path__):
        check: Check = importlib.import_module(f"{folder.__name__}.{info.name}").CHECK
        if check.name != info.name:
            raise Broken(f"核对 {check.name} 与文件 {info.name} 不同名。", "请改成一致。")
        found[check.name] = check
    if set(found) != set(reconcile_rules().checks):
        raise Broken("reconcile.yaml 的条目与 tools/reconcile/checks/ 的文件不一致。", "请一个条目对应一个文件。")
    return {name: found[name] for name in reconcile_rules().checks}
