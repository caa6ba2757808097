"""What a report will need: every indicator request of every section, numbered before anything is fetched."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from core.domain.labels import report_labels
from core.domain.org import Org, OrgTree
from core.domain.period import Period
from core.domain.tokens import plain
from knowledge.catalog import catalog
from knowledge.template_grammar import Need, Template


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
        wanted = {name for item in self.items for name in catalog().indicators[item.need.indicator].sources}
        return [name for name in ("marketing", "meter", "service", "equipment", "acquisition") if name in wanted]

    def summary(self) -> str:
        indicators = {item.need.indicator for item in self.items}
        return (
            f"《{self.title}》：{self.sections} 个部分，{len(indicators)} 项指标，"
            f"{len(self.items)} 项取数，涉及 {len(self.sources())} 个系统"
        )

    def labels(self) -> dict[str, str]:
        """The text tokens of a report: names and periods that are not facts."""
        return report_labels(self.org_name, self.period)


def outline(template: Template, org: Org, period: Period, tree: OrgTree) -> Outline:
    """Lay out a template for one unit and period; requests by child unit are dropped for a unit without children."""
    has_children = bool(tree.children(org.code))
    items = tuple(
        Item(section=section.id, alias=alias, need=need)
        for section in template.sections
        for alias, need in section.need.items()
        if has_children or need.by != "org"
    )
    title = plain(template.title, {}, report_labels(org.name, period))
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
