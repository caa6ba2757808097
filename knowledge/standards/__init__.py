"""Rule packs (规范): GB/T 9704 page rules, wording, numerals and privacy patterns; one YAML each, read once."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import Broken

Pack = TypeVar("Pack", bound=BaseModel)


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Speech(Frozen):
    """Words that say something about the figure beside them: which way it moved, against what, whose it is, and that it
    leads or is the first. `among` says between whom a first place is claimed, by the dimension of the facts that can
    prove it; `beyond` names circles of which a report has no facts, as
    `citywide` does in the reports of a city's `parts`, told by their names (expressions). `streaks` are expressions;
    `nouns` hold such a word without saying it; a clause with one of `denials` defines or denies, compares nothing."""

    rises: tuple[str, ...]
    falls: tuple[str, ...]
    flats: tuple[str, ...]
    reversing: tuple[str, ...]
    nouns: tuple[str, ...]
    bases: dict[str, tuple[str, ...]]
    earlier: tuple[str, ...]
    now: tuple[str, ...]
    tops: tuple[str, ...]
    bottoms: tuple[str, ...]
    leading: tuple[str, ...]
    trailing: tuple[str, ...]
    ascending: tuple[str, ...]
    descending: tuple[str, ...]
    streaks: tuple[str, ...]
    firsts: tuple[str, ...]
    above: tuple[str, ...]
    below: tuple[str, ...]
    among: dict[str, tuple[str, ...]]
    citywide: tuple[str, ...]
    parts: tuple[str, ...]
    beyond: tuple[str, ...]
    negations: tuple[str, ...]
    denials: tuple[str, ...]


class Numerals(Frozen):
    """What may hold a numeral without being a figure (`phrases`, `patterns`; in captions also how long a window or a
    ranking is), and what a quantity written in words looks like."""

    phrases: tuple[str, ...]
    patterns: tuple[str, ...]
    caption_patterns: tuple[str, ...]
    measures: tuple[str, ...]
    quantities: tuple[str, ...]
    speech: Speech


class WordingRule(Frozen):
    """One wording rule: `pattern` finds the mistake in printed text."""

    id: str
    label: str
    pattern: str
    level: Literal["error", "warn"] = "error"
    fix: str


class PrivacyRule(Frozen):
    """One kind of personal data; `verify` names a check digit that a hit must also pass."""

    id: str
    label: str
    pattern: str
    verify: Literal["", "id_card", "credit_code", "luhn"] = ""


class PageRules(Frozen):
    """GB/T 9704—2012 in twips, half-points, hundredths of a character and dots per inch; lists are [lowest, highest] or
    accepted names, the first of which is the one to write."""

    width: int
    height: int
    paper_tolerance: int
    top: int
    left: int
    bottom: int
    right: int
    tolerance: int
    line_pitch: tuple[int, int]
    exact_line: tuple[int, int]
    line: int
    title_fonts: tuple[str, ...]
    title_size: int
    body_fonts: tuple[str, ...]
    body_size: int
    indent: tuple[int, int]
    heading_fonts: dict[int, tuple[str, ...]]
    latin_fonts: tuple[str, ...]
    page_number_size: int
    page_number_fonts: tuple[str, ...]
    page_number_aligns: tuple[str, ...]
    colours: tuple[str, ...]
    resolution: int
    blank_lines: int
    label: str


@cache
def numerals() -> Numerals:
    return _load("numerals", Numerals)


@cache
def page_rules() -> PageRules:
    return _load("page", PageRules)


@cache
def wording() -> tuple[WordingRule, ...]:
    return tuple(WordingRule.model_validate(item) for item in read_pack("wording")["rules"])


@cache
def privacy() -> tuple[PrivacyRule, ...]:
    return tuple(PrivacyRule.model_validate(item) for item in read_pack("privacy")["rules"])


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of a rule pack; raises Broken when it is not a regular expression."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise Broken(f"规范里的表达式写法有误：{pattern}", "请修正 knowledge/standards 下的文件。") from error


def _load(name: str, kind: type[Pack]) -> Pack:
    try:
        return kind.model_validate(read_pack(name))
    except ValidationError as error:
        raise Broken(f"规范文件 {name}.yaml 不合格：{error.errors()[0]['loc']}", "请对照同目录的说明修正。") from error


def read_pack(name: str) -> dict[str, Any]:
    """The raw content of one YAML of this folder."""
    data: dict[str, Any] = yaml.safe_load(files(__name__).joinpath(f"{name}.yaml").read_text("utf-8"))
    return data
