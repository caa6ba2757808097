"""How large a province is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Counts from which everything else follows."""

    name: str
    customers: int
    big: int
    """Dedicated-transformer customers of 315 kVA and more."""
    small_hv: int
    """Dedicated-transformer customers below 315 kVA."""
    curves: int
    """How many big customers have 15-minute curves."""
    tg_size: int
    """Low-voltage customers of one public transformer area."""
    tgs_per_line: int
    parquet: bool
    """Daily readings as month-partitioned Parquet behind a view, instead of a table."""

    @property
    def hv(self) -> int:
        """All dedicated-transformer customers."""
        return self.big + self.small_hv

    @property
    def lv(self) -> int:
        """All low-voltage customers."""
        return self.customers - self.hv


def parse_scale(name: str) -> Scale:
    """The scale called ``tiny``, ``small``, ``city``, ``large`` (one million customers) or ``large:N``."""
    if name == "tiny":
        return Scale("tiny", 400, 24, 12, 8, 20, 2, False)
    if name == "small":
        return Scale("small", 6_000, 84, 96, 84, 60, 3, False)
    if name == "city":
        return Scale("city", 120_000, 1_000, 1_400, 150, 110, 7, True)
    head, _, count = name.partition(":")
    if head == "large" and (count == "" or count.isdigit()):
        customers = int(count or 1_000_000)
        if customers >= 10_000:
            return Scale(name, customers, customers // 120, customers // 90, 150, 110, 7, True)
    raise ValueError(f"演示数据规模只能是 tiny、small、city、large 或 large:户数（不少于10000），收到：{name}")
