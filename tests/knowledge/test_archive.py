"""A published report is found again: by its words, and as the baseline of the next one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.domain.actor import Actor, Role
from core.domain.fact import Compare, Fact
from core.domain.period import Period
from core.domain.report import Chart, Column, Listing, Paragraph, Point, ReportContent, Section, Series, Table
from core.domain.tokens import UnknownToken
from core.settings import Settings
from knowledge.archive import archive, prior
from knowledge.search import Index

AT = datetime(2026, 11, 3, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
HASH = "ab" * 32
PLAN = ("推进{{next}}回收攻坚。", "治理高损台区。")


class LetterEmbedder:
    """A tiny embedder (letter counts): these tests are about what is filed, not about meaning."""

    name = "letters"

    def query(self, text: str) -> Any:
        return self.passages([text])[0]

    def passages(self, texts: Sequence[str]) -> Any:
        import numpy as np

        out = np.full((len(texts), 32), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for char in text:
                out[row, ord(char) % 32] += 1
        return out / np.linalg.norm(out, axis=1, keepdims=True)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(Settings(_env_file=None, home=tmp_path), LetterEmbedder())


def actor(org: str = "99401", role: Role = Role.ANALYST) -> Actor:
    return Actor(user="u", name="甲", role=role, org=org)


def content(month: int = 10, org: str = "9940104", template: str = "R1", **more: Any) -> ReportContent:
    period = more.pop("period", Period.month(2026, month))
    fact = Fact(
        id="F1",
        indicator="A02",
        name="售电量",
        value=Decimal("123600000"),
        unit="kWh",
        period=period,
        org=org,
        compare=Compare(yoy=Decimal("5.21")),
    )
    table = Table(
        id="t1",
        caption="主要指标完成情况",
        columns=(Column(header="指标", align="left"), Column(header="本月", unit="万千瓦时")),
        rows=(("售电量", "{{F1:n:万千瓦时}}"),),
    )
    chart = Chart(
        id="c1",
        caption="售电量走势",
        form="trend",
        categories=("十月",),
        series=(Series(name="售电量", points=(Point(fact="F1"),)),),
    )
    sections = (
        Section(
            id="overview",
            heading="总体情况",
            blocks=(Paragraph(text="{{period}}，{{org}}售电量{{F1}}，{{F1.yoy}}。"), table, chart),
        ),
        Section(id="plan", heading="下月重点工作", blocks=(Listing(items=PLAN),)),
        Section(id="new", heading="新兴业务", thin="本期无可用数据，本部分从略。"),
    )
    name = {"9940104": "国网云州望湖区供电公司", "9940101": "国网云州清河区供电公司"}.get(org, "国网云州供电公司")
    fields = {
        "title": f"{name}{period.label}营销指标分析报告",
        "template": template,
        "org": org,
        "org_name": name,
        "period": period,
        "sections": sections,
        "facts": (fact,),
    }
    return ReportContent(**(fields | more))


def file(index: Index, made: ReportContent, report: str = "RP-1", version: int = 1, hash: str = HASH) -> list[str]:
    return archive(made, report, version, hash, "王审核", AT, index)


def test_every_section_is_filed_with_its_figures_and_its_label(index: Index) -> None:
    ids = file(index, content())
    docs = [index.get(id_) for id_ in ids]
    assert ids == [f"report/RP-1/{part}" for part in range(4)]
    whole, overview, plan, thin = (doc for doc in docs if doc)
    assert {(doc.org, doc.label, doc.period, doc.template, doc.version, doc.hash) for doc in docs if doc} == {
        ("9940104", "9940104", "2026-10", "R1", "1", HASH)
    }
    assert overview.text.startswith("2026年10月，国网云州望湖区供电公司售电量1.24亿千瓦时，同比增长5.21%。")
    assert "售电量｜12360.00" in overview.text and "售电量走势" in overview.text
    assert plan.text == "推进2026年11月回收攻坚。\n治理高损台区。"
    assert thin.text == "本期无可用数据，本部分从略。"
    assert "总体情况、下月重点工作、新兴业务" in whole.text
    assert not any("{{" in doc.text for doc in docs if doc)


def test_it_is_found_by_its_id_and_its_name(index: Index) -> None:
    file(index, content(9), "RP-9")
    file(index, content(10), "RP-10")
    assert index.search("RP-10", actor=actor(), k=1)[0].doc.id == "report/RP-10/0"
    title = "国网云州望湖区供电公司2026年9月营销指标分析报告"
    assert index.search(title, actor=actor(), k=1)[0].doc.id == "report/RP-9/0"
    assert index.search("望湖区2026-10下月重点工作", actor=actor(), k=1)[0].doc.id == "report/RP-10/2"


def test_filing_again_changes_nothing(index: Index) -> None:
    first = file(index, content())
    before = [index.get(id_) for id_ in first]
    assert file(index, content()) == first
    assert [index.get(id_) for id_ in first] == before
    assert len(index.select(lambda doc: True)) == len(first)


def test_a_later_version_replaces_and_an_earlier_one_never_does(index: Index) -> None:
    long = content()
    short = content(sections=long.sections[:1])
    file(index, long, version=1)
    ids = file(index, short, version=2, hash="cd" * 32)
    assert len(ids) == 2
    assert {(doc.version, doc.hash) for doc in index.select(lambda doc: True)} == {("2", "cd" * 32)}
    assert file(index, long, version=1) == ids
    assert {doc.version for doc in index.select(lambda doc: True)} == {"2"}


def test_a_long_section_is_cut_between_blocks(index: Index) -> None:
    sentences = tuple(Paragraph(text=f"第{'一二三四五六'[n]}段" + "售电量平稳。" * 50) for n in range(6))
    ids = file(index, content(sections=(Section(id="s", heading="分析", blocks=sentences),)))
    texts = [doc.text for id_ in ids[1:] if (doc := index.get(id_))]
    assert len(texts) == 6
    assert all(len(text) <= 600 for text in texts)


def test_a_figure_without_a_fact_is_never_filed(index: Index) -> None:
    with pytest.raises(UnknownToken):
        file(index, content(facts=()))
    assert index.select(lambda doc: True) == []


def test_the_latest_earlier_report_is_the_baseline(index: Index) -> None:
    for month in (7, 9, 8, 10, 11):
        file(index, content(month), f"RP-{month}")
    found = prior(index, actor(), "R1", "9940104", Period.month(2026, 10))
    assert found is not None
    assert (found.report_id, found.period, found.version, found.hash) == ("RP-9", "2026-09", "1", HASH)
    assert (found.decided_by, found.published_at) == ("王审核", AT)
    assert found.title == "国网云州望湖区供电公司2026年9月营销指标分析报告"
    assert [heading for heading, _ in found.sections] == ["总体情况", "下月重点工作", "新兴业务"]
    assert "1.24亿千瓦时" in found.sections[0][1]


@pytest.mark.parametrize(
    ("made", "who"),
    [
        (content(9, template="R3"), actor()),
        (content(9, org="9940101"), actor()),
        (content(9, org="99401"), actor()),
        (content(10), actor()),
        (content(11), actor()),
        (content(9), actor("9940101")),
        (content(9), actor("99401", Role.AUDITOR)),
        (content(9, period=Period.quarter(2026, 3)), actor()),
    ],
    ids=["template", "sibling", "parent", "same", "later", "scope", "auditor", "grain"],
)
def test_nothing_else_is_a_baseline(index: Index, made: ReportContent, who: Actor) -> None:
    file(index, made)
    assert prior(index, who, "R1", "9940104", Period.month(2026, 10)) is None


def test_of_two_reports_of_one_month_the_one_published_last_counts(index: Index) -> None:
    archive(content(9), "RP-B", 1, HASH, "王审核", AT.replace(day=5), index)
    archive(content(9), "RP-A", 1, HASH, "王审核", AT.replace(day=9), index)
    archive(content(9), "RP-C", 1, HASH, "王审核", AT.replace(day=4), index)
    found = prior(index, actor(), "R1", "9940104", Period.month(2026, 10))
    assert found is not None and found.report_id == "RP-A"
