"""A PDF's text against its report: any line that is lost, changed, moved or added is named with its page."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.domain.report import Chart, Column, Paragraph, ReportContent, Section, Table
from tools.checks import Hit
from tools.checks.context import context_of
from tools.checks.proof.expected import Expected, Sheet
from tools.checks.proof.stream import running_text
from tools.checks.reading import Line, Look, Pages, Zone

TITLE, ORG = "国网云州供电公司2026年10月营销指标分析报告", "国网云州供电公司"
SIXTEEN = "加强各单位用电市场分析研判工作。"
FONTS = "字体替代：仿宋以其他字体代替"


@pytest.fixture(scope="module")
def expected(content: ReportContent) -> Expected:
    names = (("云湖区", "F21"), ("望湖区", "F22"), ("青石县", "F23"), ("南渡县", "F24"), ("临江区", "F25"))
    rows = tuple((name, f"{{{{{fact}:n:万千瓦时}}}}", f"{{{{{fact}.yoy:n}}}}") for name, fact in names)
    table = Table(
        id="t",
        caption="分单位电量",
        columns=(Column(header="单位"), Column(header="本月", unit="万千瓦时"), Column(header="同比", unit="%")),
        rows=rows[:3],
        unit_note="单位：见表头",
        notes=("不含趸售。",),
    )
    chart = next(b for section in content.sections for b in section.blocks if isinstance(b, Chart) and b.id == "c_org")
    plain = table.model_copy(update={"id": "t2", "caption": "其他单位", "unit_note": "", "notes": (), "rows": rows[3:]})
    blocks = (
        Paragraph(text="{{period}}，售电量{{F14}}，{{F14.yoy}}，见[[ref:t]]、[[ref:t2]]、[[ref:c_org]]。"),
        Paragraph(text="情况平稳。"),
        table,
        plain,
        chart,
        Paragraph(text="各单位继续加强用电市场的跟踪分析和研判。"),
    )
    plans = ("组织对高损台区逐一核查。", SIXTEEN, "压缩办电时长。")
    sections = (
        Section(id="s", heading="总体情况", blocks=blocks),
        Section(id="z", heading="下月重点工作", blocks=tuple(Paragraph(text=text) for text in plans)),
    )
    used = {"F14", "F21", "F22", "F23", "F24", "F25"}
    facts = tuple(fact for fact in content.facts if fact.id in used)
    return context_of(content.model_copy(update={"sections": sections, "facts": facts, "findings": ()})).expected


def printed(expected: Expected) -> list[str]:
    """The report's lines as they follow each other on paper."""
    out = [TITLE]
    for item in expected.order:
        if isinstance(item, Sheet):
            rows = [" ".join(row) for row in (item.heads, *item.rows)]
            out += [text for text in (item.caption, item.unit, *rows, item.note) if text]
        else:
            out.append(item.text)
    out += ["附件：数据来源与口径", ORG, "2026年11月3日"]
    return [*out, *annexed(expected)]


def annexed(expected: Expected) -> list[str]:
    out = ["附件　数据来源与口径"]
    for part in expected.annex:
        rows = [" ".join(row) for row in (part.heads, *part.rows) if row]
        out += [text for text in (part.heading, *rows, part.note, *part.remarks) if text]
    return out


