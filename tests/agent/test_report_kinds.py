"""Every report kind of the library: drafted, gated, exported; a city, a county and a unit without units below.

One case a kind by default; `GMA_ALL_REPORTS=1` takes every unit in winter, summer and the Spring Festival month.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.events import Answer
from agent.recheck import recompute_report
from agent.runner import Runner
from core.domain.report import ReportContent
from core.domain.tokens import plain
from knowledge.analyses import analyses
from knowledge.template_library import templates
from tools.analysis import all_analyses
from tools.checks import check_file

UNITS = {"99401": "云州公司", "9940101": "清河区", "9940104": "望湖区", "994010403": "云栖供电所"}
SEASONS = {"month": ("2025年12月", "2026年2月", "2026年7月", "2026年10月"),
           "quarter": ("2026年一季度", "2026年三季度"),
           "week": ("2026年2月16日至22日", "2026年7月13日至19日", "2026年10月19日至25日")}  # fmt: skip
SECONDS = 5.0
BRIEF = [
    (kind, list(UNITS.values())[at % 4], SEASONS[item.grain][-1 - at % 2])
    for at, (kind, item) in enumerate(templates().items())
    if kind != "R1"
]
LONG = [
    (kind, unit, period)
    for kind, item in templates().items()
    for unit in UNITS.values()
    for grain in item.grains
    for period in SEASONS.get(grain, ())
]


def words(content: ReportContent, labels: dict[str, str]) -> str:
    facts = content.fact_map()
    texts = [plain(text.text, facts, labels) for s in content.sections for text in s.blocks if text.kind == "paragraph"]
    return "\n".join(texts)


@pytest.mark.parametrize(("kind", "unit", "period"), LONG if os.environ.get("GMA_ALL_REPORTS") else BRIEF)
def test_every_kind_is_drafted_and_gated(
    runner: Runner, say: Callable[..., Answer], kind: str, unit: str, period: str
) -> None:
    name = templates()[kind].synonyms[0]
    begun = time.process_time()
    drafted = say(f"帮我做一份{period}{unit}的{name}")
    spent = time.process_time() - begun
    assert drafted.status == "drafted" and drafted.report, (drafted.status, drafted.text)
    assert drafted.understood and drafted.understood.template == kind
    actor = runner.actor("analyst01")
    detail = runner.report(actor, drafted.report.id)
    assert [(c.rule, c.place, c.text) for c in detail.checks if not c.passed and c.level == "error"] == []
    labels = runner.labels(drafted.report.id)
    path = Path(runner.document(actor, drafted.report.id, "docx"))
    wrong = [item for item in check_file(path, detail.content, labels) if not item.passed and item.level == "error"]
    assert [(item.rule, item.place, item.text) for item in wrong] == []
    said = words(detail.content, labels)
    assert len(said) > 150 and "{{" not in said and "。。" not in said and "，。" not in said, said
    assert spent < SECONDS, f"{kind} took {spent:.1f} s of CPU"
    again = recompute_report(runner, actor, drafted.report.id)
    assert [row for row in again["facts"] if row["result"] != "same"] == [], "every fact can be computed again"


def test_analyses_keep_their_word(runner: Runner) -> None:
    """What analyses.yaml promises to template writers is what the analyses give, and nothing else."""
    from agent.limits import Limits
    from agent.turn import Turn
    from core.domain.period import Period

    actor = runner.actor("analyst01")
    turn = Turn(runner.services, actor, "", "", "", lambda event: None, Limits.from_settings(runner.settings))
    offers = analyses()
    assert set(offers) == set(all_analyses())
    given: set[str] = set()
    for name, run in all_analyses().items():
        result = run(turn.bench(), "99401", Period.parse("2026-10"))
        assert set(result.places) <= set(offers[name].places), name
        assert {finding.kind for finding in result.findings} <= set(offers[name].findings), name
        known = {fact.id for fact in result.facts}
        assert all(fact in known for ids in result.places.values() for fact in ids), name
        given |= {name} if result.places or result.findings else set()
    assert len(given) >= len(offers) - 2


def test_a_template_from_the_readme_makes_a_report_in_the_chat(open_runner: Callable[..., Runner]) -> None:
    """Imported while the process runs, asked for by its name, gated and exported like the built-in ones."""
    import re

    from knowledge.template_library import BUILT_IN, add

    text = re.search(r"<!-- example -->\n```yaml\n(.*?)```", (BUILT_IN / "README.md").read_text(encoding="utf-8"), re.S)
    runner = open_runner()
    assert text
    path = runner.settings.home / "mine.yaml"
    path.write_text(text[1], encoding="utf-8")
    actor = runner.actor("analyst01")
    add(path, runner.settings)
    last = list(runner.ask(actor, "做一份2026年10月望湖区的新能源接入月报"))[-1].answer
    assert last.status == "drafted" and last.report and last.report.template == "PV1", last.text
    detail = runner.report(actor, last.report.id)
    assert [c for c in detail.checks if not c.passed and c.level == "error"] == []
    said = words(detail.content, runner.labels(last.report.id))
    assert "分布式光伏客户" in said and "分单位看" in said
    assert Path(runner.document(actor, last.report.id, "html")).stat().st_size > 5000
