"""Each format rule: one file of its name, sees every fault made for it, leaves clean files and sentences alone, and
what it can mend is clean afterwards with the same figures."""

from __future__ import annotations

import pkgutil
from pathlib import Path
from random import Random
from typing import Any

import docx
import pytest
import yaml

import tools.checks.pages as folder
from core.domain.report import ReportContent
from core.errors import BadRequest
from evals.formats import Break, breaks
from evals.formats.corpus import Faulty
from evals.formats.foreign import STYLES, build
from evals.formats.score import alarms, fate
from knowledge.standards.packs import format_rules, pack_of, packs
from knowledge.template_library import templates
from tools.checks import check_file, page_checks
from tools.checks.mending import fix_file
from tools.checks.standardization import standardization
from tools.documents import DocumentMeta, export

OTHERS = {"rendered_gate", "version", "sums"}
SENTENCES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "checks" / "format_sentences.yaml").read_text(encoding="utf-8")
)
PASSING = [(rule, text) for rule, cases in SENTENCES.items() for text in cases["pass"]]
FAILING = [(rule, case["text"], case.get("fix", "")) for rule, cases in SENTENCES.items() for case in cases["fail"]]


@pytest.fixture(scope="module")
def bases(
    content: ReportContent, labels: dict[str, str], meta: DocumentMeta, tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    root = tmp_path_factory.mktemp("bases")
    ours = export("docx", content, labels, meta, root / "ours.docx")
    return [*(build(style, 3, root / f"{style}.docx") for style in STYLES), ours]


def test_each_rule_is_a_file_of_its_name() -> None:
    names = {info.name for info in pkgutil.iter_modules(folder.__path__)} - OTHERS
    assert names == {rule.name for rule in format_rules().values()}
    assert list(format_rules()) == [f"F{number:02}" for number in range(1, 31)]
    assert {check.id for check in page_checks()} == {*format_rules(), "rendered_gate", "version", "printed_sums"}


def test_each_rule_is_broken_in_several_ways() -> None:
    ways = {rule: sum(item.rule == rule for item in breaks()) for rule in format_rules()}
    assert all(count >= 2 for count in ways.values()) and sum(ways.values()) >= 120, ways


def test_clean_files_raise_no_alarm(bases: list[Path]) -> None:
    assert [(path.stem, alarms(path, ours=path.stem == "ours")) for path in bases] == [
        (path.stem, []) for path in bases
    ]


@pytest.mark.parametrize("fault", breaks(), ids=lambda item: f"{item.rule}-{item.label}")
def test_a_fault_is_found_and_mended(fault: Break, bases: list[Path], tmp_path: Path) -> None:
    for base in bases:
        document = docx.Document(str(base))
        if fault.make(document, Random(7)):
            path = tmp_path / "faulty.docx"
            document.save(str(path))
            done = fate(Faulty(path, base, fault), ours=base.stem == "ours", out=tmp_path / "mended.docx")
            assert done.found and not done.unmended, done
            return
    raise AssertionError("no file can take this fault")


def with_sentence(base: Path, out: Path, text: str) -> Path:
    document: Any = docx.Document(str(base))
    target = next(item for item in document.paragraphs if item.text.startswith("部分台区"))
    for run in target.runs[1:]:
        run._r.getparent().remove(run._r)
    target.runs[0].text = text
    document.save(str(out))
    return out


@pytest.mark.parametrize(("rule", "text"), PASSING)
def test_a_right_sentence_passes(rule: str, text: str, bases: list[Path], tmp_path: Path) -> None:
    path = with_sentence(bases[0], tmp_path / "right.docx", text)
    assert [item for item in check_file(path) if item.rule == rule and not item.passed] == []


@pytest.mark.parametrize(("rule", "text", "fix"), FAILING)
def test_a_wrong_sentence_is_found_and_rewritten(
    rule: str, text: str, fix: str, bases: list[Path], tmp_path: Path
) -> None:
    path = with_sentence(bases[0], tmp_path / "wrong.docx", text)
    found = [item for item in check_file(path) if item.rule == rule and not item.passed]
    assert found and all(item.place and item.text and item.fix for item in found)
    assert any(item.fixable for item in found) == bool(fix)
    fix_file(path, tmp_path / "mended.docx")
    said = [item.text for item in docx.Document(str(tmp_path / "mended.docx")).paragraphs]
    assert (fix or text) in said


@pytest.mark.parametrize(
    ("now", "before", "change", "rate", "wrong"),
    [
        ("5.61", "6.49", "-8820.00", "-13.56", 0),
        ("5.61", "6.49", "-8750.00", "-13.59", 0),
        ("5.61", "6.49", "-0.88", "-13.56", 1),
        ("5.61", "6.49", "-9820.00", "-15.13", 2),
    ],
)
def test_columns_of_different_magnitudes_are_compared_in_one_unit(
    now: str, before: str, change: str, rate: str, wrong: int, tmp_path: Path
) -> None:
    written = docx.Document()
    written.add_paragraph("表1　大客户电量")
    heads = ("客户", "本月电量（万千瓦时）", "上年同期（万千瓦时）", "增减（千瓦时）", "同比（%）")
    rows = [heads, ("甲厂", now, before, change, rate)]
    table = written.add_table(len(rows), len(rows[0]))
    for at, row in enumerate(rows):
        for place, text in enumerate(row):
            table.cell(at, place).text = text
    written.save(str(tmp_path / "t.docx"))
    found = [item for item in check_file(tmp_path / "t.docx") if item.rule == "F25" and not item.passed]
    assert len(found) == wrong, found


def test_packs_differ_and_templates_name_one(bases: list[Path], tmp_path: Path) -> None:
    document: Any = docx.Document(str(bases[0]))
    footer, even = document.sections[0].footer, document.sections[0].even_page_footer
    for item in (footer.paragraphs[0], even.paragraphs[0]):
        item.alignment = 1
    document.save(str(tmp_path / "centred.docx"))
    wrong = {
        name: [item.rule for item in check_file(tmp_path / "centred.docx", pack=name) if not item.passed]
        for name in packs()
    }
    assert "F09" in wrong["gbt9704"] and "F09" not in wrong["house"]
    assert all(item.rules in packs() for item in templates().values())
    with pytest.raises(BadRequest, match="没有规范包"):
        pack_of("iso")


def test_the_rate_is_weighed_and_never_rounded_up_to_whole(bases: list[Path], tmp_path: Path) -> None:
    assert standardization(check_file(bases[3])) == 100
    wrong = with_sentence(bases[0], tmp_path / "wrong.docx", "联系人电话13812345678，请及时联系。")
    weights = {rule: item.weight for rule, item in format_rules().items()}
    # personal data is lost whole, the missing label of generated content, a reminder only, by half
    kept = sum(weights.values()) - weights["F27"] - weights["F28"] / 2
    rate = standardization(check_file(wrong))
    assert rate is not None and abs(float(rate) - 100 * kept / sum(weights.values())) <= 0.05