def pages(texts: Sequence[str], *before: tuple[str, Zone, str], **properties: str) -> Pages:
    """One line after the other, ten to a page, after lines of the cover and the contents."""
    lines = [Line(0, text, style, zone, Look(), page=1) for text, zone, style in before]
    lines += [Line(at, text, "", "body", Look(), page=at // 10 + 2) for at, text in enumerate(texts)]
    return Pages(
        "x.pdf", tuple(lines), (), (), (), (), footer_fields=False, odd_even=False, properties=properties, format="pdf"
    )


def found(expected: Expected, texts: Sequence[str]) -> list[Hit]:
    return list(running_text(pages(texts), expected))


def told(hits: Sequence[Hit]) -> list[tuple[str, str]]:
    return [(hit.place, hit.text) for hit in hits]


def test_an_unchanged_print(expected: Expected) -> None:
    whole = printed(expected)
    assert found(expected, whole) == []
    broken = [piece for text in whole for piece in (text[:7], text[7:]) if piece]
    assert found(expected, broken) == []
    assert found(expected, ["", *whole, "目　录", " "]) == []
    heads = next(text for text in whole if text.startswith("单位 本月"))
    for name in ("望湖区", "青石县"):
        at = next(at for at, text in enumerate(whole) if text.startswith(name))
        assert found(expected, [*whole[:at], heads, *whole[at:]]) == []
    at = next(at for at, text in enumerate(whole) if text.startswith("F22"))
    assert found(expected, [*whole[:at], " ".join(expected.annex[0].heads), *whole[at:]]) == []
    for signed in ("（未经审批，不作为正式报告）", "2026年1月13日"):
        assert found(expected, [signed if text == "2026年11月3日" else text for text in whole]) == []


def test_every_line_that_is_lost_is_named(expected: Expected) -> None:
    whole = printed(expected)
    for at, text in enumerate(whole):
        hits = found(expected, [*whole[:at], *whole[at + 1 :]])
        if text == "2026年11月3日":
            assert hits == []
            continue
        bare = "".join(text.split())
        if text in {"附件：数据来源与口径", ORG}:  # a day that nobody foretells stands beside them
            assert hits and hits[0].level is None
            continue
        assert [hit.text for hit in hits] == [f"缺少报告原文：{bare[:40]}"], text
        assert (
            hits[0].place.startswith(f"第{(at if at < len(whole) - 1 else at - 1) // 10 + 2}页")
            and hits[0].level is None
        )


def test_every_line_that_is_changed_is_named(expected: Expected) -> None:
    whole = printed(expected)
    for at, text in enumerate(whole):
        for changed in (f"三成{text}", f"{text}三成"):
            hits = found(expected, [*whole[:at], changed, *whole[at + 1 :]])
            assert hits and {hit.level for hit in hits} == {None}, text
            assert any("三成" in hit.text for hit in hits), [hit.text for hit in hits]


def test_every_line_that_is_moved_said_again_or_added_is_named(expected: Expected) -> None:
    whole = printed(expected)
    tables = [item.heads for item in expected.order if isinstance(item, Sheet)]
    heads = {" ".join(names) for names in (*tables, *(part.heads for part in expected.annex))}
    for at, text in enumerate(whole[:-1]):
        assert found(expected, [*whole[:at], whole[at + 1], text, *whole[at + 2 :]]), text
        added = found(expected, [*whole[: at + 1], "售电量创历史新高。", *whole[at + 1 :]])
        assert ["「历史新高」" in hit.text or "历史新高" in hit.text for hit in added] == [True], text
        if text not in heads:
            assert found(expected, [*whole[: at + 1], *whole[at:]]), text


CHANGES = [
    ("云湖区 14000.00 6.00", "云湖区 14001.00 6.00", "第2页表1　分单位电量第1行", "「云湖区14001.006.00」与报告不一致"),
    ("单位：见表头", "单位：详见表头", "第2页表1　分单位电量单位", "文字与报告不一致：单位：详见表头"),
    ("注：不含趸售。", "注：含趸售。", "第3页表1　分单位电量注", "少了「不」：注：含趸售。"),
    ("一、总体情况", "一、总的情况", "第2页标题", "文字与报告不一致：一、总的情况"),
    ("情况平稳。", "情况稳定。", "第2页正文", "文字与报告不一致：情况稳定。"),
    (
        "图1　分单位售电量对比",
        "图1　分单位购电量对比",
        "第3页图题",
        "「图1分单位购电」应为「图1分单位售电」：图1分单位购电量对比",
    ),
    ("数据来源：营销2.0", "数据来源：营销3.0", "第3页图的来源", "「营销3.0」应为「营销2.0」：数据来源：营销3.0"),
    (TITLE, TITLE.replace("分析", "评价"), "第2页标题", f"文字与报告不一致：{TITLE.replace('分析', '评价')}"),
]


@pytest.mark.parametrize(("old", "new", "place", "text"), CHANGES)
def test_a_change_is_told_with_what_stood_there(expected: Expected, old: str, new: str, place: str, text: str) -> None:
    (hit,) = found(expected, [new if line == old else line for line in printed(expected)])
    kind = "值" if "第1行" in place else "文"
    assert (hit.place, hit.text, hit.fix) == (place, text, f"报告原{kind}：{''.join(old.split())}")


def test_a_day_stands_below_the_signature_only(expected: Expected) -> None:
    whole = printed(expected)
    for at, text in enumerate(whole):
        for signed in ("2026年11月3日", "（未经审批，不作为正式报告）"):
            added = found(expected, [*whole[: at + 1], signed, *whole[at + 1 :]])
            assert added, text


def test_two_changes_are_told_apart_by_the_line_between(expected: Expected) -> None:
    """Sixteen characters are enough to find the text again; fewer need the line that follows."""
    whole = printed(expected)
    changes = {"组织对高损台区逐一核查。": "组织对高损台区逐个核查。", "压缩办电时长。": "压缩报装时长。"}
    places = [hit.fix for hit in found(expected, [changes.get(text, text) for text in whole])]
    assert len(SIXTEEN) == 16 and places == [f"报告原文：{text}" for text in changes]
    changes = {"情况平稳。": "情况安稳。", "单位：见表头": "单位：详见表头"}
    (hit,) = found(expected, [changes.get(text, text) for text in whole])
    assert hit.fix == "报告原文：情况平稳。表1分单位电量单位：见表头"


def test_a_row_of_the_annex_is_told_by_its_fact(expected: Expected) -> None:
    whole = printed(expected)
    lines = [text.replace("12.36", "12.63") if text.startswith("F14") else text for text in whole]
    (hit,) = found(expected, lines)
    assert hit.place.endswith("附件 F14") and hit.text.startswith("「F14售电量") and hit.fix.startswith("报告原值：F14")
    lines = [text.replace("同比", "环比") if text == " ".join(expected.annex[0].heads) else text for text in whole]
    (hit,) = found(expected, lines)
    assert hit.place.endswith("附件一、数据事实表头")


def test_an_empty_print_lacks_everything(expected: Expected) -> None:
    (hit,) = found(expected, ())
    assert (hit.place, hit.text) == (
        "标题",
        f"缺少报告原文：{''.join((TITLE, '一、总体情况2026年10月，售电量12.36亿千瓦时'))[:40]}",
    )
    assert [hit.place for hit in found(expected, ["天气晴好。"])] == ["第2页标题"]


def test_what_the_fonts_stood_in_for_is_printed_last(expected: Expected) -> None:
    whole = printed(expected)
    said = pages([*whole, FONTS], FontSubstitution=FONTS)
    assert list(running_text(said, expected)) == []
    assert told(list(running_text(pages(whole, FontSubstitution=FONTS), expected))) == [
        (f"第{(len(whole) - 1) // 10 + 2}页字体说明", f"缺少报告原文：{FONTS}")
    ]
    assert found(expected, [*whole, FONTS])


CARD = [("统计期间 2026年10月", "cover", ""), ("编制单位 国网云州供电公司", "cover", "")]


@pytest.mark.parametrize(
    ("lines", "expect"),
    [
        ((TITLE,), []),
        ((TITLE[:8], TITLE[8:], "内部资料 注意保存", "内部分析报告"), []),
        ((TITLE[:8],), [("封面", "标题不完整")]),
        ((TITLE[8:], TITLE[:8]), [("封面", f"「2026年10月营」应为「云州」：{TITLE[8:]}"), ("封面", "标题不完整")]),
        ((TITLE, "公开资料"), [("封面", "报告里没有这句话：公开资料")]),
        ((TITLE, "统计期间 2026年9月"), [("封面", "「统计期间 2026年9月」与报告不一致")]),
    ],
)
def test_the_cover(expected: Expected, lines: tuple[str, ...], expect: list[tuple[str, str]]) -> None:
    before: list[tuple[str, Zone, str]] = [(text, "cover", "") for text in (*lines, "编制单位 国网云州供电公司")]
    assert told(list(running_text(pages(printed(expected), *before), expected))) == expect


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("一、总体情况 ........ 3", []),
        ("二、下月重点工作 ……… 12", []),
        ("附件　数据来源与口径　······5", []),
        ("一、总的情况 ........ 3", [("目录第1页", "文字与报告不一致：一、总的情况")]),
        ("情况平稳。 ........ 3", [("目录第1页", "报告里没有这句话：情况平稳。")]),
    ],
)
def test_the_contents(expected: Expected, text: str, expect: list[tuple[str, str]]) -> None:
    hits = told(list(running_text(pages(printed(expected), (text, "body", "Contents")), expected)))
    assert hits == expect


def test_a_long_loss_is_bridged(expected: Expected) -> None:
    """A page that is missing costs one finding, not one for each line after it."""
    whole = printed(expected)
    hits = found(expected, [*whole[:5], *whole[15:]])
    assert len(hits) == 1 and hits[0].place.startswith("第2页")
