"""What a report will need: every indicator request of every section, numbered before anything is fetched."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from core.domain.org import Org, OrgTree
from core.domain.period import Period
from knowledge.catalog import catalog
from knowledge.template_library import Need, Template


class Item(BaseModel):
    """One request: where its facts are used, and what to ask the engine."""

    model_config = ConfigDict(frozen=True)

    section: str
    alias: str
    need: Need


class Outline(BaseModel):
    """The plan that is shown before any work."""

    model_config = ConfigDict(frozen=True)

    template: str
    template_version: str
    title: str
    org: str
    org_name: str
    org_short: str
    period: Period
    has_children: bool
    items: tuple[Item, ...]
    sections: int

    def sources(self) -> list[str]:
        """The sources that will be queried, in the house order."""
        wanted = {
            name for item in self.items for name in catalog().indicators[item.need.indicator].sources
        }
        return [name for name in ("marketing", "meter", "service", "equipment", "acquisition") if name in wanted]

    def summary(self) -> str:
        indicators = {item.need.indicator for item in self.items}
        return (
            f"《{self.title}》：{self.sections} 个部分，{len(indicators)} 项指标，"
            f"{len(self.items)} 项取数，涉及 {len(self.sources())} 个系统"
        )

    def labels(self) -> dict[str, str]:
        """The text tokens of a report: names and periods that are not facts."""
        previous = self.period.mom()
        return {
            "org": self.org_name,
            "org_short": self.org_short,
            "period": self.period.label,
            "ytd": self.period.ytd().label if self.period.end.month > 1 else self.period.label,
            "last_year": self.period.yoy().label,
            "previous": previous.label,
            "next": _following(self.period).label,
            "next_end": f"{_following(self.period).end:%Y}年{_following(self.period).end.month}月"
            f"{_following(self.period).end.day}日",
            "cutoff": f"{self.period.end.year}年{self.period.end.month}月{self.period.end.day}日24时",
        }


def outline(template: Template, org: Org, period: Period, tree: OrgTree) -> Outline:
    """Lay out a template for one unit and period; requests by child unit are dropped for a unit without children."""
    has_children = bool(tree.children(org.code))
    items = tuple(
        Item(section=section.id, alias=alias, need=need)
        for section in template.sections
        for alias, need in section.need.items()
        if has_children or need.by != "org"
    )
    title = template.title.replace("{{org}}", org.name).replace("{{period}}", period.label)
    return Outline(
        template=template.id,
        template_version=template.version,
        title=title,
        org=org.code,
        org_name=org.name,
        org_short=org.short,
        period=period,
        has_children=has_children,
        items=items,
        sections=sum(1 for section in template.sections if section.level == 1),
    )


def _following(period: Period) -> Period:
    """The adjoining later period of the same grain (months for whole months)."""
    from core.domain.period import shift_months

    if period.grain == "month":
        first = shift_months(period.start, 1)
        return Period.month(first.year, first.month)
    if period.grain == "quarter":
        first = shift_months(period.start, 3)
        return Period.quarter(first.year, (first.month + 2) // 3)
    span = period.end - period.start
    from datetime import timedelta

    start = period.end + timedelta(days=1)
    return Period(start=start, end=start + span, grain=period.grain)
