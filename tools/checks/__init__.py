"""Checks (校验): one rule, one file. Each file of `rules/` judges a report's content, of `pages/` a written file.

Every rule reports at least one result, passed or not, so that a missing check can be told from a passed one.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Literal, TypeVar

from core.domain.report import CheckResult, ReportContent
from core.errors import Broken, NotFound
from knowledge.standards.packs import pack_of
from tools.checks.context import Context, context_of
from tools.checks.reading import Pages

Level = Literal["error", "warn"]


@dataclass(frozen=True)
class Hit:
    """One thing found wrong: where, what it says, how to mend it. `level` overrides the rule's own; `final` ones cannot
    be waived; `mend`, where there is one, mends it in the file that was read."""

    place: str
    text: str
    fix: str
    level: Level | None = None
    final: bool = False
    mend: Callable[[], None] | None = field(default=None, compare=False)


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
    """Every rule on files by id, those of the format in order; raises Broken for duplicates."""
    import tools.checks.pages as folder

    found: list[PageCheck] = [module.CHECK for module in _modules(folder)]
    return tuple(sorted(_distinct(found), key=lambda check: check.id))


def run_checks(content: ReportContent, labels: Mapping[str, str]) -> list[CheckResult]:
    """Judge a report's content. A rule that cannot run fails with the reason."""
    context = context_of(content, labels)
    results: list[CheckResult] = []
    for check in content_checks():
        results += _results(check, check.run(context))
    return results


def check_file(
    path: Path, content: ReportContent | None = None, labels: Mapping[str, str] | None = None, pack: str = ""
) -> list[CheckResult]:
    """Judge a docx, pdf or pptx: format always, figures against the report's facts when its content is given.

    `pack` names the rule pack; "" takes the one that the file or the report's template asks for. Raises NotFound when
    there is no such file, BadRequest when it is of another format or damaged.
    """
    return check_pages(open_file(path, content, pack), context_of(content, labels) if content else None)


def open_file(path: Path, content: ReportContent | None = None, pack: str = "") -> Pages:
    """Read a file and choose its rule pack; raises as `check_file`."""
    if not path.is_file():
        raise NotFound(f"没有文件「{path.name}」。", "请核对路径。")
    from tools.checks.packing import pack_for
    from tools.checks.readers import read_file

    pages = read_file(path)
    return replace(pages, pack=pack_of(pack) if pack else pack_for(pages, content))


def check_pages(pages: Pages, context: Context | None) -> list[CheckResult]:
    """Judge a file that has been read."""
    results: list[CheckResult] = []
    for check in applicable(pages):
        results += _results(check, check.run(pages, context))
    return results


def hits_of(pages: Pages, context: Context | None) -> list[tuple[str, Hit]]:
    """What each rule finds in a file, with the mends; for those who mend."""
    return [(check.id, hit) for check in applicable(pages) for hit in check.run(pages, context)]


def applicable(pages: Pages) -> list[PageCheck]:
    """The rules that a file of this format is held to by its pack, each as strict as the pack says."""
    found = []
    for check in page_checks():
        level = pages.pack.levels.get(check.id, check.level)
        if pages.format in check.formats and level != "off":
            found.append(replace(check, level=level))
    return found


def _results(check: Check | PageCheck, hits: Iterable[Hit]) -> list[CheckResult]:
    out = [
        CheckResult(
            rule=check.id,
            label=check.label,
            passed=False,
            level=_level(check, hit),
            place=hit.place,
            text=hit.text,
            fix=hit.fix,
            final=hit.final or check.final,
            fixable=hit.mend is not None,
        )
        for hit in dict.fromkeys(hits)
    ]
    return out or [CheckResult(rule=check.id, label=check.label, passed=True, level=check.level)]


def _level(check: Check | PageCheck, hit: Hit) -> Level:
    """A finding's own level, else its rule's; a pack that makes a file rule a warning makes all it finds one."""
    softened = isinstance(check, PageCheck) and check.level == "warn"
    return "warn" if softened else hit.level or check.level


def _modules(folder: ModuleType) -> list[ModuleType]:
    names = sorted(info.name for info in pkgutil.iter_modules(folder.__path__))
    return [importlib.import_module(f"{folder.__name__}.{name}") for name in names]


def _distinct(found: list[Rule]) -> list[Rule]:
    ids = [check.id for check in found]
    if len(set(ids)) != len(ids):
        raise Broken("有校验规则重名。", "请删去重复的规则文件。")
    return found
