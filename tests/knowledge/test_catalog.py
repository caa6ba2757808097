"""The catalogue as a set: what ships is sound, and every contradiction is found and named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from core.errors import Broken, NotFound
from knowledge.catalog import HOME, catalog, load
from tools.sources import all_sources

MVP = (
    "A02", "A06", "A07", "A08", "A11", "B01", "B02", "B05", "B06", "B08", "C01", "C02", "C06", "C07", "D02",
    "D05", "D07", "E02", "E03", "E08", "F03", "F05", "G01", "G04", "G06", "G07", "H01", "H03", "H05", "I01"
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("caliber.yaml", "datasets.yaml", "dictionary.yaml"):
        shutil.copy(HOME / name, tmp_path / name)
    shutil.copytree(HOME / "indicators", tmp_path / "indicators")
    return tmp_path


def edit(folder: Path, code: str, change: Callable[[dict], object]) -> None:  # type: ignore[type-arg]
    path = next((folder / "indicators").glob(f"{code}_*.yaml"))
    body = yaml.safe_load(path.read_text("utf-8"))
    change(body)
    path.write_text(yaml.safe_dump(body, allow_unicode=True), "utf-8")


def test_the_first_release_is_complete() -> None:
    known = catalog().indicators
    assert set(MVP) <= set(known)
    for item in known.values():
        assert len(item.caliber) >= 10 and item.formula and item.sources and item.version and item.effective_from
        assert set(item.thresholds.values()) <= set(catalog().thresholds.values)
        assert item.base or item.aliases or item.default_by


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("售电量", "A02"),
        ("a02", "A02"),
        ("卖电量", "A02"),
        ("均价", "B02"),
        ("电费回收率", "B05"),
        ("累计回收率", "B06"),
        ("欠费", "B08"),
        ("欠费户数", "B08.households"),
        ("线损率", "C02"),
        ("综合线损率", "C01"),
        ("高损台区", "C06.count"),
        ("采集成功率", "D02"),
        ("投诉量", "E02"),
        ("满意度", "E08"),
        ("供电可靠率", "G04"),
        ("光伏装机", "I01.capacity"),
        ("H01.capacity", "H01.capacity"),
        (" 最 大 负荷 ", "A11"),
    ],
)
def test_everyday_names(said: str, code: str) -> None:
    found = catalog().find(said)
    assert found is not None and found.id == code


def test_an_unknown_name_is_not_guessed_but_near_ones_are_offered() -> None:
    assert catalog().find("碳排放强度") is None
    assert [item.id for item in catalog().search("电费回收")][:2] == ["B05", "B06"]
    with pytest.raises(NotFound, match="碳排放强度"):
        catalog().get("碳排放强度")


def test_labels_and_thresholds() -> None:
    assert catalog().labels("industry", "2") == "工业"
    assert catalog().labels("industry", "99") == "99"
    assert catalog().labels("tg", "") == "无台区"
    assert catalog().thresholds.number("line_loss.high_pct") == 6
    with pytest.raises(NotFound, match="不存在的"):
        catalog().thresholds.get("不存在的.键")


def test_datasets_are_those_of_the_sources() -> None:
    sources = all_sources()
    for name, info in catalog().datasets.items():
        dataset = sources[info.source].dataset(name)
        assert dataset is not None, name
        columns = {column.name for column in dataset.columns}
        wanted = {info.org, info.date, info.as_of, *(path for path in info.dims.values() if "." not in path)} - {None}
        assert wanted <= columns, name
        assert (info.org is None) == (dataset.org_column is None), name


@pytest.mark.parametrize(
    ("code", "change", "said"),
    [
        ("A05", lambda body: body.update(name="售电量"), "重复"),
        ("A05", lambda body: body["aliases"].append("卖电量"), "分不清"),
        ("A05", lambda body: body.update(id="A02"), "已被"),
        ("A05", lambda body: body.update(value="gate_kwh + nothing"), "没有在 measures 中定义"),
        ("A05", lambda body: body.update(value="gate_kwh +"), "写法有误"),
        ("A05", lambda body: body["measures"]["gate_kwh"].update(dataset="nowhere"), "未在 datasets.yaml 中登记"),
        ("A05", lambda body: body["measures"]["gate_kwh"].update(source="meter"), "不属于 meter"),
        ("A05", lambda body: body.update(dims=["industry"]), "不能按 industry 拆分"),
        ("A05", lambda body: body["measures"]["gate_kwh"].update(where="supply_kwh > :line_loss_none"), "caliber.yaml"),
        ("B03", lambda body: body["measures"].update(receivable="B01.nothing"), "不存在"),
        ("B03", lambda body: body["measures"].update(receivable="Z99.x"), "不存在"),
        ("C02", lambda body: body.update(thresholds={"high": "line_loss.none"}), "不在 caliber.yaml 中"),
        ("A05", lambda body: body.update(unknown=1), "unknown"),
        ("A06", lambda body: body.update(default_by="tg"), "default_by"),
        ("B04", lambda body: body["measures"].update(kwh=body["measures"]["received"]), "另有定义"),
    ],
)
def test_contradictions_are_named(folder: Path, code: str, change: Callable[[dict], object], said: str) -> None:  # type: ignore[type-arg]
    edit(folder, code, change)
    with pytest.raises(Broken) as caught:
        load(folder)
    assert said in caught.value.message and code[:3] in caught.value.message


def test_a_file_must_be_named_after_its_code(folder: Path) -> None:
    path = next((folder / "indicators").glob("A05_*.yaml"))
    path.rename(path.with_name("supply.yaml"))
    with pytest.raises(Broken, match="文件名应以编码"):
        load(folder)
