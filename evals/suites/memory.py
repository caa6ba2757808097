"""What the knowledge base remembers: published sections found by name, by period and by meaning, and by nobody else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from core.domain.actor import Actor
from evals.archives import Filed, fill
from evals.exam import Exam
from evals.suites import Result, Score

if TYPE_CHECKING:
    from knowledge.search import Doc, Index

LABEL = "往期检索"
FIRST = 3
PHRASED = ("ordinary", "paraphrase", "blind")
"""Kinds of questions that ask for a section without unit and period: in the text's words, and in plain ones."""
_EACH = {False: 6, True: 45}
"""Questions of one form that are asked of the reports, spread evenly over them."""


def run(exam: Exam) -> Result:
    book = exam.cases("memory")
    filed = fill(exam, book["long" if exam.whole else "short"], book["as"])
    index, actor = exam.runner.services.index(), exam.runner.actor(book["as"])
    result = Result()
    result.measures["sections"] = sum(len(item.sections) for item in filed)
    for group, asked in (("identifier", _named), ("period", _dated)):
        for number, (text, right) in enumerate(asked(book[group], filed, exam.whole), 1):
            result.scores.append(_marked(index, actor, f"{group}-{number:02d}", group, text, right))
    kinds = {item.content.template for item in filed}
    said = {group: book[group] for group in PHRASED} | {"practice": exam.cases("memory_practice")}
    for group, phrases in said.items():
        chosen = [case for kind, cases in phrases.items() if kind in kinds for case in cases]
        for number, case in enumerate(chosen, 1):
            right = _heading(case["want"])
            result.scores.append(_marked(index, actor, f"{group}-{number:02d}", group, case["q"], right))
    result.scores += _bounded(exam, book["access"], filed, index, result)
    for group in ("identifier", "period", *said, "access"):
        marks = [score.ok for score in result.scores if score.group == group]
        result.measures[group] = round(100 * sum(marks) / len(marks), 2) if marks else 0.0
    return result


def _named(forms: list[str], filed: list[Filed], whole: bool) -> Iterator[tuple[str, Callable[[Doc], bool]]]:
    for form, item, heading in _spread(forms, filed, whole):
        yield _said(form, item, heading), _of_report(item, heading if "{heading}" in form else "")


def _dated(forms: list[str], filed: list[Filed], whole: bool) -> Iterator[tuple[str, Callable[[Doc], bool]]]:
    for form, item, heading in _spread(forms, filed, whole):
        yield _said(form, item, heading), _of_unit(item, heading)


def _spread(forms: list[str], filed: list[Filed], whole: bool) -> Iterator[tuple[str, Filed, str]]:
    """Every form over reports and headings, the same ones every time."""
    count = _EACH[whole] * len(forms)
    for number in range(count if filed else 0):
        item = filed[number * len(filed) // count]
        yield forms[number % len(forms)], item, item.sections[number * 7 % len(item.sections)]


def _said(form: str, item: Filed, heading: str) -> str:
    period = item.content.period
    return form.format(
        report=item.id,
        title=item.content.title,
        heading=heading,
        short=item.short,
        month=period.label,
        code=period.code,
    )


def _of_report(item: Filed, heading: str) -> Callable[[Doc], bool]:
    return lambda doc: doc.facts.get("report") == item.id and (not heading or doc.facts.get("heading") == heading)


def _of_unit(item: Filed, heading: str) -> Callable[[Doc], bool]:
    return lambda doc: (
        doc.org == item.content.org and doc.period == item.content.period.code and (doc.facts.get("heading") == heading)
    )


def _heading(wanted: list[str]) -> Callable[[Doc], bool]:
    return lambda doc: str(doc.facts.get("heading")) in wanted


def _marked(index: Index, actor: Actor, case: str, group: str, text: str, right: Callable[[Doc], bool]) -> Score:
    begun = time.monotonic()
    kinds = ["report"] if group in {*PHRASED, "practice"} else None
    hits = index.search(text, actor=actor, kinds=kinds, k=FIRST)
    seconds = round(time.monotonic() - begun, 4)
    found = any(right(hit.doc) for hit in hits)
    return Score(case, group, "" if found else f"前三是 {'、'.join(hit.doc.title for hit in hits)}", text, seconds)


def _bounded(exam: Exam, book: dict[str, Any], filed: list[Filed], index: Index, result: Result) -> list[Score]:
    """The county's person finds the own county's sections and not one of another; an administrator finds none."""
    mine, outside = exam.runner.actor(book["mine"]), exam.runner.actor(book["none"])
    scores, leaks = [], 0
    for number, (form, item, heading) in enumerate(_spread([book["ask"]], filed, exam.whole), 1):
        text = _said(form, item, heading)
        own = item.content.org == mine.org
        hits = index.search(text, actor=mine, k=10)
        foreign = [hit for hit in hits if hit.doc.org and not hit.doc.org.startswith(mine.org)]
        foreign += [hit for hit in index.search(text, actor=outside, k=10) if hit.doc.org]
        leaks += len(foreign)
        wrong = f"出来了别的单位的 {foreign[0].doc.title}" if foreign else ""
        if own and not wrong and not any(_of_unit(item, heading)(hit.doc) for hit in hits[:FIRST]):
            wrong = f"没有找到本单位的 {item.content.title} {heading}"
        scores.append(Score(f"access-{number:02d}", "access", wrong, text))
    result.measures["leaks"] = leaks
    return scores
