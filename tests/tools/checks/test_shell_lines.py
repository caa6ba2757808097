"""A paper may wear the lines of the shell that its properties name, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from core.domain.report import ReportContent
from tools.checks import page_checks
from tools.checks.context import context_of
from tools.checks.proof.shell import Worn, worn_by
from tools.checks.reading import Line, Pages, Zone

OFFICIAL = {
    "Shell": "official",
    "Number": "国网云营〔2026〕15号",
    "To": "各市供电公司",
    "CopiesTo": "公司办公室、财务部",
}
BRIEF = {"Shell": "brief"}
MARK, NAME, ISSUED = "内部资料　注意保存", "国网云州供电公司文件", "国网云州供电公司 2026年11月3日印发"
SHELLS = [
    (OFFICIAL, (MARK, NAME, OFFICIAL["Number"]), ("各市供电公司：",), ("抄送：公司办公室、财务部。", ISSUED)),
    ({"Shell": "official"}, (MARK, NAME, "（发文字号待编）"), (), ("国网云州供电公司 尚未印发",)),
    (BRIEF, (MARK, "营销信息专报", "国网云州供电公司 2026年10月"), (), ()),
]


def bare(name: str, properties: dict[str, str]) -> Pages:
    return Pages(name, (), (), (), (), (), footer_fields=False, odd_even=False, properties=properties)


@pytest.mark.parametrize(
    ("properties", "worn"),
    [
        ({}, Worn()),
        ({"Shell": "internal"}, Worn()),
        ({"Shell": "letter"}, Worn()),
        (OFFICIAL | {"Number": "云电[2026]015号"}, Worn()),
        (OFFICIAL | {"To": "增长两成的3家单位"}, Worn()),
        (OFFICIAL | {"CopiesTo": "增长5%的单位"}, Worn()),
        (BRIEF, Worn(("内部资料注意保存", "营销信息专报", "国网云州供电公司", "2026年10月"))),
        (
            OFFICIAL,
            Worn(
                ("内部资料注意保存", NAME, "国网云营〔2026〕15号"),
                "各市供电公司：",
                "抄送：公司办公室、财务部。",
                True,
            ),
        ),
    ],
)
def test_the_lines_of_a_shell(content: ReportContent, properties: dict[str, str], worn: Worn) -> None:
    assert worn_by(bare("report.docx", properties), content) == worn


def dressed(pages: Pages, head: Sequence[str], to: Sequence[str], tail: Sequence[str]) -> Pages:
    """The sample file with lines above its title, below it, and below its date."""
    lines: list[Line] = []
    body = next(line for line in pages.lines if line.zone == "body")
    begins = next(at for at, line in enumerate(pages.lines) if line.zone == "body" and "营销指标分析报告" in line.text)

    def more(texts: Sequence[str], style: str, zone: Zone = "body") -> list[Line]:
        return [replace(body, text=text, style=style, zone=zone) for text in texts]

    for at, line in enumerate(pages.lines):
        if at == 0:
            lines += more(head, "CoverText", "cover") if pages.format == "docx" else []
        if line == body and pages.format == "pdf":
            lines += more(head, "")
        lines.append(line)
        if at == begins:
            lines += more(to, "Addressee")
        if line.zone == "body" and line.text == "2026年11月3日":
            lines += more(tail, "Imprint")
    return replace(pages, lines=tuple(lines))


def hits(pages: Pages, content: ReportContent) -> list[str]:
    gate = next(check for check in page_checks() if check.id == "rendered_gate")
    return [f"{hit.text} {hit.fix}" for hit in gate.run(pages, context_of(content))]


@pytest.mark.parametrize("name", ["docx", "pdf"])
@pytest.mark.parametrize(("properties", "head", "to", "tail"), SHELLS)
def test_a_file_wears_its_shell(
    read: dict[str, Pages],
    content: ReportContent,
    name: str,
    properties: dict[str, str],
    head: Sequence[str],
    to: Sequence[str],
    tail: Sequence[str],
) -> None:
    pages = dressed(read[name], head, to, tail)
    own = pages.properties | properties
    assert hits(replace(pages, properties=own), content) == []
    assert hits(pages, content)


@pytest.mark.parametrize("name", ["docx", "pdf"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("国网云营〔2026〕15号", "国网云营〔2026〕16号"),
        ("各市供电公司：", "各市供电公司，全省增长最快："),
        ("抄送：公司办公室、财务部。", "抄送：公司办公室、国网云州望湖区供电公司。"),
        (ISSUED, "国网云州供电公司 2026年13期印发"),
        (ISSUED, "国网云州望湖区供电公司 2026年11月3日印发"),
    ],
)
def test_a_changed_line_of_a_shell(
    read: dict[str, Pages], content: ReportContent, name: str, old: str, new: str
) -> None:
    properties, *texts = SHELLS[0]
    head, to, tail = ([new if text == old else text for text in group] for group in texts)
    pages = dressed(read[name], head, to, tail)
    assert hits(replace(pages, properties=pages.properties | properties), content)


@pytest.mark.parametrize(
    "words",
    [
        *("营销指标分析报告", "各市供电公司：", "附件：数据来源与口径", "国网云州供电公司", "2026年11月3日"),
        *("抄送：公司办公室、财务部。", ISSUED),
    ],
)
def test_a_line_outside_the_text_stands_once(read: dict[str, Pages], content: ReportContent, words: str) -> None:
    properties, *texts = SHELLS[0]
    pages = dressed(read["docx"], *texts)
    pages = replace(pages, properties=pages.properties | properties)
    at = next(at for at, line in enumerate(pages.lines) if line.zone == "body" and line.text.endswith(words))
    doubled = replace(pages, lines=(*pages.lines[: at + 1], *pages.lines[at:]))
    assert hits(pages, content) == [] and hits(doubled, content)
    unsigned = replace(pages.lines[at], text="（未经审批，不作为正式报告）", style="Body")
    once, twice = ((*pages.lines[: at + 1], *(unsigned,) * count, *pages.lines[at + 1 :]) for count in (1, 2))
    if words == "附件：数据来源与口径":
        assert hits(replace(pages, lines=once), content) == [] and hits(replace(pages, lines=twice), content)
