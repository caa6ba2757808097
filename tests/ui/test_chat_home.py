"""The chat's own files: offline page, complete Chinese, composed elements, the session key."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.settings import Settings
from ui.chat_home import ASSETS, SOURCE, compose_element, offline_page, session_secret

SAME_IN_BOTH = {("navigation", "user", "menu", "settingsKey")}
ELEMENTS = sorted(path.stem for path in (ASSETS / "elements").glob("*.jsx"))


def test_the_page_links_to_no_other_host(chat_home: Path) -> None:
    page = (chat_home / "build" / "index.html").read_text(encoding="utf-8")
    assert "http://" not in page
    assert "https://" not in page
    assert '<html lang="zh-CN">' in page
    assert "INJECTION PLACEHOLDER" in page, "the theme and the scripts are put in when the page is served"


def test_stripping_keeps_local_links() -> None:
    html = '<link rel="stylesheet" href="https://cdn.example/x.css"><link href="/assets/a.css"><script src="/a.js">'
    assert offline_page(html) == '<link href="/assets/a.css"><script src="/a.js">'


def test_own_files_name_no_other_host() -> None:
    own = [*(SOURCE / "public").rglob("*"), *ASSETS.rglob("*.jsx"), SOURCE / ".chainlit" / "config.toml"]
    for path in own:
        if path.is_file():
            found = re.findall(r"https?://(?!www\.w3\.org/)[\w.]+", path.read_text(encoding="utf-8"))
            assert not found, f"{path.name}: {found}"


def test_every_text_of_the_front_end_is_chinese(chat_home: Path) -> None:
    import chainlit

    packaged = Path(chainlit.__file__).parent / "translations" / "en-US.json"
    english = dict(_leaves(json.loads(packaged.read_text(encoding="utf-8"))))
    ours = chat_home / ".chainlit" / "translations" / "zh-CN.json"
    chinese = dict(_leaves(json.loads(ours.read_text(encoding="utf-8"))))
    assert set(chinese) == set(english)
    for key, text in chinese.items():
        if key not in SAME_IN_BOTH:
            assert re.search(r"[\u4e00-\u9fff]", text), f"{'.'.join(key)}: {text}"


@pytest.mark.parametrize("name", ELEMENTS)
def test_elements_are_complete_on_their_own(name: str, chat_home: Path) -> None:
    text = (chat_home / "public" / "elements" / f"{name}.jsx").read_text(encoding="utf-8")
    assert text == compose_element(ASSETS / "elements" / f"{name}.jsx")
    assert text.count("import ") == 1, "one import line, from react only"
    assert f"export default function {name}(" in text
    for part in set(re.findall(r"<([A-Z]\w+)", text)) - {"Fragment", "Svg"}:
        assert f"function {part}(" in text, f"{name} uses {part} without its part"


def test_every_element_that_the_chat_sends_exists() -> None:
    sent: set[str] = set()
    for path in (SOURCE / "ui").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        sent |= set(re.findall(r'CustomElement\(\s*name="(\w+)"', text)) | set(re.findall(r'"(\w+Card)"', text))
    assert sent == set(ELEMENTS)


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, secret=None)
    key = session_secret(settings)
    assert len(key) >= 48
    assert session_secret(settings) == key
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert session_secret(Settings(home=tmp_path, secret="s" * 40)) == "s" * 40


def _leaves(tree: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value
