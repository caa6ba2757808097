"""A laid-out report as the JSON that the print's template reads: strings and numbers, no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.domain.report import ReportContent
from tools.documents import DocumentMeta
from tools.documents.appendix import TITLE, parts
from tools.documents.cover import MARK, origin, running_head, signed_on, title_text
from tools.documents.exhibits import TOGETHER, fitted, header, note_line, unit_line, wide
from tools.documents.layout import Heading, Laid, LaidChart, LaidTable, Prose, lay_out, noted_spans
from tools.documents.print.fonts import Lettering
from tools.documents.shells import addressed, banner_lines, copied, imprint_line, shell_of

_TEXT, _ACROSS = 442.2, 711.4
"""Points between the margins of an upright page and of one that lies across."""
_HIGH = 560.0
"""Points of height of a table that can stay on one page."""


def print_data(
    content: ReportContent, labels: Mapping[str, str], meta: DocumentMeta, lettering: Lettering
) -> dict[str, Any]:
    """Everything the template prints. Raises UnknownToken when a token or reference leads nowhere."""
    shell = shell_of(meta.shell)
    return {
        "title": content.title,
        "lines": title_text(content).split("\n"),
        "cover_lines": title_text(content, 16.5).split("\n"),
        "mark": MARK,
        "kind": shell.label,
        "cover": shell.cover,
        "banner": () if shell.cover else banner_lines(content, meta),
        "imprint": imprint_line(content, meta) if shell.imprint else (),
        "to": addressed(meta),
        "copies": copied(meta),
        "head": running_head(content, meta),
        "label": meta.ai_label,
        "hash": meta.hash,
        "author": meta.author,
        "org": content.org_name,
        "dated": signed_on(meta),
        "origin": origin(content, meta),
        "watermark": meta.watermark,
        "families": lettering.families,
        "fonts_remark": lettering.remark,
        "items": [_item(item, content) for item in lay_out(content, labels)],
        "annex": TITLE,
        "parts": [
            {
                "heading": part.heading,
                "heads": part.heads,
                "rows": part.rows,
                "shares": fitted(part.heads, part.rows, part.shares, part.aligns, _ACROSS, 7.5, 6.0)
                if part.rows
                else (),
                "aligns": part.aligns,
                "facts": part.facts,
                "note": part.note,
                "remarks": part.remarks,
            }
            for part in parts(content)
        ],
    }


def _item(item: Laid, content: ReportContent) -> dict[str, Any]:
    match item:
        case Heading(level=level, text=text):
            return {"kind": "heading", "level": level, "text": text}
        case Prose(spans=spans):
            return {
                "kind": "prose",
                "spans": [[span.text, span.fact if span.figure else "", noted] for span, noted in noted_spans(spans)],
            }
        case LaidTable(name=name, table=table, rows=rows):
            shared = unit_line(table)
            heads = [header(column, bool(shared)) for column in table.columns]
            aligns = [column.align for column in table.columns]
            size = 10.5 if len(heads) <= 8 else 7.5
            widths = fitted(heads, rows, [column.width for column in table.columns], aligns, _TEXT, size, 9.5)
            return {
                "kind": "table",
                "caption": f"{name}　{table.caption}",
                "unit": shared,
                "heads": heads,
                "rows": rows,
                "shares": widths,
                "breaks": len(rows) > TOGETHER or _tall(rows, widths, size) > _HIGH,
                "aligns": aligns,
                "total": table.total,
                "note": note_line(table),
            }
        case LaidChart(name=name, chart=chart):
            from tools.charts import render_svg

            svg = render_svg(chart.model_copy(update={"source": ""}), content.fact_map())
            return {
                "kind": "chart",
                "caption": f"{name}　{chart.caption}",
                "alt": chart.alt or chart.caption,
                "source": chart.source,
                "svg": svg,
            }


def _tall(rows: Sequence[Sequence[str]], widths: Sequence[float], size: float) -> float:
    """About how high a table is in points: texts wrap in their columns."""
    lines = sum(
        max(-(-wide(text) * size // (width - 8.4)) for text, width in zip(row, widths, strict=True)) for row in rows
    )
    return lines * size * 1.42 + (len(rows) + 1) * 9.2 + size
