"""Clean files of other hands: the same standard met in other ways than our exporter's.

`wps`: style ids that are numbers, direct formatting, indents in twips. `word`: styles with theme fonts overridden, line
grid, indents in characters. `official`: a red head, 发文字号, attachments and an imprint.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Mm, Pt, RGBColor

from evals.formats.exhibit import png

STYLES = ("wps", "word", "official")
_TOWNS = ("桥头镇", "柳浦镇", "文苑镇", "东升镇", "新安镇", "松岭镇")
_HEADS = ("总体情况", "电量完成情况", "优质服务情况", "存在问题", "下一步工作")


class Foreign:
    """One document in the making."""

    def __init__(self, style: str, rng: Random) -> None:
        self.style, self.rng = style, rng
        self.document: Any = Document()
        self._page()
        self._footers()

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.gutter = 0
        grid = section._sectPr.find(qn("w:docGrid"))
        if grid is not None:
            section._sectPr.remove(grid)
        if self.style == "word":
            grid = OxmlElement("w:docGrid")
            grid.set(qn("w:type"), "linesAndChars")
            grid.set(qn("w:linePitch"), "579")
            grid.set(qn("w:charSpace"), "-849")
            section._sectPr.append(grid)

    def _footers(self) -> None:
        self.document.settings.odd_and_even_pages_header_footer = True
        section = self.document.sections[0]
        for footer, align in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
            footer.is_linked_to_previous = False
            item = footer.paragraphs[0]
            item.alignment = align
            self._run(item, "— ", "宋体", 14, "宋体")
            for kind in ("begin", "PAGE", "separate", "1", "end"):
                run = self._run(item, "1" if kind == "1" else "", "宋体", 14, "宋体")
                if kind != "1":
                    node = OxmlElement("w:instrText" if kind == "PAGE" else "w:fldChar")
                    node.text = " PAGE " if kind == "PAGE" else None
                    if kind != "PAGE":
                        node.set(qn("w:fldCharType"), kind)
                    run._r.append(node)
            self._run(item, " —", "宋体", 14, "宋体")

    def _run(self, item: Any, text: str, east: str, size: float, latin: str = "Times New Roman") -> Any:
        run = item.add_run(text)
        run.font.name, run.font.size = latin, Pt(size)
        run._r.rPr.rFonts.set(qn("w:eastAsia"), east)
        return run

    def line(self, text: str, east: str, size: float = 16, *, align: Any = ALIGN.JUSTIFY, indent: bool = True) -> Any:
        item = self.document.add_paragraph()
        item.alignment = align
        item.paragraph_format.line_spacing = {"wps": Pt(28.95), "official": Pt(28), "word": 1.0}[self.style]
        item.paragraph_format.space_after = Pt(0)
        if indent:
            ind = item._p.get_or_add_pPr().get_or_add_ind()
            ind.set(qn("w:firstLine"), "640")
            if self.style == "word":
                ind.set(qn("w:firstLineChars"), "200")
        cut = self.rng.randrange(1, len(text)) if len(text) > 30 else len(text)
        for piece in (text[:cut], text[cut:]):
            if piece:
                self._run(item, piece, east, size)
        return item

    def body(self, text: str) -> Any:
        return self.line(text, "仿宋_GB2312" if self.style != "wps" else "仿宋")

    def heading(self, level: int, text: str) -> None:
        item = self.line(text, "黑体" if level == 1 else "楷体_GB2312")
        if self.style == "word":
            item.style = self.document.styles[f"Heading {level}"]
            for run in item.runs:
                run.font.bold = False
                run.font.color.rgb = RGBColor(0, 0, 0)

    def caption(self, text: str) -> None:
        self.line(text, "黑体", 12, align=ALIGN.CENTER, indent=False)

    def table(self, rows: list[list[str]]) -> None:
        table = self.document.add_table(len(rows), len(rows[0]), style="Table Grid")
        mark = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(mark)
        for row, cells in zip(rows, table.rows, strict=True):
            for text, cell in zip(row, cells.cells, strict=True):
                self._run(cell.paragraphs[0], text, "仿宋_GB2312", 10.5)

    def picture(self, name: str) -> None:
        item = self.document.add_paragraph()
        item.alignment = ALIGN.CENTER
        item.add_run().add_picture(png(1200, 600), width=Inches(5))
        next(item._p.iter(qn("wp:docPr"))).set("descr", name)


def build(style: str, seed: int, out: Path) -> Path:
    """Write one clean report; the same bytes of text for the same seed."""
    rng = Random(f"{style}{seed}")
    made = Foreign(style, rng)
    town, month = rng.choice(_TOWNS), rng.randrange(3, 12)
    now, before = rng.randrange(3000, 9000), rng.randrange(3000, 9000)
    if style == "official":
        _head(made, seed)
    made.line(
        f"国网云州供电公司2026年{month}月{town}用电情况报告", "方正小标宋简体", 22, align=ALIGN.CENTER, indent=False
    )
    if style == "official":
        made.line("国网云州市公司：", "仿宋_GB2312", indent=False)
    counts = [rng.randrange(200, 900) for _ in range(3)]
    for at, head in enumerate(_HEADS):
        made.heading(1, f"{'一二三四五'[at]}、{head}")
        if at == 0:
            made.body(
                f"2026年{month}月，国网云州供电公司所属{town}完成电量{now / 100:.2f}万千瓦时，"
                f"上年同期{before / 100:.2f}万千瓦时，"
                f"同比{'增长' if now >= before else '下降'}{abs(now - before) / before * 100:.2f}%，具体情况见表1。"
            )
            made.body("各项工作平稳有序，电费回收率保持在99.80%以上，客户反映的突出问题得到及时处理。")
            rows = _rows(rng)
            first, now_said, change = rows[1][0], rows[1][1], float(rows[1][4])
            went = "下降" if change < 0 else "增长"
            made.body(f"分台区看，{first}{now_said}万千瓦时，同比{went}{abs(change):.2f}%。")
            made.caption("表1　各台区电量情况")
            made.table(rows)
        elif at == 1:
            made.heading(2, "（一）电量走势")
            made.body("受气温和节假日影响，电量逐月有所波动，走势见图1，总体与上年接近，没有异常变化。")
            made.picture("电量逐月走势")
            made.caption("图1　电量逐月走势")
            made.heading(2, "（二）重点客户")
            made.body("重点客户生产平稳，主要集中在纺织和食品行业，客户经理按月走访并做好用电服务。")
            made.body("国网云州供电公司安排专人跟踪大客户用电变化，遇有减产停产及时上报。")
        elif at == 2:
            made.body(
                f"当月受理工单{sum(counts)}件，其中业务咨询{counts[0]}件、故障报修{counts[1]}件、信息查询{counts[2]}件。"
            )
            made.body("国网云州供电公司按照“首问负责”要求（含夜间值守），做到件件有回音。")
        elif at == 3:
            made.body("部分台区线损率偏高，个别计量装置需要更换，采集成功率仍有提升空间。")
        else:
            made.body("1.持续做好客户走访，及时掌握生产计划变化。")
            made.body("2.加快计量装置更换，按月通报进度，确保年底前完成。")
    _end(made, month)
    out.parent.mkdir(parents=True, exist_ok=True)
    made.document.save(str(out))
    return out


def _rows(rng: Random) -> list[list[str]]:
    rows = [["台区", "本月（万千瓦时）", "上年同期（万千瓦时）", "增减（万千瓦时）", "同比（%）"]]
    totals = [0, 0]
    for name in rng.sample(("桂花台区", "永兴台区", "东风台区", "春晓台区", "南苑台区"), 4):
        now, before = rng.randrange(800, 4000), rng.randrange(800, 4000)
        totals = [totals[0] + now, totals[1] + before]
        rows.append(_row(name, now, before))
    return [*rows, _row("合计", *totals)]


def _row(name: str, now: int, before: int) -> list[str]:
    return [
        name,
        *(f"{value / 100:.2f}" for value in (now, before, now - before)),
        f"{(now - before) / before * 100:.2f}",
    ]


def _head(made: Foreign, seed: int) -> None:
    red = made.line("国网云州供电公司文件", "方正小标宋简体", 36, align=ALIGN.CENTER, indent=False)
    for run in red.runs:
        run.font.color.rgb = RGBColor(0xFF, 0, 0)
    made.line(f"国网云营〔2026〕{seed + 11}号", "仿宋_GB2312", align=ALIGN.CENTER, indent=False)
    made.document.add_paragraph()


def _end(made: Foreign, month: int) -> None:
    if made.style == "official":
        made.document.add_paragraph()
        made.line("附件：用电情况明细", "仿宋_GB2312")
        made.document.add_paragraph()
    made.line("国网云州供电公司", "仿宋_GB2312", align=ALIGN.RIGHT, indent=False)
    made.line(f"2026年{month + 1}月5日", "仿宋_GB2312", align=ALIGN.RIGHT, indent=False)
    if made.style == "official":
        mark = made.line("附件", "黑体", indent=False)
        mark.paragraph_format.page_break_before = True
        made.line("用电情况明细", "方正小标宋简体", 22, align=ALIGN.CENTER, indent=False)
        made.body("本月各台区电量均由采集系统取得，口径与月度统计一致，未作人工调整。")
