"""Templates as office workers write them: the README's own example works, and a mistake is told where and how."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from core.errors import BadRequest, Broken
from core.settings import Settings
from knowledge.template_library import add, check, find, mistakes, remove, source, templates

README = Path(__file__).parents[2] / "knowledge" / "templates" / "README.md"


def example() -> str:
    found = re.search(r"<!-- example -->\n```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    assert found
    return found[1]


def test_the_eight_reports_are_there() -> None:
    library = templates()
    assert set(library) >= {f"R{at}" for at in range(1, 9)}
    assert {key for key, item in library.items() if item.approvers == 2} == {"R4", "R5"}
    assert library["R2"].grains == ("week",) and library["R4"].grain == "quarter"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("heading: 接入规模", "headline: 接入规模", ["第1项", "headline", "是不是「heading」"]),
        ("grain: month", "grain: mounth", ["「grain」", "mounth", "是不是「month」"]),
        ("{indicator: I01}", "{indicator: I1}", ["章节「接入规模」", "「I1」不存在", "I01"]),
        ("{indicator: I02}", "{indicator: 上网电量}", ["「上网电量」不存在", "I02"]),
        ("by: org", "by: orgs", ["不能按「orgs」拆分", "是不是「org」"]),
        ("{{pv.yoy}}", "{{pv.yoyo}}", ["「yoyo」不认识", "是不是「yoy」"]),
        ("上网电量{{feed_in}}", "上网电量{{feedin}}", ["{{feedin}}", "是不是「feed_in」"]),
        ("上网电量{{feed_in}}", "上网电量1000万千瓦时", ["写了数字「1」", "记号"]),
        ("rows: [pv, capacity, feed_in]", "rows: [pv, capacty]", ["表「新能源接入主要指标」", "是不是「capacity」"]),
        ("of: feed_months", "of: feed_month", ["图「上网电量逐月走势」", "是不是「feed_months」"]),
        ("analysis: [line_loss]", "analysis: [lineloss]", ["「lineloss」不存在", "是不是「line_loss」"]),
        ('version: "1"', 'version: "1"\nrules: gbt', ["规范包「gbt」不存在", "gbt9704"]),
        ("form: trend", "form: heat", ["图「上网电量逐月走势」是热力图", "by 和 months"]),
        ("form: trend", "form: pie", ["「form」", "pie", "ring"]),
        ("id: loss", "id: scale", ["两个章节的 id 都是「scale」"]),
        ("months: 13", "months: 十三", ["「months」", "整数"]),
        ("[[，{{pv.yoy}}]]", "[[，{{pv.yoy}}", ["方括号不成对"]),
        ("id: PV1", "id: 一号", ["以字母开头"]),
        ("unit: auto", "unit: 斤", ["图「上网电量逐月走势」", "单位「斤」", "上网电量", "万千瓦时"]),
        (
            "{header: 本期}",
            "{header: 本期, unit: 万元}",
            ["表「新能源接入主要指标」", "单位「万元」", "分布式光伏户数"],
        ),
        ("{indicator: I02}", "{indicator：I02}", ["第 17 行", "全角冒号", "半角"]),
    ],
)
def test_a_mistake_is_told_where_and_how(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    text = example()
    assert old in text
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Broken) as caught:
        check(path)
    message = str(caught.value)
    assert "mine.yaml" in message and all(word in message for word in said), message
    assert "literal" not in message, "no word of the program's own"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("grain: month ", "grain: [month ", ["第 ", "grains", "不是正确的 YAML"]),
        ("name: 新能源接入分析报告", "name：新能源接入分析报告", ["第 2 行", "name：", "全角冒号"]),
        ("    need:", "\tneed:", ["第 14 行", "制表符"]),
        ('title: "{{org}}', "title: {{org}}", ["第 3 行", "英文引号"]),
        ("{indicator: I02, months: 13}", "{indicator: I02，months: 13}", ["第 18 行", "全角逗号"]),
        ("audience: 营销部", "audience: 营销部\naudience: 客服", ["第 9 行", "「audience」写了两次"]),
        ('version: "1"', 'version:"1"', ["第 5 行", "缺一个空格"]),
    ],
)
def test_a_slip_of_the_keyboard_is_told_with_its_line(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    text = example()
    assert old in text
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises((Broken, BadRequest)) as caught:
        check(path)
    message = f"{caught.value}{caught.value.hint}"
    assert "mine.yaml" in message and all(word in message for word in said), message


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_file_in_another_encoding_is_told_so(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(example().encode(encoding))
    for act in (check, lambda file: add(file, Settings(home=tmp_path, _env_file=None))):
        with pytest.raises(BadRequest, match="UTF-8") as caught:
            act(path)
        assert "另存为" in caught.value.hint
    path.write_bytes(example().replace("\n", "\r\n").encode("utf-8-sig"))
    assert check(path).id == "PV1"


def test_the_id_of_another_report_is_not_taken(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, _env_file=None)
    path = tmp_path / "mine.yaml"
    path.write_text(example().replace("id: PV1", "id: R1"), encoding="utf-8")
    with pytest.raises(Broken, match="编号「R1」是《"):
        add(path, settings)
    path.write_text(example().replace("synonyms: [", "synonyms: [线损分析, "), encoding="utf-8")
    with pytest.raises(Broken, match="「线损分析」与模板 R8"):
        add(path, settings)
    assert templates(settings)["R1"] == templates()["R1"] and mistakes(settings) == ()


def test_an_own_template_goes_out_of_use(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, _env_file=None)
    own = source("R2", settings).read_text(encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(re.sub(r"(?m)^version: .*", 'version: "9.9"', own), encoding="utf-8")
    assert add(path, settings).version == templates(settings)["R2"].version == "9.9"
    item, again = remove("R2", settings)
    assert item.version == "9.9" and again and templates(settings)["R2"] == templates()["R2"]
    with pytest.raises(BadRequest, match="自带"):
        remove("R2", settings)


def test_the_section_that_stands_only_where_there_is_a_problem(tmp_path: Path) -> None:
    found = re.search(r"<!-- only-when -->\n```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    assert found
    path = tmp_path / "mine.yaml"
    path.write_text(example() + found[1], encoding="utf-8")
    assert check(path).sections[-1].optional


def test_a_sites_own_folder(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, _env_file=None)
    path = tmp_path / "mine.yaml"
    path.write_text(example(), encoding="utf-8")
    assert add(path, settings).id == "PV1" and find(settings, "新能源接入分析报告").id == "PV1"
    assert "PV1" in templates(settings) and "PV1" not in templates()
    path.write_text(example().replace("heading: 接入规模", "heading: 规模"), encoding="utf-8")
    with pytest.raises(BadRequest, match="version"):
        add(path, settings)
    data = yaml.safe_load(example()) | {"id": "PV2", "name": "另一种", "synonyms": ["线损分析"]}
    (settings.template_dir / "PV2.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    assert "PV2" not in templates(settings) and "PV1" in templates(settings), "one wrong file does not stop the others"
    assert any("线损分析" in problem and "R8" in problem for problem in mistakes(settings))
