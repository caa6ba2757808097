"""Checks (校验): one rule, one file. Each file of `rules/` judges a report's content, of `pages/` a written file.

Every rule reports at least one result, passed or not, so that a missing check can be told from a passed one.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Literal, TypeVar

from core.domain.report import CheckResult, ReportContent
from core.errors import Broken, NotFound
from tools.checks.context import Context, context_of
from tools.checks.reading import Pages

Level = Literal["error", "warn"]


@dataclass(frozen=True)
class Hit:
    """One thing found wrong: where, what it says, how to mend it. `level` overrides the rule's own; `final` ones cannot
    be waived."""

    place: str
    text: str
    fix: str
    level: Level | None = None
    final: bool = False


@dataclass(frozen=True)
class Check:
    """A rule on the content of a report, before it is printed; what a `final` rule finds cannot be waived."""

    id: str
    label: str
    run: Callable[[Context], Iterable[Hit]]
    level: Level = "error"
    final: bool = False


@dataclass(frozen=True)
class PageCheck:
    """A rule on a written file of the named formats; `run` also gets the report's context, or None for a file of
    unknown origin."""

    id: str
    label: str
    run: Callable[[Pages, Context | None], Iterable[Hit]]
    level: Level = "error"
    final: bool = False
    formats: frozenset[str] = frozenset({"docx"})


Rule = TypeVar("Rule", Check, PageCheck)


@cache
def content_checks() -> tuple[Check, ...]:
    """Every rule on content, by id; raises Broken for duplicates."""
    import tools.checks.rules as folder

    found: list[Check] = [module.CHECK for module in _modules(folder)]
    return tuple(_distinct(found))


@cache
def page_checks() -> tuple[PageCheck, ...]:
    """Every rule on files; a file may hold several closely related ones. Raises Broken for duplicates."""
    import tools.checks.pages as folder

    found: list[PageCheck] = [check for module in _modules(folder) for check in module.CHECKS]
    return tuple(_distinct(found))


def run_checks(content: ReportContent, labels: Mapping[str, str]) -> list[CheckResult]:
    """Judge a report's content. A rule that cannot run fails with the reason."""
    context = context_of(content, labels)
    results: list[CheckResult] = []
    for check in content_checks():
        results += _results(check, check.run(context))
    return results


def check_file(
    path: Path, content: ReportContent | None = None, labels: Mapping[str, str] | None = None
) -> list[CheckResult]:
    """Judge a docx, pdf or pptx: format always, figures against the report's facts when its content is given.

    Raises NotFound when there is no such file, BadRequest when it is of another format or damaged.
    """
    if not path.is_file():
        raise NotFound(f"没有文件「{path.name}」。", "请核对路径。")
    from tools.checks.readers import read_file

    return check_pages(read_file(path), context_of(content, labels) if content else None)


def check_pages(pages: Pages, context: Context | None) -> list[CheckResult]:
    """Judge a file that has been read."""
    results: list[CheckResult] = []
    for check in page_checks():
        if pages.format in check.formats:
            results += _results(check, check.run(pages, context))
    return results


def _results(check: Check | PageCheck, hits: Iterable[Hit]) -> list[CheckResult]:
    out = [
        CheckResult(
            rule=check.id,
            label=check.label,
            passed=False,
            level=hit.level or check.level,
            place=hit.place,
            text=hit.text,
            fix=hit.fix,
            final=hit.final or check.final,
        )
        for hit in dict.fromkeys(hits)
    ]
    return out or [CheckResult(rule=check.id, label=check.label, passed=True, level=check.level)]


def _modules(folder: ModuleType) -> list[ModuleType]:
    names = sorted(info.name for info in pkgutil.iter_modules(folder.__path__))
    return [importlib.import_module(f"{folder.__name__}.{name}") for name in names]


def _distinct(found: list[Rule]) -> list[Rule]:
    ids = [check.id for check in found]
    if len(set(ids)) != len(ids):
        raise Broken("有校验规则重名。", "请删去重复的规则文件。")
    return found
