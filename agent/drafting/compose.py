"""Put a whole report together: sections with sentences, exhibits, findings and honest gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.drafting.book import Book, paragraph
from agent.drafting.exhibits import SOURCE_LABELS, chart, table
from agent.drafting.outline import Outline
from core.domain.fact import STATUS_LABELS, Fact
from core.domain.finding import Finding
from core.domain.report import Block, Chart, Listing, Paragraph, ReportContent, Section, SourceState, Table
from knowledge.template_library import SectionSpec, Template

Polish = Mapping[str, Sequence[str]]


def compose(
    template: Template,
    outline: Outline,
    books: Mapping[str, Mapping[str, Sequence[Fact]]],
    facts: Sequence[Fact],
    findings: Sequence[Finding],
    sources: Sequence[SourceState],
    assumptions: Sequence[str],
    *,
    polish: Polish | None = None,
    baseline: str = "",
    llm: str = "rule",
) -> ReportContent:
    """`polish` replaces the paragraphs of a section by ones that the llm wrote (already checked for tokens)."""
    sections = tuple(
        _section(spec, Book(_grouped(spec, books)), findings, (polish or {}).get(spec.id)) for spec in template.sections
    )
    return ReportContent(
        title=outline.title,
        template=template.id,
        template_version=template.version,
        org=outline.org,
        org_name=outline.org_name,
        period=outline.period,
        sections=sections,
        facts=tuple(facts),
        findings=tuple(findings),
        sources=tuple(sources),
        assumptions=tuple(assumptions),
        baseline=baseline,
        llm=llm,
    )


def rule_paragraphs(spec: SectionSpec, books: Mapping[str, Mapping[str, Sequence[Fact]]]) -> list[str]:
    """The section's sentences as the template writes them."""
    book = Book(_grouped(spec, books))
    return [text for group in spec.write if (text := paragraph(group, book))]


def _grouped(spec: SectionSpec, books: Mapping[str, Mapping[str, Sequence[Fact]]]) -> dict[str, Sequence[Fact]]:
    groups: dict[str, Sequence[Fact]] = {alias: () for alias in spec.need}
    groups.update(books.get(spec.id, {}))
    for name in spec.analysis:
        groups.update(books.get(f"analysis.{name}", {}))
    return groups


def _section(spec: SectionSpec, book: Book, findings: Sequence[Finding], polished: Sequence[str] | None) -> Section:
    texts = list(polished) if polished else [text for group in spec.write if (text := paragraph(group, book))]
    blocks: list[Block] = [Paragraph(text=text) for text in texts]
    exhibits: list[Block] = [made for item in spec.tables if (made := table(item, book))]
    exhibits += [drawn for item in spec.charts if (drawn := chart(item, book))]
    blocks += _referenced(exhibits)
    if spec.listing:
        blocks += _listing(spec.listing, findings)
    gap = _gap(book)
    if gap:
        blocks.append(Paragraph(text=gap))
    thin = (
        "" if blocks or not (spec.need or spec.write or spec.listing) else spec.thin or "本期无可用数据，本部分从略。"
    )
    return Section(id=spec.id, heading=spec.heading, level=spec.level, blocks=tuple(blocks), thin=thin)


def _referenced(exhibits: Sequence[Block]) -> list[Block]:
    """Every table and figure is announced by reference; the exporter numbers `[[ref:id]]`."""
    if not exhibits:
        return []
    named = [item for item in exhibits if isinstance(item, Table | Chart)]
    refs = "、".join(f"[[ref:{item.id}]]" for item in named)
    return [Paragraph(text=f"具体情况见{refs}。"), *exhibits]


def _listing(kind: str, findings: Sequence[Finding]) -> list[Block]:
    if kind == "problems":
        items = tuple(f"{finding.title}：{finding.text}" for finding in findings)
        return [Listing(items=items)] if items else [Paragraph(text="本期未发现超过关注阈值的异常。")]
    measures = tuple(dict.fromkeys(finding.suggestion for finding in findings if finding.suggestion))
    return [Listing(items=measures)] if measures else []


def _gap(book: Book) -> str:
    """One sentence that names what is missing and why; errors, missing rights and missing data are told apart."""
    causes: dict[tuple[str, str], list[str]] = {}
    for fact in book.all():
        if fact.status in {"error", "denied", "empty"}:
            source = "、".join(SOURCE_LABELS.get(name, name) for name in fact.source.split("+") if name)
            causes.setdefault((fact.status, source), []).append(fact.name)
    parts = []
    for (status, source), names in causes.items():
        named = "、".join(dict.fromkeys(names))
        where = f"{source}{STATUS_LABELS[status]}" if source else STATUS_LABELS[status]
        parts.append(f"{named}因{where}缺失")
    return f"说明：{'；'.join(parts)}，未以零代替。" if parts else ""
