"""The report's own pages: title, headings, prose whose figures link to their facts, tables and figures."""

from __future__ import annotations

from collections.abc import Sequence

from core.domain.fact import Fact
from core.domain.report import ReportContent
from tools.documents import DocumentMeta
from tools.documents.appendix import TITLE as ANNEX
from tools.documents.appendix import tip
from tools.documents.cover import signed_on, title_text
from tools.documents.layout import Heading, Laid, LaidChart, LaidTable, Prose, Spans, noted_spans
from tools.documents.shells import addressed, shell_of
from tools.documents.word.banner import imprint_xml
from tools.documents.word.contents import marked
from tools.documents.word.figures import Figure, figure_xml
from tools.documents.word.markup import link, paragraph, run, words
from tools.documents.word.tables import table_xml

_PLAIN = '<w:color w:val="000000"/><w:u w:val="none"/>'
_NOTE = '<w:rStyle w:val="FactNote"/><w:color w:val="5B8A87"/><w:u w:val="none"/>'
"""Links look like the text around them; direct formatting keeps other programs from colouring them."""


def body_xml(content: ReportContent, laid: Sequence[Laid], drawn: dict[str, Figure], meta: DocumentMeta) -> str:
    """Everything from the title to the date line."""
    facts = content.fact_map()
    parts = [words(title_text(content), "Title"), words("", "Body")]
    if line := addressed(meta):
        parts.append(words(line, "Addressee"))
    for at, item in enumerate(laid):
        match item:
            case Heading(level=level, text=text):
                parts.append(marked(text, f"Heading{level}", at))
            case Prose(spans=spans):
                ends = "<w:keepNext/>" if at == len(laid) - 1 else ""
                parts.append(paragraph(prose_runs(spans, facts), "Body", ends))
            case LaidTable():
                parts.append(table_xml(item))
            case LaidChart(name=name, chart=chart):
                parts.append(figure_xml(name, chart, drawn[chart.id]))
    # what is signed stands on the page of the signature
    parts.append(words("", "Body", "<w:keepNext/>"))
    parts.append(words(f"附件：{ANNEX}", "Body", "<w:keepNext/>"))
    parts.append(words("", "Body", "<w:keepNext/>"))
    parts.append(
        words(content.org_name, "Body", '<w:keepNext/><w:ind w:rightChars="200" w:right="640"/><w:jc w:val="right"/>')
    )
    parts.append(words(signed_on(meta), "Body", '<w:ind w:rightChars="400" w:right="1280"/><w:jc w:val="right"/>'))
    if shell_of(meta.shell).imprint:
        parts.append(imprint_xml(content, meta))
    return "".join(parts)


def prose_runs(spans: Spans, facts: dict[str, Fact]) -> str:
    """Figures jump to their row in the annex; the number of a fact stands once after its last figure in a clause."""
    parts = []
    for span, noted in noted_spans(spans):
        if not span.figure:
            parts.append(run(span.text))
            continue
        fact = facts[span.fact]
        parts.append(link(run(span.text, _PLAIN), f"fact_{span.fact}", tip(fact)))
        if noted:
            parts.append(link(run(span.fact, _NOTE), f"fact_{span.fact}", tip(fact)))
    return "".join(parts)
