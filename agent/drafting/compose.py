"""Put a whole report together: sections with sentences, exhibits, findings and honest gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.drafting.book import Book, paragraph
from agent.drafting.continuity import Continuity, restated_section
from agent.drafting.exhibits import SOURCE_LABELS, chart, table
from agent.drafting.outline import Outline
from agent.drafting.review import review_blocks
from core.domain.fact import STATUS_LABELS, Fact, quotable
from core.domain.finding import Finding
from core.domain.report import Block, Chart, Listing, Paragraph, ReportContent, Section, SourceState, Table, shown_facts
from knowledge.template_grammar import ListingSpec, SectionSpec, Template

NOTHING_TO_COUNT = "没有可计算的对象"
"""How the engine says that a rate has nothing to divide by: data are there, the thing did not happen."""
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
    continuity: Continuity | None = None,
    llm: str = "rule",
) -> ReportContent:
    """`polish` replaces the paragraphs of a section by ones that the llm wrote (already checked for tokens)."""
    by_id = {fact.id: fact for fact in facts}
    made = (
        _section(spec, Book(_grouped(spec, books), findings), by_id, (polish or {}).get(spec.id))
        for spec in template.sections
    )
    sections = _without_empty_heads([section for section in made if section is not None])
    held = continuity or Continuity()
    if held.restated:
        sections += (restated_section(held, {fact.id: fact for fact in facts}),)
    return ReportContent(
        title=outline.title,
        template=template.id,
        template_version=template.version,
        approvers=template.approvers,
        shell=template.shell,
        org=outline.org,
        org_name=outline.org_name,
        period=outline.period,
        sections=sections,
        facts=tuple(facts),
        findings=tuple(findings),
        sources=tuple(sources),
        assumptions=tuple(assumptions),
        baseline=baseline,
        continuity=held.told,
        restated=tuple(held.restated),
        llm=llm,
    )


def rule_paragraphs(
    spec: SectionSpec, books: Mapping[str, Mapping[str, Sequence[Fact]]], findings: Sequence[Finding] = ()
) -> list[str]:
    """The section's sentences as the template writes them."""
    book = Book(_grouped(spec, books), findings)
    return [text for group in spec.write if (text := paragraph(group, book))]


def _grouped(spec: SectionSpec, books: Mapping[str, Mapping[str, Sequence[Fact]]]) -> dict[str, Sequence[Fact]]:
    groups: dict[str, Sequence[Fact]] = {alias: () for alias in spec.need}
    groups.update(books.get(spec.id, {}))
    for name in spec.analysis:
        groups.update(books.get(f"analysis.{name}", {}))
    return groups


def _without_empty_heads(sections: Sequence[Section]) -> tuple[Section, ...]:
    """A heading whose optional parts are all left out is left out too."""
    kept: list[Section] = []
    for section in reversed(sections):
        leads = bool(kept) and kept[-1].level == 2
        if section.level == 2 or section.blocks or section.thin or leads:
            kept.append(section)
    return tuple(reversed(kept))


def _section(
    spec: SectionSpec,
    book: Book,
    facts: Mapping[str, Fact],
    polished: Sequence[str] | None,
) -> Section | None:
    texts = list(polished) if polished else [text for group in spec.write if (text := paragraph(group, book))]
    blocks: list[Block] = [Paragraph(text=text) for text in texts]
    exhibits: list[Block] = [made for item in spec.tables if (made := table(item, book, book.findings))]
    exhibits += [drawn for item in spec.charts if (drawn := chart(item, book))]
    blocks += _referenced(exhibits)
    if spec.listing and spec.listing.show == "review":
        blocks += review_blocks(book)
    elif spec.listing:
        listed = _listing(spec.listing, book.findings)
        # an optional section does not stand only to say that there is nothing
        blocks += listed if blocks or not spec.optional or _wanted(spec.listing, book.findings) else []
    reviewing = spec.listing is not None and spec.listing.show == "review"
    notes = ("" if reviewing else _gap(book)) + _unfinished(blocks, facts)
    if notes:
        blocks.append(Paragraph(text=f"说明：{notes}"))
    speaks = bool(spec.need or spec.write or spec.listing or spec.tables or spec.charts)
    if speaks and spec.optional and not blocks:
        return None
    thin = "" if blocks or not speaks else spec.thin or "本期无可用数据，本部分从略。"
    return Section(id=spec.id, heading=spec.heading, level=spec.level, blocks=tuple(blocks), thin=thin)


def _referenced(exhibits: Sequence[Block]) -> list[Block]:
    """Every table and figure is announced by reference; the exporter numbers `[[ref:id]]`."""
    if not exhibits:
        return []
    named = [item for item in exhibits if isinstance(item, Table | Chart)]
    refs = "、".join(f"[[ref:{item.id}]]" for item in named)
    return [Paragraph(text=f"具体情况见{refs}。"), *exhibits]


def _listing(spec: ListingSpec, findings: Sequence[Finding]) -> list[Block]:
    wanted = _wanted(spec, findings)
    if spec.show == "problems":
        items = tuple(f"{finding.title}：{finding.text}" for finding in wanted)
        none = spec.none or "本期未发现超过关注阈值的异常。"
    else:
        items = tuple(dict.fromkeys(finding.suggestion for finding in wanted if finding.suggestion))
        none = spec.none
    if not items:
        return [Paragraph(text=none)] if none else []
    lead: list[Block] = [Paragraph(text=spec.lead)] if spec.lead else []
    return [*lead, Listing(items=items)]


def _wanted(spec: ListingSpec, findings: Sequence[Finding]) -> list[Finding]:
    return [item for item in findings if not spec.kinds or item.of_kind(spec.kinds)]


def _gap(book: Book) -> str:
    """One sentence that names what is missing and why; errors, missing rights and missing data are told apart."""
    causes: dict[tuple[str, str], list[str]] = {}
    idle: list[str] = []
    for fact in book.all():
        if fact.status == "empty" and NOTHING_TO_COUNT in fact.reason:
            idle.append(fact.name)
        elif fact.status in {"error", "denied", "empty"}:
            source = "、".join(SOURCE_LABELS.get(name, name) for name in fact.source.split("+") if name)
            causes.setdefault((fact.status, source), []).append(fact.name)
    parts = []
    for (status, source), names in causes.items():
        named = "、".join(dict.fromkeys(names))
        where = f"{source}{STATUS_LABELS[status]}" if source else STATUS_LABELS[status]
        parts.append(f"{named}因{where}缺失")
    missing = f"{'；'.join(parts)}，未以零代替。" if parts else ""
    nothing = f"{'、'.join(dict.fromkeys(idle))}本期没有可计算的对象，不列示。" if idle else ""
    return missing + nothing


def _unfinished(blocks: Sequence[Block], facts: Mapping[str, Fact]) -> str:
    """Names what is shown although its data are not whole yet."""
    used = [facts[name] for block in blocks for name in shown_facts(block) if name in facts]
    names: dict[str, list[str]] = {}
    for fact in used:
        if fact.status == "partial":
            names.setdefault(quotable(fact.reason), []).append(fact.name)
    parts = []
    for why, named in names.items():
        each = list(dict.fromkeys(named))
        told = f"（{why}）" if why else "，为截至目前的数据"
        parts.append(f"{'、'.join(each[:4])}{'等' if len(each) > 4 else ''}的数据不完整{told}")
    return f"{'；'.join(parts)}。" if parts else ""
