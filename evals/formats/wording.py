"""F14—F29: dates, brackets, punctuation, blanks, letters, colours, secrecy, units, figures, words, names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from itertools import pairwise
from random import Random
from typing import Any

from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.shared import RGBColor

from evals.formats import Break, Make
from evals.formats.layout import _runs
from evals.formats.places import data_tables, headings, prose, rewrite, say, some, texts, title


def _says(*sentences: str) -> Make:
    def make(document: Any, rng: Random) -> bool:
        return say(document, rng, rng.choice(sentences))

    return make


def _rewrites(pattern: str, new: str) -> Make:
    """Rewrite the first place of some paragraph of prose that has one."""

    def make(document: Any, rng: Random) -> bool:
        found = prose(document)
        return any(rewrite(item, pattern, new) for item in rng.sample(found, len(found)))

    return make


def _number_line(*numbers: str) -> Make:
    """Before the title, or in place of the one that stands there."""

    def make(document: Any, rng: Random) -> bool:
        wanted = rng.choice(numbers)
        for item in document.paragraphs[:12]:
            if re.search(r"〔\d{4}〕\d+号|（发文字号待编）", item.text):
                return rewrite(item, r"\S*〔\d{4}〕\d+号|（发文字号待编）", wanted)
        return say(document, rng, f"具体要求按照{wanted}文件执行。")

    return make


def _empty(times: int) -> Make:
    def make(document: Any, rng: Random) -> bool:
        found = prose(document)
        item = some([a for a, b in pairwise(found) if a._p.getnext() is b._p], rng) if times == 1 else some(found, rng)
        if item is None:
            return False
        for _ in range(times):
            fresh = deepcopy(item._p)
            for node in list(fresh):
                if node.tag != qn("w:pPr"):
                    fresh.remove(node)
            item._p.addnext(fresh)
        return True

    return make


def _leading(blank: str) -> Make:
    def make(document: Any, rng: Random) -> bool:
        item = some(prose(document), rng)
        nodes = texts(item) if item is not None else []
        if not nodes:
            return False
        nodes[0].text = blank + (nodes[0].text or "")
        nodes[0].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return True

    return make


def _latin(font: str) -> Make:
    def make(document: Any, rng: Random) -> bool:
        found = [item for item in prose(document) if re.search(r"\d", item.text)]
        item = some(found, rng)
        if item is None:
            return False
        for node in item._p.iter(qn("w:r")):
            if re.search(r"\d", "".join(text.text or "" for text in node.iter(qn("w:t")))):
                fonts = node.get_or_add_rPr().get_or_add_rFonts()
                fonts.set(qn("w:ascii"), font)
                fonts.set(qn("w:hAnsi"), font)
        return True

    return make


def _wide(document: Any, rng: Random) -> bool:
    wide = {ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}
    for item in rng.sample(prose(document), len(prose(document))):
        for node in texts(item):
            match = re.search(r"\d+", node.text or "")
            if match:
                node.text = node.text[: match.start()] + match[0].translate(wide) + node.text[match.end() :]
                return True
    return False


def _coloured(colour: tuple[int, int, int] | None, kind: str) -> Make:
    def make(document: Any, rng: Random) -> bool:
        item = (
            title(document)
            if kind == "title"
            else some(headings(document, 1) if kind == "heading" else prose(document), rng)
        )
        runs = _runs(item) if item is not None else []
        for run in runs[:1]:
            if colour:
                run.font.color.rgb = RGBColor(*colour)
            else:
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        return bool(runs)

    return make


def _secret(text: str, where: str) -> Make:
    def make(document: Any, rng: Random) -> bool:
        if where == "header":
            section = document.sections[-1]
            section.header.is_linked_to_previous = False
            section.header.paragraphs[0].add_run(text)
        else:
            item = title(document) if where == "top" else prose(document)[0]
            item.insert_paragraph_before(text)
        return True

    return make


def _figure(change: str) -> Make:
    """Make a sentence say otherwise than the table under the same heading."""

    def make(document: Any, rng: Random) -> bool:
        pairs = list(_pairs(document, change))
        if not pairs:
            return False
        node, pattern, new = rng.choice(pairs)
        node.text = re.sub(pattern, new, node.text, count=1)
        return True

    return make


def _pairs(document: Any, change: str) -> Sequence[Any]:
    """(text node, what it says, what it is made to say) of values that a table of the same section holds."""
    found = []
    rows: dict[str, set[str]] = {}
    waiting: list[Any] = []
    tables = {table._tbl: table for table in data_tables(document)}
    sentences = {item._p: item for item in prose(document)}
    heads = {item._p for level in (1, 2) for item in headings(document, level)}

    def settle() -> None:
        for item in waiting:
            whole = "".join(node.text or "" for node in texts(item))
            for label, values in rows.items():
                match = re.search(rf"{re.escape(label)}(\d+\.\d+)", whole)
                if match is None or match[1] not in values:
                    continue
                for node in texts(item):
                    said = re.escape(match[1])
                    if match[1] not in (node.text or ""):
                        continue
                    if change == "digit":
                        found.append((node, said, _other(match[1])))
                    elif change == "swap" and len(match[1]) > 3 and match[1][0] != match[1][1] and match[1][1] != ".":
                        found.append((node, said, match[1][1] + match[1][0] + match[1][2:]))
                    elif change == "unit" and f"{match[1]}万" in node.text:
                        found.append((node, rf"{said}万", f"{match[1]}亿"))
                    break
        waiting.clear()
        rows.clear()

    for element in document.element.body:
        if element in heads:
            settle()
        elif element in sentences:
            waiting.append(sentences[element])
        elif element in tables:
            for row in tables[element].rows[1:]:
                cells = [cell.text for cell in row.cells]
                if re.fullmatch(r"[一-鿿（）]{2,}", cells[0]) and cells[0] not in {"合计", "其他"}:
                    rows.setdefault(cells[0], set()).update(cells[1:])
    settle()
    return found


def _other(value: str) -> str:
    whole, _, rest = value.partition(".")
    return f"{int(whole) + 3}.{rest}"


def _cell(document: Any, rng: Random) -> bool:
    """The table says otherwise than the sentence above it."""
    for node, _, _ in _pairs(document, "digit"):
        for value in re.findall(r"\d+\.\d+", node.text):
            cells = [
                text for table in data_tables(document) for text in table._tbl.iter(qn("w:t")) if text.text == value
            ]
            if len(cells) == 1:
                cells[0].text = _other(value)
                return True
    return False


def _change(wanted: tuple[str, ...]) -> Make:
    """A change beside two amounts that do not give it."""

    def make(document: Any, rng: Random) -> bool:
        for table in data_tables(document):
            heads = ["".join(cell.text.split()) for cell in table.rows[0].cells]
            column = next((at for at, head in enumerate(heads) if head in wanted), None)
            if column is None or not any(re.match("上年同期|上年同月", head) for head in heads):
                continue
            row = rng.choice(list(table.rows)[1:])
            node = next(row.cells[column]._tc.iter(qn("w:t")), None)
            if node is not None and re.fullmatch(r"-?\d+(?:\.\d+)?", node.text or ""):
                node.text = f"{float(node.text) + 3.5:.2f}"
                return True
        return False

    return make


def _unlabelled(document: Any, rng: Random) -> bool:
    made = False
    for section in document.sections:
        for footer in (section.footer, section.even_page_footer):
            for item in footer.paragraphs if not footer.is_linked_to_previous else ():
                if "人工智能" in item.text:
                    made = True
                    for node in texts(item):
                        node.text = ""
    return made


def _relabelled(document: Any, rng: Random) -> bool:
    made = False
    for section in document.sections:
        for footer in (section.footer, section.even_page_footer):
            for item in footer.paragraphs if not footer.is_linked_to_previous else ():
                made = rewrite(item, "人工智能辅助生成", "营销部编制") or made
    return made


def _misnamed(document: Any, rng: Random) -> bool:
    """One character of a full name changes in one paragraph."""
    found = [item for item in prose(document) if re.search(r"国网云州[^，。]{0,6}供电公司", item.text)]
    item = some(found, rng)
    return item is not None and rewrite(item, r"国网云州", rng.choice(["国网云洲", "国网芸州", "国网云川"]))


_WRONG_CHANGES = (
    "全年电量526.10万千瓦时，上年同期500.00万千瓦时，同比增长6.22%。",
    "全年投诉30件，上年同期40件，同比下降30.00%。",
)
BREAKS = [
    Break("F14", "月编虚位", _says("有关情况截至2026年09月底。", "上述口径自2026年01月起执行。")),
    Break("F14", "日编虚位", _says("数据截至10月05日。")),
    Break("F14", "连字符日期", _says("数据截至2026-10-31。", "数据截至2026/10/31。", "数据截至2026.10.31。")),
    Break("F14", "汉字日期", _says("数据截至二〇二六年十月三十一日。", "整改于二○二六年十二月完成。")),
    Break("F14", "两位年份", _says("与25年10月相比有所变化。")),
    Break("F15", "方括号", _number_line("国网云营[2026]15号", "国网云营【2026】15号")),
    Break("F15", "圆括号", _number_line("国网云营（2026）15号", "国网云营(2026)15号")),
    Break("F15", "编虚位", _number_line("国网云营〔2026〕015号")),
    Break("F15", "加第", _number_line("国网云营〔2026〕第15号")),
    Break("F15", "两位年份", _number_line("国网云营〔26〕15号"), mends=False),
    Break("F16", "半角括号", _says("重点做好走访工作(含回访)。")),
    Break("F16", "直引号", _says('落实"一户一策"要求。')),
    Break("F16", "直角引号", _says("落实「一户一策」要求。")),
    Break("F16", "缺右括号", _says("重点做好走访工作（含回访。"), mends=False),
    Break("F16", "缺左引号", _says("落实一户一策”要求。"), mends=False),
    Break("F16", "缺书名号", _says("按照《供电营业规则的规定办理。"), mends=False),
    Break("F17", "半角逗号", _rewrites(r"(?<=[一-鿿])，(?=[一-鿿])", ",")),
    Break("F17", "半角句号", _rewrites(r"(?<=[一-鿿])。$", ".")),
    Break("F17", "数字后半角逗号", _says("全月走访客户126户,整改问题9项。")),
    Break("F17", "半角分号冒号", _says("具体措施:逐户走访;限期整改。")),
    Break("F17", "重复标点", _says("有关工作按期完成。。", "有关情况，，按期通报。")),
    Break("F18", "空段", _empty(3)),
    Break("F18", "段间空一段", _empty(1)),
    Break("F18", "全角空格缩进", _leading("　　")),
    Break("F18", "半角空格缩进", _leading("    ")),
    Break("F18", "字间空格", _says("做好客 户走访。", "做好客户　走访工作。")),
    Break("F19", "Arial", _latin("Arial")),
    Break("F19", "Calibri", _latin("Calibri")),
    Break("F19", "全角数字", _wide),
    Break("F20", "红字", _coloured((255, 0, 0), "prose")),
    Break("F20", "蓝色标题", _coloured((0x2F, 0x54, 0x96), "heading")),
    Break("F20", "黄底", _coloured(None, "prose")),
    Break("F20", "标题红字", _coloured((255, 0, 0), "title")),
    Break("F21", "秘密", _secret("秘密", "prose"), mends=False),
    Break("F21", "机密★", _secret("机密★5年", "top"), mends=False),
    Break("F21", "页眉绝密", _secret("绝密★长期", "header"), mends=False),
    Break("F21", "密级项", _secret("密级：机密", "prose"), mends=False),
    Break("F22", "kWh", _says("单户最大电量126万kWh。", "单户最大电量1260kW·h。", "单户最大电量1260KWH。")),
    Break("F22", "度", _says("单户最大电量126万度。", "户均电量210度电。")),
    Break("F22", "kW、kVA", _says("最大负荷3250kW。", "新增容量800kVA。")),
    Break("F22", "千瓦小时", _says("户均电量210千瓦小时。")),
    Break("F22", "百分比区间", _says("预计增长3～5%。", "预计增长3-5%。", "预计增长3.5—5.2%。")),
    Break("F23", "率写百分号", _says("线损率同比下降0.18%。", "回收率提高0.05%。", "满意度下降1.8%。"), mends=False),
    Break("F23", "占比写百分号", _says("市场化电量占比提高2.05%。"), mends=False),
    Break("F23", "电量写百分点", _says("售电量同比增长5.21个百分点。", "应收电费环比下降1.20个百分点。"), mends=False),
    Break("F23", "两者都写", _says("线损率下降0.18%个百分点。"), mends=False),
    Break("F24", "正文的数", _figure("digit"), mends=False),
    Break("F24", "两位颠倒", _figure("swap"), mends=False),
    Break("F24", "万写成亿", _figure("unit"), mends=False),
    Break("F24", "表里的数", _cell, mends=False),
    Break("F25", "增减", _change(("增减", "增减（万千瓦时）")), mends=False),
    Break("F25", "同比", _change(("同比（%）", "同比")), mends=False),
    Break("F25", "正文同比", _says(*_WRONG_CHANGES), mends=False),
    Break("F26", "口语", _says("售电量出现跳水。", "投诉量暴涨。"), mends=False),
    Break("F26", "绝对化", _says("要彻底杜绝停电事件。"), mends=False),
    Break("F26", "指责客户", _says("个别客户无理要求赔偿。"), mends=False),
    Break("F26", "负增长", _says("售电量同比增长-3.20%。", "售电量出现负增长。"), mends=False),
    Break("F26", "约数重复", _says("涉及客户约120户左右。")),
    Break("F27", "手机号", _says("联系人电话13812345678。"), mends=False),
    Break("F27", "身份证号", _says("证件号码11010519491231002X。"), mends=False),
    Break("F27", "座机", _says("服务电话0571-87654321。"), mends=False),
    Break("F27", "住址", _says("客户住在望湖区解放路128号楼。"), mends=False),
    Break("F27", "邮箱", _says("请发送至zhangsan@example.com。"), mends=False),
    Break("F28", "没有标识", _unlabelled),
    Break("F28", "改了标识", _relabelled),
    Break("F29", "差一字", _misnamed, mends=False),
    Break("F29", "供电局", _says("由云州供电局组织实施。", "由云州电业局组织实施。"), mends=False),
    Break("F29", "国家电网公司", _says("按照国家电网公司部署执行。"), mends=False),
]  # fmt: skip
