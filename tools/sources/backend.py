"""What a backend does: run one plan on one engine. Plus the values that go in and come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from core.errors import BadRequest
from tools.sources.rewrite import Plan
from tools.sources.shards import Shards
from tools.sources.statement import Kind, Statement
from tools.sources.trouble import Cancel


@dataclass(frozen=True)
class Job:
    """One admitted query: the statement, its binds (the scope pattern included), and the keys of other sources.

    At most `limit` rows are wanted; `bulk` asks for a DataFrame instead of rows.
    """

    statement: Statement
    binds: Mapping[str, Any]
    keys: Mapping[str, Sequence[str]]
    limit: int
    org: str
    bulk: bool = False

    def spelled(self, sign: str) -> tuple[dict[str, str], dict[str, Any]]:
        """(what stands for each bind in the text of a plan, the values by mark): a list has a mark for each item.

        `sign` is what the engine puts before the name of a parameter.
        """
        mode: dict[str, str] = {}
        values: dict[str, Any] = {}
        for name, value in self.binds.items():
            items = value if isinstance(value, list) else [value]
            marks = [f"{name}_{at}" for at in range(len(items))] if isinstance(value, list) else [name]
            mode[f"b:{name}"] = ", ".join(f"{sign}{mark}" for mark in marks) or "NULL"
            values.update(zip(marks, items, strict=True))
        return mode, values


@dataclass(frozen=True)
class Answer:
    """What came back: rows, or a DataFrame for a bulk job."""

    rows: list[tuple[Any, ...]]
    frame: Any = None


class Backend(Protocol):
    """One engine of one source. Raises Trouble for the source's failures, BadRequest for a wrong statement."""

    dialect: str

    def plan(self, statement: Statement, limit: int | None) -> Plan: ...

    def run(self, plan: Plan, job: Job, cancel: Cancel) -> Answer: ...

    def close(self) -> None: ...


@runtime_checkable
class Distributed(Protocol):
    """A backend whose engine can score the rows of a job where they lie; says how many there were."""

    def spread(self, plan: Plan, job: Job, cancel: Cancel, scoring: Callable[[Shards], None]) -> int: ...


def typed_binds(statement: Statement, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that the statement uses, dates read from ISO text. Raises BadRequest for a missing or odd one."""
    missing = sorted(statement.binds - params.keys())
    if missing:
        raise BadRequest(f"查询缺少参数 {'、'.join(missing)}，数据没有读取", "请补齐参数后重试")
    out: dict[str, Any] = {}
    for name in sorted(statement.binds):
        value = params[name]
        values = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
        clean = [_bind(name, item, statement.dated.get(name)) for item in values]
        if name in statement.patterns and any(char.isdigit() for item in clean for char in str(item)):
            raise BadRequest(f"参数 {name} 用于查找工单内容，不能含数字", "请用不含号码的词语查找")
        out[name] = clean if values is not value and isinstance(value, list | tuple | set | frozenset) else clean[0]
    return out


def _bind(name: str, value: Any, kind: Kind | None) -> Any:
    if isinstance(value, str) and kind in {"date", "time"}:
        try:
            return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError as error:
            raise BadRequest(f"参数 {name} 的值“{value}”不是日期", "请写成 2026-10-31 的样子") from error
    if value is None or isinstance(value, str | bool | int | float | Decimal | date):
        return value
    raise BadRequest(f"参数 {name} 的类型不能用于查询", "请传文字、数字、日期或它们的列表")


def typed_value(value: Any, kind: Kind) -> Any:
    """A value as the statement's type says; engines without the type hand texts or floats back.

    Floats of declared decimals are read through their shortest text, so sums made inside such an engine keep its
    binary rounding (about 15 significant digits).
    """
    if value is None:
        return None
    match kind:
        case "decimal" if isinstance(value, float | int | str) and not isinstance(value, bool):
            return Decimal(str(value))
        case "date" if isinstance(value, str):
            return date.fromisoformat(value[:10])
        case "date" if isinstance(value, datetime):
            return value.date()
        case "time" if isinstance(value, str):
            return datetime.fromisoformat(value)
        case "bool" if isinstance(value, int):
            return bool(value)
        case _:
            return value
