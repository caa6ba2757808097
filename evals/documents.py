"""`gma bench documents`: a report of fifteen pages, eight charts and ten tables, against the plain way in the same run.

docx  against python-docx filled cell by cell, with matplotlib pictures
pdf   against LibreOffice converting our own Word file
pptx  against python-pptx filled cell by cell, with its own charts and the same cards in the notes
The plain Word way writes no annex and no links; ours writes everything. The plain slides hold a block each where ours
are laid out, sentence by sentence. Seconds are of processor time.
"""

from __future__ import annotations

import io
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.domain.fact import Compare, Fact
from core.domain.period import Period
from core.domain.report import Block, Chart, Column, Paragraph, Point, ReportContent, Section, Series, Table
from core.settings import Settings

ROUNDS = 5
CHARTS, TABLES, MONTHS = 8, 10, 12
_TIMES = 5.0
_DOCX_SECONDS = 0.6


def bench_documents(settings: Settings) -> dict[str, Any]:
    """Median processor seconds of each format and of its plain way, and the ratios."""
    from core.domain.labels import report_labels
    from tools.documents import DocumentMeta, exporters

    content = sample()
    labels = report_labels(content.org_name, content.period)
    meta = DocumentMeta("R0", 1, content.hash(), made_at=datetime(2026, 11, 1), font_dir=settings.font_dir)

    def ours(name: str) -> float:
        return _median(lambda: exporters()[name].render(content, labels, meta))

    from tools.charts import canvas

    def print_fresh() -> object:
        canvas.forget()  # every report brings new charts
        return exporters()["pdf"].render(content, labels, meta)

    docx, pdf, pptx = ours("docx"), _median(print_fresh), ours("pptx")
    plain_docx, plain_pptx = _median(lambda: plain_word(content)), _median(lambda: plain_slides(content))
    office = _office(exporters()["docx"].render(content, labels, meta))
    body: dict[str, Any] = {
        "docx": _against(docx, plain_docx, "python-docx"),
        "pdf": _against(pdf, office, "LibreOffice"),
        "pptx": _against(pptx, plain_pptx, "python-pptx"),
        "goal": f"docx ≥ {_TIMES:g}× 且 ≤ {_DOCX_SECONDS:g} s；pdf ≥ {_TIMES:g}×",
    }
    body["met"] = docx <= _DOCX_SECONDS and plain_docx >= _TIMES * docx and (office is None or office >= _TIMES * pdf)
    return body


def sample() -> ReportContent:
    """Ten sections of prose and a table each, eight of them with a chart; every figure a fact."""
    facts: list[Fact] = []
    months = Period.month(2026, 10).trailing_months(MONTHS)
    sections = []
    for at in range(TABLES):
        row_facts = [_fact(len(facts) + step + 1, month, at) for step, month in enumerate(months)]
        facts += row_facts
        sentence = "；".join(
            f"{fact.period.label}完成{{{{{fact.id}}}}}，{{{{{fact.id}.yoy}}}}" for fact in row_facts[:6]
        )
        blocks: list[Block] = [Paragraph(text=f"从分月情况看，{sentence}。"), Paragraph(text=f"另外，{sentence}。")]
        blocks.append(
            Table(
                id=f"t{at}",
                caption="分月完成情况",
                columns=(
                    Column(header="月份", align="left"),
                    *(Column(header=name) for name in ("电量", "同比", "环比")),
                ),
                rows=tuple(
                    (
                        fact.period.label,
                        f"{{{{{fact.id}:n:万千瓦时}}}}",
                        f"{{{{{fact.id}.yoy:n}}}}",
                        f"{{{{{fact.id}.mom:n}}}}",
                    )
                    for fact in row_facts
                ),
                unit_note="单位：万千瓦时、%",
            )
        )
        if at < CHARTS:
            blocks.append(_chart(at, row_facts))
        sections.append(Section(id=f"s{at}", heading="售电量分析", blocks=tuple(blocks)))
    return ReportContent(
        title="国网云州供电公司2026年10月营销指标分析报告",
        template="R1",
        org="99401",
        org_name="国网云州供电公司",
        period=Period.month(2026, 10),
        sections=tuple(sections),
        facts=tuple(facts),
    )


def _fact(number: int, month: Period, at: int) -> Fact:
    value = Decimal(1_000_000 + 7919 * number % 500_000)
    return Fact(
        id=f"F{number}",
        indicator="A02",
        name="售电量",
        value=value,
        unit="kWh",
        period=month,
        org="99401",
        org_name="国网云州供电公司",
        caliber="统计期内已发行电费对应的售电量。",
        caliber_version="2026.1",
        source="marketing",
        datasets=("bill",),
        compare=Compare(rule="pct", yoy=Decimal(number % 17) - 8, mom=Decimal(at) - 4),
        as_of=datetime(2026, 11, 1),
    )


