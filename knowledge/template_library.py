"""The template library (模板库): the built-in reports and a site's own, checked as one set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from core.errors import BadRequest, Broken, NotFound
from core.settings import Settings
from knowledge.template_check import read
from knowledge.template_file import parsed, slips, text_of
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
    words = text_of(path) if text is None else text
    template, problems = read(name, parsed(name, words))
    if problems or template is None:
        typed = [f"{name}：{said}。" for said in slips(words)]
        raise Broken("模板有误：\n" + "\n".join([*typed, *problems]), _HINT)
    return template


def taken(template: Template, settings: Settings) -> list[str]:
    """What a file claims that another template of the library has already: its id under another name, or a name."""
    library = templates(settings)
    present = library.get(template.id)
    said = list(_clashes(template, {key: item for key, item in library.items() if key != template.id}))
    if present is not None and present.name != template.name:
        said.insert(
            0,
            f"编号「{template.id}」是《{present.name}》的，导入会把它换掉。另立新模板请换一个编号，改它则保留原来的名称。",
        )
    return said


def source(template: str, settings: Settings) -> Path:
    """The file of a template."""
    for folder in (settings.template_dir, BUILT_IN):
        for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            found = parsed(path.name, text_of(path))
            if isinstance(found, dict) and found.get("id") == template:
                return path
    raise NotFound(f"模板库里没有「{template}」。", "用 gma template list 查看。")


def add(path: Path, settings: Settings) -> Template:
    """Check a file and put it into the site's folder under its id; a newer version replaces an older one.

    Raises BadRequest when the same version is there already with other words (a version never changes its meaning),
    Broken when its id or a name is another template's.
    """
    template = check(path)
    claimed = taken(template, settings)
    if claimed:
        raise Broken("没有导入：\n" + "\n".join(f"{path.name}：{said}" for said in claimed), _HINT)
    text = text_of(path)
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


def remove(text: str, settings: Settings) -> tuple[Template, bool]:
    """Take a site's own template out of use, and whether a built-in one of its id stands again; its file stays beside.

    Raises NotFound when there is no such template, BadRequest for one that is built in.
    """
    template = find(settings, text)
    path = source(template.id, settings)
    if path.parent == BUILT_IN:
        raise BadRequest(f"模板 {template.id} {template.name} 是系统自带的，不能停用。", "只能停用本单位导入的模板。")
    path.replace(path.with_name(f"{path.name}.removed"))
    return template, template.id in templates(settings)


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
            template, found = read(path.name, parsed(path.name, text_of(path)))
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
