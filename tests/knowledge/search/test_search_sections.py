"""Sections of many reports: each once, by its latest; a report's title and a heading together name one section."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.domain.actor import Actor
from core.domain.period import Period
from core.settings import Settings
from knowledge.search import Doc, Index
from knowledge.search.leaders import leaders

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
    for _ in range(200):
        size, k = int(rng.integers(1, 30)), int(rng.integers(1, 8))
        keys = np.round(rng.random(size), 2)
        groups = rng.integers(-1, 4, size)
        recent = rng.integers(0, 3, size).astype(np.int32)
        members: dict[int, list[int]] = {}
        for at in range(size):
            members.setdefault(int(groups[at]) if groups[at] >= 0 else 100 + at, []).append(at)
        expected = []
        for places in members.values():
            best = max(keys[at] for at in places)
            near = [at for at in places if keys[at] >= best - 0.02]
            lead = min((at for at in near), key=lambda at: (-recent[at], -keys[at], at))
            expected.append((-best, lead))
        assert leaders(keys, groups, recent, k).tolist() == [lead for _, lead in sorted(expected)[:k]]
