"""What goes wrong between the true energy and the recorded one. Empty unless something is planted."""

from __future__ import annotations

from dataclasses import dataclass, field

from tools.demo.arrays import Array


@dataclass(frozen=True)
class UnderReading:
    """The meter records only a part (theft, a lost phase, a stopped meter); last day exclusive."""

    customer: int
    start: int
    end: int
    lost: float
    kind: str


@dataclass(frozen=True)
class MeterChange:
    """A meter is replaced at a second of a day."""

    customer: int
    day: int
    second: int
    new_ratio: int


@dataclass(frozen=True)
class RatioError:
    """The filed ratio is ten times too large; last day exclusive."""

    customer: int
    start: int
    end: int


@dataclass(frozen=True)
class Gap:
    """No values (or late ones) of some customers; last day exclusive, inside one month and not its last day."""

    customers: Array
    start: int
    end: int
    late: bool = False
    event: bool = False


@dataclass
class Faults:
    """All of them."""

    under: list[UnderReading] = field(default_factory=list)
    changes: dict[int, MeterChange] = field(default_factory=dict)
    ratios: list[RatioError] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    rollovers: dict[int, int] = field(default_factory=dict)
    """Customer → first reading of the total register, in hundredths."""
    loss_rate: dict[int, float] = field(default_factory=dict)
    """Public area → its technical loss rate instead of the drawn one."""
    no_meter: list[tuple[int, int, int]] = field(default_factory=list)
    """Area without a working master meter from a day to a day (exclusive)."""
    no_relation: list[tuple[int, int, int]] = field(default_factory=list)
    short_payers: dict[int, tuple[int, float]] = field(default_factory=dict)
    """Customer → (first month index, share never paid)."""
    late_payers: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Customer → first and last month index in which the last instalment comes late."""
    rebills: list[tuple[int, int]] = field(default_factory=list)
    """(customer, month index) of bills issued wrongly and corrected in the next month."""