def _chart(at: int, facts: list[Fact]) -> Chart:
    bars = Series(name="售电量", points=tuple(Point(fact=fact.id) for fact in facts))
    line = Series(
        name="同比", points=tuple(Point(fact=fact.id, field="yoy") for fact in facts), mark="line", axis="right"
    )
    return Chart(
        id=f"c{at}",
        caption="售电量逐月走势",
        form="trend" if at % 2 else "bar",
        categories=tuple(fact.period.label for fact in facts),
        series=(bars, line) if at % 2 else (bars,),
        unit="万千瓦时",
        right_unit="%" if at % 2 else "",
        source="数据来源：营销2.0",
        alt="售电量逐月走势",
    )


def plain_word(content: ReportContent) -> bytes:
    """The usual code: python-docx, a cell at a time, pictures from pyplot."""
    import docx
    import matplotlib
    from docx.shared import Inches

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    document = docx.Document()
    facts = content.fact_map()
    for block in _blocks(document.add_heading, content):
        if isinstance(block, Paragraph):
            document.add_paragraph(_words(block.text, facts))
        elif isinstance(block, Table):
            table = document.add_table(rows=len(block.rows) + 1, cols=len(block.columns))
            for row, cells in enumerate(_grid(block, facts)):
                for column, text in enumerate(cells):
                    table.cell(row, column).text = text
        elif isinstance(block, Chart):
            figure, axes = plt.subplots(figsize=(6, 2.6), constrained_layout=True)
            axes.bar(range(MONTHS), [float(facts[point.fact].value or 0) for point in block.series[0].points if point])
            picture = io.BytesIO()
            figure.savefig(picture, dpi=200)
            plt.close(figure)
            document.add_picture(picture, Inches(6))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def plain_slides(content: ReportContent) -> bytes:
    """The usual code: python-pptx, a cell at a time, its own chart writer."""
    import pptx
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    from core.domain.report import shown_facts
    from tools.documents.appendix import tip

    deck = pptx.Presentation()
    facts = content.fact_map()
    area = (Inches(0.5), Inches(1.5), Inches(9), Inches(5))
    for block in _blocks(lambda *_: None, content):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        title: Any = slide.shapes.title
        if isinstance(block, Paragraph):
            title.text_frame.text = "售电量分析"
            slide.shapes.add_textbox(*area).text_frame.text = _words(block.text, facts)
        elif isinstance(block, Table):
            title.text_frame.text = block.caption
            table = slide.shapes.add_table(len(block.rows) + 1, len(block.columns), *area).table
            for row, cells in enumerate(_grid(block, facts)):
                for column, text in enumerate(cells):
                    table.cell(row, column).text = text
        elif isinstance(block, Chart):
            title.text_frame.text = block.caption
            data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
            data.categories = block.categories
            for series in block.series:
                data.add_series(series.name, [float(facts[point.fact].value or 0) for point in series.points if point])
            slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *area, data)
        notes: Any = slide.notes_slide.notes_text_frame
        notes.text = "\n".join(tip(facts[name]) for name in dict.fromkeys(shown_facts(block)))
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _blocks(heading: Callable[[str, int], object], content: ReportContent) -> list[Block]:
    out: list[Block] = []
    for section in content.sections:
        heading(section.heading, 1)
        out += section.blocks
    return out


def _grid(table: Table, facts: Mapping[str, Fact]) -> list[list[str]]:
    heads = [column.header for column in table.columns]
    return [heads, *([_words(cell, facts) for cell in row] for row in table.rows)]


def _words(text: str, facts: Mapping[str, Fact]) -> str:
    from core.domain.tokens import plain

    return plain(text, facts)


def _office(data: bytes) -> float | None:
    """Processor seconds of LibreOffice for the same Word file; None when it is not installed."""
    program = shutil.which("soffice")
    if program is None:
        return None
    times = []
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "report.docx").write_bytes(data)
        command = [program, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf"]
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(
                [*command, "--outdir", folder, f"{folder}/report.docx"], check=True, capture_output=True, timeout=300
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(times[1:])


def _median(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times)


def _against(mine: float, theirs: float | None, peer: str) -> dict[str, Any]:
    if theirs is None:
        return {"cpu_s": round(mine, 3), "peer": f"{peer}（未安装，未比较）"}
    return {"cpu_s": round(mine, 3), "peer": peer, "peer_cpu_s": round(theirs, 3), "times": round(theirs / mine, 1)}
