"""F10—F13 and F30: tables, figures, references to them, attachments, pictures."""

from __future__ import annotations

import re
from io import BytesIO
from random import Random
from typing import Any

from docx.oxml.ns import qn
from docx.shared import Inches

from evals.formats import Break, Make
from evals.formats.places import captions, data_tables, paragraphs, prose, rewrite, some, texts


def _remove(paragraph: Any) -> None:
    paragraph._p.getparent().remove(paragraph._p)


def _renumber(kind: str) -> Make:
    def make(document: Any, rng: Random) -> bool:
        item = some(captions(document, kind), rng)
        return item is not None and rewrite(item, r"(\d+)", lambda found: str(int(found[1]) + 5))  # type: ignore[arg-type]

    return make


def _nameless(kind: str) -> Make:
    def make(document: Any, rng: Random) -> bool:
        item = some(captions(document, kind), rng)
        if item is None:
            return False
        _remove(item)
        return True

    return make


def _bare(kind: str) -> Make:
    """The number without a name."""

    def make(document: Any, rng: Random) -> bool:
        item = some(captions(document, kind), rng)
        return item is not None and rewrite(item, r"^([表图]\d+)　.*$", r"\1")

    return make


def _caption_below(document: Any, rng: Random) -> bool:
    for item in captions(document, "表")[:1]:
        table = item._p.getnext()
        while table is not None and table.tag != qn("w:tbl"):
            table = table.getnext()
        if table is not None:
            table.addnext(item._p)
            return True
    return False


def _caption_above(document: Any, rng: Random) -> bool:
    item = some(captions(document, "图"), rng)
    if item is None:
        return False
    item._p.getprevious().addprevious(item._p)
    return True


def _unrepeated(document: Any, rng: Random) -> bool:
    table = some(data_tables(document), rng)
    mark = next(table._tbl.iter(qn("w:tblHeader")), None) if table is not None else None
    if mark is None:
        return False
    mark.getparent().remove(mark)
    return True


def _blank(document: Any, rng: Random) -> bool:
    table = some(data_tables(document), rng)
    if table is None:
        return False
    row = rng.choice(table.rows[1:] if len(table.rows) > 2 else [table.rows[1]])
    for node in row.cells[-1]._tc.iter(qn("w:t")):
        node.text = ""
    return True


def _sum(document: Any, rng: Random) -> bool:
    """One part of a column of amounts changes, its total stays."""
    for table in data_tables(document):
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if rows[-1][0] != "合计":
            continue
        for column, head in enumerate(rows[0]):
            values = [row[column] for row in rows[1:]]
            if re.search("率|比|占|拉动|均", head) or not all(
                re.fullmatch(r"\d+(?:\.\d+)?", value) for value in values
            ):
                continue
            node = next(table.rows[1].cells[column]._tc.iter(qn("w:t")))
            node.text = re.sub(r"^\d+", lambda found: str(int(found[0]) + 37), node.text)
            return True
    return False


def _no_alt(document: Any, rng: Random) -> bool:
    frames = [item for item in document.element.body.iter(qn("wp:docPr")) if item.get("descr")]
    frame = some(frames, rng)
    if frame is None:
        return False
    frame.attrib.pop("descr")
    return True


def _unmentioned(document: Any, rng: Random) -> bool:
    names = [re.match(r"[表图]\d+", item.text)[0] for kind in "表图" for item in captions(document, kind)]  # type: ignore[index]
    for name in rng.sample(names, len(names)):
        made = False
        for item in paragraphs(document):
            if re.match(r"^[表图]\d+　", item.text) or not re.search(rf"{name}(?!\d)", item.text):
                continue
            made = rewrite(item, rf"{name}(?!\d)", "下文" if f"见{name}。" in item.text else "有关材料", 5) or made
        if made:
            return True
    return False


def _elsewhere(document: Any, rng: Random) -> bool:
    item = some(prose(document), rng)
    return item is not None and rewrite(item, r"。$", rng.choice(["（见表97）。", "，详见图98。", "，如表96所示。"]))


def _list(document: Any) -> Any:
    return next((item for item in document.paragraphs if item.text.startswith("附件：")), None)


def _listed(pattern: str, new: str) -> Make:
    def make(document: Any, rng: Random) -> bool:
        item = _list(document)
        return item is not None and rewrite(item, pattern, new)

    return make


def _no_list(document: Any, rng: Random) -> bool:
    item = _list(document)
    if item is None:
        return False
    _remove(item)
    return True


def _no_annex(document: Any, rng: Random) -> bool:
    """The mark of the annex goes, what it announces does not."""
    mark = next((item for item in document.paragraphs if re.fullmatch(r"附件\d?", item.text.strip())), None)
    if mark is None:
        return False
    for node in texts(mark):
        node.text = "资料"
    return True


def png(width: int, height: int) -> BytesIO:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(picture).line([(0, height), (width, 0)], fill="black", width=3)
    out = BytesIO()
    picture.save(out, "PNG")
    out.seek(0)
    return out


def _coarse(width: int, inches: float) -> Make:
    """A picture of too few pixels at the end of some paragraph."""

    def make(document: Any, rng: Random) -> bool:
        item = some(prose(document), rng)
        if item is None:
            return False
        item.add_run().add_picture(png(width, width // 2), width=Inches(inches))
        return True

    return make


BREAKS = [
    Break("F10", "表号不连续", _renumber("表")),
    Break("F10", "没有表题", _nameless("表"), mends=False),
    Break("F10", "表题只有号", _bare("表"), mends=False),
    Break("F10", "表题在下", _caption_below, mends=False),
    Break("F10", "不重复表头", _unrepeated),
    Break("F10", "空白单元格", _blank),
    Break("F10", "合计有误", _sum, mends=False),
    Break("F11", "图号不连续", _renumber("图")),
    Break("F11", "没有图题", _nameless("图"), mends=False),
    Break("F11", "图题在上", _caption_above, mends=False),
    Break("F11", "没有替代文字", _no_alt),
    Break("F12", "没有提到", _unmentioned),
    Break("F12", "提到的不存在", _elsewhere, mends=False),
    Break("F13", "名称后有句号", _listed(r"$", "。")),
    Break("F13", "半角冒号", _listed("：", ":")),
    Break("F13", "没有附件说明", _no_list, mends=False),
    Break("F13", "没有附件", _no_annex, mends=False),
    Break("F13", "名称不一致", _listed(r"(?<=附件：).*$", "另一份材料"), mends=False),
    Break("F30", "72 点", _coarse(400, 5.5), mends=False),
    Break("F30", "100 点", _coarse(500, 5.0), mends=False),
    Break("F30", "140 点", _coarse(420, 3.0), mends=False),
]
