"""The fictional company: one city, four counties, fourteen stations."""

from __future__ import annotations

from dataclasses import dataclass

CITY_CODE = "99401"
CITY_NAME = "国网云州供电公司"


@dataclass(frozen=True)
class County:
    """A county company and what colours its load."""

    code: str
    area: str
    share: float
    """Share of the low-voltage customers."""
    big_share: float
    """Share of the dedicated-transformer customers."""
    urban: float
    """Share of urban transformer areas."""
    growth: float
    """Yearly growth of the load of an existing customer."""
    service_mix: float
    """How much likelier a big customer is a shop, hotel or office than elsewhere."""
    stations: tuple[str, ...]

    @property
    def name(self) -> str:
        """Full name of the county company."""
        return f"国网云州{self.area}供电公司"


COUNTIES = (
    County("9940101", "清河区", 0.32, 0.23, 0.75, 0.044, 1.6, ("青石", "柳浦", "桥头", "文苑")),
    County("9940102", "东陵县", 0.20, 0.22, 0.30, 0.050, 0.7, ("陵阳", "茶岭", "石塘")),
    County("9940103", "临江市", 0.26, 0.33, 0.50, 0.048, 0.6, ("江口", "沙洲", "港北", "新坝")),
    County("9940104", "望湖区", 0.22, 0.22, 0.65, 0.020, 1.2, ("望湖", "荷塘", "云栖")),
)


@dataclass(frozen=True)
class Station:
    """A supply station, the lowest unit; rows of all tables carry its code."""

    code: str
    short: str
    county: int

    @property
    def name(self) -> str:
        """Its Chinese name."""
        return f"{self.short}供电所"


STATIONS = tuple(
    Station(f"{county.code}{number:02d}", short, index)
    for index, county in enumerate(COUNTIES)
    for number, short in enumerate(county.stations, start=1)
)


def org_rows() -> dict[str, list[str | None]]:
    """Rows of the org table."""
    rows: list[tuple[str, str, str | None, str]] = [(CITY_CODE, CITY_NAME, None, "city")]
    rows += [(c.code, c.name, CITY_CODE, "county") for c in COUNTIES]
    rows += [(s.code, s.name, COUNTIES[s.county].code, "station") for s in STATIONS]
    return {name: [row[i] for row in rows] for i, name in enumerate(("org_code", "org_name", "parent_code", "level"))}
