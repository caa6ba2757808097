"""Sections of many reports: each once, by its latest; a report's title and a heading together name one section."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.domain.actor import Actor
from core.domain.period import Period
from core.settings import Settings
from knowledge.search import Doc, Index
from knowledge.search.leaders import Sections

HEADINGS = ("欠费结构", "高风险客户", "法律催收与坏账", "下一步措施")
MONTHS = ("2026-07", "2026-08", "2026-09")
UNIT = "国网望湖供电公司"


def _reports() -> list[Doc]:
    docs = []
    for month in MONTHS:
        period = Period.parse(month)
        title = f"{UNIT}{period.label}电费回收专题分析报告"
        for part, heading in enumerate(("", *HEADINGS)):
            docs.append(
                Doc(
                    id=f"report/R6-9940101-{month}/{part}",
                    kind="report",
                    title=f"{title} · {heading}" if heading else title,
                    text=f"{period.label}{heading or '总体'}情况：{month[-2:]}户，比上年同期增加{part}.{month[-1]}%。",
                    org="9940101",
                    label="9940101",
                    period=month,
                    template="R6",
                    identifiers=(UNIT, "望湖", period.label, month, *filter(None, (heading,))),
                    facts={
                        "report": f"R6-9940101-{month}",
                        "report_title": title,
                        "heading": heading,
                        "subject": "电费回收专题分析报告",
                        "period_end": period.end.isoformat(),
                    },
                )
            )
    return docs


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, embedder: Any) -> Index:
    index = Index(Settings(_env_file=None, home=tmp_path_factory.mktemp("sections")), embedder)
    index.upsert(_reports())
    return index


def test_each_section_comes_once_and_by_its_latest_report(shelf: Index, city: Actor) -> None:
    hits = shelf.search("可能还不上钱的企业", actor=city, kinds=["report"], k=4)
    sections = [hit.doc.facts["heading"] for hit in hits if hit.doc.facts["heading"]]
    assert len(sections) == len(set(sections)) >= 3
    assert {hit.doc.period for hit in hits if hit.doc.facts["heading"]} == {"2026-09"}


def test_the_others_follow_and_nothing_is_lost(shelf: Index, city: Actor) -> None:
    hits = shelf.search("可能还不上钱的企业", actor=city, k=50)
    assert sorted(hit.doc.id for hit in hits) == sorted(doc.id for doc in _reports())
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


def test_a_named_period_outranks_the_latest(shelf: Index, city: Actor) -> None:
    hits = shelf.search("望湖2026年7月高风险客户", actor=city)
    assert hits[0].doc.id == "report/R6-9940101-2026-07/2" and hits[0].match == "identifier"


def test_title_and_heading_together_name_one_section(shelf: Index, city: Actor) -> None:
    title = f"{UNIT}2026年8月电费回收专题分析报告"
    alone = shelf.search(title, actor=city, k=3)
    assert alone[0].doc.id == "report/R6-9940101-2026-08/0"
    assert {hit.doc.facts["report"] for hit in alone} == {"R6-9940101-2026-08"}
    for asked in (f"{title}里的下一步措施", f"{title} 下一步措施", f"《{title}》的下一步措施"):
        assert shelf.search(asked, actor=city, k=1)[0].doc.id == "report/R6-9940101-2026-08/4"


def test_unit_period_and_figures_do_not_reach_the_vectors() -> None:
    same = [doc for doc in _reports() if doc.facts["heading"] == "高风险客户"]
    assert len({doc.passages()[:2] for doc in same}) == 1
    assert all("望湖" not in text and not any(char.isdigit() for char in text) for text in same[0].passages())


def test_leaders_are_those_of_a_plain_count() -> None:
    rng = np.random.default_rng(5)
    for _ in range(300):
        size, k = int(rng.integers(1, 30)), int(rng.integers(1, 8))
        keys = np.where(rng.random(size) < 0.2, -np.inf, np.round(rng.random(size), 2))
        shares = rng.integers(0, rng.integers(1, 4), size).astype(np.float32) / 3
        section = rng.integers(-1, 4, size).astype(np.int32)
        recent = rng.integers(0, 3, size).astype(np.int32)
        members: dict[int, list[int]] = {}
        for at in np.flatnonzero(keys > -np.inf).tolist():
            members.setdefault(int(section[at]) if section[at] >= 0 else 100 + at, []).append(at)
        expected = []
        for places in members.values():
            most = max(shares[at] for at in places)
            named = [at for at in places if shares[at] == most]
            best = max(keys[at] for at in named)
            near = [at for at in named if keys[at] >= best - 0.02]
            expected.append((-best, min(near, key=lambda at: (-recent[at], -keys[at], at))))
        found = Sections.of(section).leaders(keys, shares, recent, k)
        assert found.tolist() == [lead for _, lead in sorted(expected)[:k]]


def test_the_questions_a_section_answers_lead_to_it(tmp_path: Any, embedder: Any, city: Actor) -> None:
    """A heading that says nothing is found by the questions of its template, and only by these."""
    asked = "一天里电话什么时候最密"
    said = {"甲部分": "各类诉求分别有多少", "乙部分": "哪个供电所的投诉最多", "丙部分": "一天里什么时候来电最多"}

    def first(answers: bool) -> str:
        index = Index(Settings(_env_file=None, home=tmp_path / str(answers)), embedder)
        index.upsert(
            [
                Doc(
                    id=f"report/S/{part}",
                    kind="report",
                    title=f"报告 · {heading}",
                    text="本月情况见表。",
                    template="S",
                    facts={"report": "S", "heading": heading, "answers": question if answers else ""},
                )
                for part, (heading, question) in enumerate(said.items())
            ]
        )
        return str(index.search(asked, actor=city, k=1)[0].doc.facts["heading"])

    assert (first(answers=True), first(answers=False)) == ("丙部分", "甲部分")
