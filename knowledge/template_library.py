"""The template library (模板库): the built-in reports and a site's own, checked as one set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from core.errors import BadRequest, Broken, NotFound
from core.settings import Settings
from knowledge.template_check import read
from knowledge.template_grammar import Template

BUILT_IN = Path(__file__).parent / "templates"
_HINT = "写法见 knowledge/templates/README.md；改好后用 gma template check 文件 再查一遍。"


def templates(settings: Settings | None = None) -> Mapping[str, Template]:
    """Every template by id: the built-in ones, and with `settings` the site's (`GMA_TEMPLATES`, GMA_HOME/templates).

    A site's template of the same id takes the place of a built-in one. A site's file with mistakes is left out, so that
    the others still work; `mistakes` tells them. Raises Broken for a mistake in a built-in one.
    """
    return _loaded(tuple(_state(settings)))[0]


def mistakes(settings: Settings) -> tuple[str, ...]:
    """Every mistake in the site's own templates, as sentences."""
    return _loaded(tuple(_state(settings)))[1]


def find(settings: Settings, text: str) -> Template:
    """One template by id or name; raises NotFound with what there is."""
    library = templates(settings)
    found = next(
        (item for item in library.values() if text.strip().casefold() in {item.id.casefold(), item.name}), None
    )
    if found is None:
        names = "、".join(f"{item.id} {item.name}" for item in library.values())
        raise NotFound(f"模板库里没有「{text}」。", f"现有模板：{names}。")
    return found


def check(path: Path, text: str | None = None) -> Template:
    """The template of one file; raises Broken that lists every mistake, BadRequest when it is no YAML."""
    name = path.name
    template, problems = read(name, _parsed(name, path.read_text(encoding="utf-8") if text is None else text))
    if problems or template is None:
        raise Broken("模板有误：\n" + "\n".join(problems), _HINT)
    return template


def source(template: str, settings: Settings) -> Path:
    """The file of a template."""
    for folder in (settings.template_dir, BUILT_IN):
        for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            found = _parsed(path.name, path.read_text(encoding="utf-8"))
            if isinstance(found, dict) and found.get("id") == template:
                return path
    raise NotFound(f"模板库里没有「{template}」。", "用 gma template list 查看。")


def add(path: Path, settings: Settings) -> Template:
    """Check a file and put it into the site's folder under its id; a newer version replaces an older one.

    Raises BadRequest when the same version is there already with other words: a version never changes its meaning.
    """
    template = check(path)
    text = path.read_text(encoding="utf-8")
    target = settings.template_dir / f"{template.id}.yaml"
    present = templates(settings).get(template.id)
    if present is not None and present.version == template.version and present != template:
        raise BadRequest(
            f"模板 {template.id} 已有版本 {present.version}，内容不同。",
            "请改一个新的 version 再导入，旧报告才说得清用的哪一版。",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(target)
    return template


def _state(settings: Settings | None) -> Iterator[tuple[str, int, int]]:
    """Every file with its time and size: the library is read again when one changes."""
    for folder in (BUILT_IN, *([settings.template_dir] if settings else [])):
        for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            seen = path.stat()
            yield str(path), seen.st_mtime_ns, seen.st_size


@lru_cache(maxsize=8)
def _loaded(files: tuple[tuple[str, int, int], ...]) -> tuple[Mapping[str, Template], tuple[str, ...]]:
    out: dict[str, Template] = {}
    places: dict[str, Path] = {}
    problems: list[str] = []
    for name, _, _ in files:
        path = Path(name)
        try:
            template, found = read(path.name, _parsed(path.name, path.read_text(encoding="utf-8")))
        except BadRequest as error:
            template, found = None, [error.message]
        if template is not None and not found:
            if template.id in out and places[template.id].parent == path.parent:
                found = [f"{path.name}：编号「{template.id}」已被 {places[template.id].name} 使用，请换一个编号。"]
            else:
                others = {key: item for key, item in out.items() if key != template.id}
                found = [f"{path.name}：{said}" for said in _clashes(template, others)]
        if template is not None and not found:
            out[template.id], places[template.id] = template, path
        if found and path.parent == BUILT_IN:
            raise Broken("模板库有误：\n" + "\n".join(found), _HINT)
        problems += found
    return out, tuple(problems)


def _clashes(template: Template, others: Mapping[str, Template]) -> Iterator[str]:
    """A name that two templates claim would recommend either."""
    owner = {word: item.id for item in others.values() for word in (item.name, *item.synonyms)}
    for word in dict.fromkeys((template.name, *template.synonyms)):
        if word in owner:
            yield f"名称「{word}」与模板 {owner[word]} 重复，用户说这个词时分不清指哪一个，请换一个说法。"


def _parsed(name: str, text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行第 {mark.column + 1} 列附近" if mark else ""
        raise BadRequest(
            f"{name}：{where}不是正确的 YAML。", "请检查缩进（用空格，不用制表符）、冒号后的空格和成对的引号。"
        ) from error
