"""The catalogue (指标库): loads indicators, caliber, datasets and dictionary, and validates them as one set.

`catalog()` is cached for the process. A definition that contradicts another raises `Broken` with every message at
once, each naming the file and what to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.domain.indicator import Clock, Coverage, Indicator, Measure
from core.errors import Broken, NotFound

HOME = Path(__file__).parent
SOURCE_LABELS = {
    "marketing": "营销2.0",
    "meter": "智能电表",
    "service": "客户服务95598",
    "equipment": "设备管理",
    "acquisition": "采集2.0",
    "record": "本系统记录库",
}
"""What people call the source systems, and the record of this system where a number rests on what people recorded."""


class DatasetInfo(BaseModel):
    """One entry of `knowledge/datasets.yaml`; `org` is None where the rows carry no organisation code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    label: str
    org: str | None = "org_code"
    date: str | None = None
    date_kind: Clock = "date"
    as_of: str | None = None
    coverage: Coverage
    dims: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Thresholds:
    """`knowledge/caliber.yaml`: `get("line_loss.high_pct")`; numbers are Decimal. `binds` are the names SQL uses."""

    version: str
    effective_from: date
    values: Mapping[str, Any]

    def get(self, key: str) -> Any:
        """The value of one key; raises NotFound for a key that the file does not have."""
        if key not in self.values:
            raise NotFound(f"口径文件里没有「{key}」", "请在 knowledge/caliber.yaml 中补充该阈值")
        return self.values[key]

    def number(self, key: str) -> Decimal:
        return Decimal(str(self.get(key)))

    @property
    def binds(self) -> dict[str, Any]:
        return {key.replace(".", "_"): value for key, value in self.values.items()}


@dataclass(frozen=True)
class Catalog:
    """Everything the house knows of indicators. `indicators` also holds the parts, as `H01.capacity`."""

    indicators: Mapping[str, Indicator]
    thresholds: Thresholds
    datasets: Mapping[str, DatasetInfo]
    dictionary: Mapping[str, Mapping[str, str]]
    names: Mapping[str, str]

    def find(self, text: str) -> Indicator | None:
        """The indicator whose code, name or alias is exactly `text` (case and spaces aside)."""
        return self.indicators.get(self.names.get(_folded(text), ""))

    def get(self, text: str) -> Indicator:
        """`find`, or NotFound with the nearest names."""
        found = self.find(text)
        if found is None:
            near = "、".join(item.name for item in self.search(text)[:3])
            raise NotFound(f"没有名为「{text}」的指标", f"相近的指标有：{near}" if near else "可以先问“有哪些指标”")
        return found

    def search(self, text: str, limit: int = 5) -> list[Indicator]:
        """Indicators whose names share most with `text`, best first; for suggestions only."""
        wanted = _folded(text)
        best: dict[str, float] = {}
        for name, key in self.names.items():
            score = SequenceMatcher(None, wanted, name).ratio()
            if wanted and (wanted in name or name in wanted):
                score += 0.5
            best[key] = max(best.get(key, 0.0), score)
        ranked = sorted(best, key=lambda key: (-best[key], key))
        return [self.indicators[key] for key in ranked if best[key] > 0.3][:limit]

    def labels(self, dim: str, key: str) -> str:
        """The Chinese label of a member of a dimension; the key itself where the dictionary has none."""
        return self.dictionary.get(dim, {}).get(key, key or "未分类")

    def measure(self, indicator: Indicator, name: str) -> Measure:
        """A measure of an indicator, following a reference to another indicator's measure."""
        found = indicator.measures[name]
        if isinstance(found, str):
            owner, _, other = found.partition(".")
            return self.measure(self.indicators[owner], other)
        return found


@cache
def catalog() -> Catalog:
    """The catalogue that ships with the house; raises Broken when a file contradicts another."""
    return load(HOME)


def load(home: Path) -> Catalog:
    """Read and validate a catalogue folder (`indicators/*.yaml`, caliber, datasets, dictionary)."""
    from knowledge.definitions import checked

    problems: list[str] = []
    datasets = {name: DatasetInfo.model_validate(item) for name, item in _yaml(home / "datasets.yaml").items()}
    thresholds = _thresholds(home / "caliber.yaml")
    found: dict[str, Indicator] = {}
    for path in sorted((home / "indicators").glob("*.yaml")):
        try:
            item = Indicator.model_validate(_yaml(path))
        except ValidationError as error:
            problems += [f"{path.name}：{'.'.join(map(str, e['loc']))} {e['msg']}" for e in error.errors()]
            continue
        if not path.stem.startswith(f"{item.id}_"):
            problems.append(f"{path.name}：文件名应以编码「{item.id}_」开头")
        if item.id in found:
            problems.append(f"{path.name}：编码 {item.id} 已被「{found[item.id].name}」使用")
        found[item.id] = item
    indicators, names, more = checked(found, datasets, thresholds)
    problems += more
    if problems:
        raise Broken("指标库有误：\n" + "\n".join(problems), "请按提示修改 knowledge/ 下对应的文件")
    words = _yaml(home / "dictionary.yaml")
    dictionary = {dim: {str(key): str(label) for key, label in table.items()} for dim, table in words.items()}
    return Catalog(indicators, thresholds, datasets, dictionary, names)


def _thresholds(path: Path) -> Thresholds:
    raw = _yaml(path)
    flat: dict[str, Any] = {}
    for group, table in raw.items():
        if isinstance(table, dict):
            flat.update({f"{group}.{key}": value for key, value in table.items() if key != "source"})
    return Thresholds(str(raw["version"]), raw["effective_from"], flat)


def _folded(text: str) -> str:
    return "".join(text.split()).casefold().replace("％", "%")


def _yaml(path: Path) -> dict[str, Any]:
    loaded = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(loaded, dict):
        raise Broken(f"{path.name} 不是“键: 值”的 YAML 文件", "请检查缩进与冒号")
    return loaded
