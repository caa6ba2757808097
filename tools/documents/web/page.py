"""A report version as one self-contained page: nothing is loaded from anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files

from core.domain.report import ReportContent
from core.domain.tokens import Span, render
from tools.documents import PRODUCER, DocumentMeta
from tools.documents.appendix import TITLE, Part, parts
from tools.documents.cover import title_pieces
from tools.documents.exhibits import header, note_line, unit_line
from tools.documents.layout import Heading, LaidChart, LaidTable, Prose, lay_out
from tools.documents.web.cards import cards, figure

_OPENING, _CLOSING = "（“《", "，。；、：）”》"
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(content: ReportContent, labels: Mapping[str, str], meta: DocumentMeta) -> bytes:
    """The page as UTF-8. Raises UnknownToken when a token or reference of the content leads nowhere."""
    from tools.charts import render_svg

    facts = content.fact_map()
    parts = []
    for item in lay_out(content, labels):
        match item:
            case Heading(level=level, text=text):
                parts.append(f"<h{level + 1}>{escape(text)}</h{level + 1}>")
            case Prose(spans=spans):
                item_class = ' class="item"' if re.fullmatch(r"\d+\.", spans[0].text) else ""
                parts.append(f"<p{item_class}>{_spans(spans)}</p>")
            case LaidTable():
                parts.append(_table(item, content, labels))
            case LaidChart(name=name, chart=chart):
                drawn = _inline(render_svg(chart.model_copy(update={"source": ""}), facts), name)
                label = escape(chart.alt or chart.caption)
                parts.append(
                    f'<figure role="img" aria-label="{label}">{drawn}'
                    f"<figcaption>{escape(name)}　{escape(chart.caption)}</figcaption>"
                    f'<p class="source">{escape(chart.source)}</p></figure>'
                )
    style = files(__package__).joinpath("page.css").read_text("utf-8")
    lines = [
        "<!doctype html>",
        '<html lang="zh-CN"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f'<meta name="generator" content="{PRODUCER}"><meta name="content-hash" content="{escape(meta.hash)}">',
        f'<meta name="aigc" content="{escape(meta.ai_label)}"><title>{escape(content.title)}</title>',
        f"<style>{style}</style></head>",
        f"<body><main>{_top(content, meta)}",
        *parts,
        _annex(content),
        f'<footer><p class="label">{escape(meta.ai_label)}</p></footer></main>',
        cards(content.facts),
        "</body></html>\n",
    ]
    return "\n".join(lines).encode()


def _top(content: ReportContent, meta: DocumentMeta) -> str:
    items = [
        f"统计期 {content.period.label}",
        f"编号 {meta.report} 第{meta.version}版",
        meta.state,
        f"编制 {meta.author}" if meta.author else "",
        f"审核 {meta.reviewer}" if meta.reviewer else "尚未审核",
        f"审核时间 {meta.approved_at:%Y-%m-%d %H:%M}" if meta.approved_at else "",
        f"校验码 {meta.hash[:16]}",
    ]
    spans = "".join(f"<span>{escape(item)}</span>" for item in items if item)
    title = "<wbr>".join(map(escape, title_pieces(content)))
    mark = '<header class="top"><p class="meta">内部资料　注意保存</p>'
    return f'{mark}<h1>{title}</h1><p class="meta">{spans}</p></header>'


def _spans(spans: Sequence[Span]) -> str:
    """Figures hold on to the brackets and marks beside them, so that no line begins with a comma."""
    out = []
    texts = [span.text for span in spans]
    for at, span in enumerate(spans):
        if not span.figure:
            out.append(escape(texts[at]))
            continue
        opening = after = ""
        if at and not spans[at - 1].figure:
            kept = texts[at - 1].rstrip(_OPENING)
            opening = texts[at - 1][len(kept) :]
            out[-1] = escape(kept)
        if at + 1 < len(spans) and not spans[at + 1].figure:
            rest = texts[at + 1].lstrip(_CLOSING)
            after, texts[at + 1] = texts[at + 1][: len(texts[at + 1]) - len(rest)], rest
        button = figure(span.text, span.fact)
        out.append(f'<span class="kept">{opening}{button}{after}</span>' if opening or after else button)
    return "".join(out)


def _table(laid: LaidTable, content: ReportContent, labels: Mapping[str, str]) -> str:
    table, facts = laid.table, content.fact_map()
    shared = unit_line(table)
    aligns = [column.align for column in table.columns]
    heads = "".join(
        f'<th scope="col" class="{align}">{_head(header(column, bool(shared)))}</th>'
        for column, align in zip(table.columns, aligns, strict=True)
    )
    rows = []
    for at, row in enumerate(table.rows):
        mark = ' class="total"' if table.total and at == len(table.rows) - 1 else ""
        cells = "".join(
            f'<td class="{align}">{_spans(render(cell, facts, labels))}</td>'
            for cell, align in zip(row, aligns, strict=False)
        )
        rows.append(f"<tr{mark}>{cells}</tr>")
    unit = f'<p class="unit">{escape(shared)}</p>' if shared else ""
    note = f'<p class="note">{escape(note_line(table))}</p>' if table.notes else ""
    return (
        f'<p class="caption">{escape(laid.name)}　{escape(table.caption)}</p>{unit}<div class="scroll"><table><thead>'
        f"<tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>{note}"
    )


def _head(text: str) -> str:
    """A header may break before its bracketed unit, and nowhere else."""
    return escape(text).replace("（", "<wbr>（")


def _annex(content: ReportContent) -> str:
    inner = "".join(map(_part, parts(content)))
    return f'<details class="annex"><summary>附件：{TITLE}</summary>{inner}</details>'


def _part(part: Part) -> str:
    """One part of the annex; the first cell of a fact's row opens its card."""
    out = [f"<h3>{escape(part.heading)}</h3>"]
    if part.rows:
        heads = "".join(
            f'<th scope="col" class="{align}">{escape(head)}</th>' for head, align in _aligned(part, part.heads)
        )
        wide = ' class="wide"' if part.facts else ""
        rows = []
        for at, row in enumerate(part.rows):
            first, *others = (f'<td class="{align}">{escape(cell)}</td>' for cell, align in _aligned(part, row))
            if part.facts:
                first = f'<td class="{part.aligns[0]}">{figure(row[0], part.facts[at])}</td>'
            rows.append(f"<tr>{first}{''.join(others)}</tr>")
        out.append(
            f'<div class="scroll"><table{wide}><thead><tr>{heads}</tr></thead>'
            f"<tbody>{''.join(rows)}</tbody></table></div>"
        )
    if part.note:
        out.append(f'<p class="note">{escape(part.note)}</p>')
    out += [f'<p class="item">{escape(text)}</p>' for text in part.remarks]
    return "".join(out)


def _aligned(part: Part, row: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(row, part.aligns, strict=True)


def _inline(svg: str, name: str) -> str:
    """The drawing without prologue, its ids made its own so that several fit one page."""
    body = svg[svg.index("<svg") :]
    prefix = f"g{abs(hash_of(name))}-"
    body = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', body)
    body = re.sub(r'(xlink:href|href)="#([^"]+)"', rf'\1="#{prefix}\2"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", body)
    return re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.S)


def hash_of(name: str) -> int:
    """A small stable number for a printed name such as 图3."""
    return sum(ord(char) * (at + 1) for at, char in enumerate(name))
