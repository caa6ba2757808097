"""The reviewer's checklist (审核清单): one item a file in `items/`, each exporting `ITEM`, filled with evidence.

An item judges one version from what the record holds: its content, its check results, the approved report before it,
the remarks and the waivers. It reads no source, so that the same record always gives the same checklist.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from core.domain.checklist import Checklist, Comment, ItemResult, Remark, Waiver
from core.domain.report import CheckResult, ReportContent, finding_key
from core.errors import Broken
from core.store import Unit
from core.store.tables import ReportRow


@dataclass(frozen=True)
class Case:
    """One version under review. `prior` is the approved report that it follows, None for a first one; the remarks carry
    the names of people."""

    content: ReportContent
    checks: tuple[CheckResult, ...] = ()
    prior: ReportContent | None = None
    prior_id: str = ""
    comments: tuple[Comment, ...] = ()
    waivers: Mapping[str, Waiver] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """What an item found: the evidence in one or two sentences, and every finding."""

    evidence: str
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Item:
    """One line of the checklist. `rules` are the check rules whose findings belong to it; `run` adds its own."""

    id: str
    label: str
    order: int
    rules: tuple[str, ...] = ()
    run: Callable[[Case], Said] | None = None


@cache
def all_items() -> tuple[Item, ...]:
    """Every item in reading order; Broken when a file and its item differ in name or two claim one rule."""
    import tools.checklist.items as folder

    found: list[Item] = []
    for info in pkgutil.iter_modules(folder.__path__):
        item: Item = importlib.import_module(f"{folder.__name__}.{info.name}").ITEM
        if item.id != info.name:
            raise Broken(f"审核项 {item.id} 与文件 {info.name} 不同名。", "请改成一致。")
        found.append(item)
    claimed = [rule for item in found for rule in item.rules]
    if len(set(claimed)) != len(claimed):
        raise Broken("有两个审核项认领了同一条校验规则。", "一条规则只归一个审核项。")
    return tuple(sorted(found, key=lambda item: (item.order, item.id)))


def fill(case: Case) -> tuple[ItemResult, ...]:
    """Every item's result for one case."""
    claimed = {rule for item in all_items() for rule in item.rules}
    return tuple(_result(item, case, claimed) for item in all_items())


def checklist_of(unit: Unit, row: ReportRow) -> Checklist:
    """The checklist of a report's current version as the record stands within this transaction."""
    version = unit.reports.version(row.id)
    content = ReportContent.model_validate_json(version.content)
    release = unit.reports.release(content.baseline) if content.baseline else None
    case = Case(
        content=content,
        checks=unit.reports.checks(row.id),
        prior=unit.reports.content(content.baseline, release.version) if release else None,
        prior_id=content.baseline if release else "",
        comments=tuple(
            note.model_copy(update={"actor": unit.accounts.name_of(note.actor)})
            for note in unit.reviews.comments(row.id)
        ),
        waivers={waiver.finding: waiver for waiver in unit.reviews.waivers(row.id, row.version)},
    )
    return Checklist(report=row.id, version=row.version, hash=version.hash, items=fill(case))


def remark(item: str, text: str, *, place: str = "", fix: str = "") -> Remark:
    """A finding of an item's own; its key follows from item, place and text."""
    return Remark(key=finding_key(item, place, text), place=place, text=text, fix=fix)


def _result(item: Item, case: Case, claimed: set[str]) -> ItemResult:
    mine = [
        check for check in case.checks if check.rule in item.rules or (item.id == "other" and _stray(check, claimed))
    ]
    said = item.run(case) if item.run else Said(_ran(mine))
    remarks = [*map(_of_check, (check for check in mine if not check.passed)), *said.remarks]
    told = tuple(_waived(remark, case.waivers) for remark in _distinct(remarks))
    open_ = [remark for remark in told if remark.waiver is None]
    return ItemResult(
        id=item.id,
        label=item.label,
        state="fail" if open_ else "waived" if told else "pass",
        evidence=said.evidence,
        remarks=told,
    )


def _stray(check: CheckResult, claimed: set[str]) -> bool:
    return check.rule not in claimed


def _ran(checks: list[CheckResult]) -> str:
    """Which rules were run; a rule that is missing from the record is not a rule that passed."""
    if not checks:
        return "本版本没有这类校验的记录"
    labels = "、".join(dict.fromkeys(check.label for check in checks))
    failed = sum(not check.passed for check in checks)
    return f"已校验：{labels}；{f'发现 {failed} 处' if failed else '未发现问题'}"


def _of_check(check: CheckResult) -> Remark:
    return Remark(
        key=check.key, level=check.level, place=check.place, text=check.text, fix=check.fix, final=check.final
    )


def _waived(remark: Remark, waivers: Mapping[str, Waiver]) -> Remark:
    return remark.model_copy(update={"waiver": waivers.get(remark.key)})


def _distinct(remarks: Iterable[Remark]) -> list[Remark]:
    return list({remark.key: remark for remark in remarks}.values())
