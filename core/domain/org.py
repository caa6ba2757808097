"""Supply organisations (供电单位): prefix-hierarchical digit codes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Level = Literal["city", "county", "station"]


class Org(BaseModel):
    """One unit. A parent's code is a prefix of its children's (contract.md §2)."""

    model_config = ConfigDict(frozen=True)

    code: str
    name: str
    parent: str | None = None
    level: Level = "county"

    @property
    def short(self) -> str:
        """The name people say: 望湖区 for 国网云州望湖区供电公司, 云州公司 for the city."""
        name = self.name
        for noise in ("国网", "供电公司", "供电分公司", "公司"):
            name = name.replace(noise, "")
        return name or self.name


class OrgTree(BaseModel):
    """All units that an actor may name, in code order."""

    model_config = ConfigDict(frozen=True)

    orgs: tuple[Org, ...]

    def get(self, code: str) -> Org | None:
        return next((org for org in self.orgs if org.code == code), None)

    def children(self, code: str) -> list[Org]:
        return [org for org in self.orgs if org.parent == code]

    def roots(self) -> list[Org]:
        codes = {org.code for org in self.orgs}
        return [org for org in self.orgs if org.parent is None or org.parent not in codes]


def covers(scope: str, code: str) -> bool:
    """Whether a scope code covers a unit: equal or a prefix (`99401` covers `9940104`)."""
    return bool(scope) and code.startswith(scope)
