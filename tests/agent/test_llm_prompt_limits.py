"""Prompts render strictly; ceilings and the repeat guard hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.limits import Limits
from agent.prompt import HOME, load, prompt
from core.errors import Broken, LimitReached


@pytest.mark.parametrize("path", sorted(HOME.glob("*.md")), ids=lambda path: path.stem)
def test_every_prompt_loads_and_uses_its_inputs(path: Path) -> None:
    found = load(path)
    text = found.render(**{name: f"[{name}]" for name in found.inputs})
    assert all(f"[{name}]" in text for name in found.inputs) and "<<" not in text
    assert len(found.sha256) == 64


def test_missing_and_unknown_variables_are_errors() -> None:
    values = {name: "x" for name in prompt("understand").inputs}
    with pytest.raises(Broken, match="today"):
        prompt("understand").render(**{key: value for key, value in values.items() if key != "today"})
    with pytest.raises(Broken, match="extra"):
        prompt("understand").render(**values, extra="x")


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("no front matter", "抬头"),
        ("---\nid: p\nversion: 1\n---\nhello", "抬头"),
        ("---\nid: other\nversion: 1\ninputs: []\n---\nhello", "文件名"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, body: str, word: str) -> None:
    path = tmp_path / "p.md"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(Broken, match=word):
        load(path)


def test_an_undeclared_variable_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "p.md"
    path.write_text("---\nid: p\nversion: 1\ninputs: [a]\n---\n<<a>> <<b>>", encoding="utf-8")
    with pytest.raises(Broken, match="没有声明"):
        load(path).render(a="x")


def test_user_text_is_not_a_template(tmp_path: Path) -> None:
    path = tmp_path / "p.md"
    path.write_text("---\nid: p\nversion: 1\ninputs: [a, b]\n---\n<<a>> <<b>>", encoding="utf-8")
    assert load(path).render(a="<<b>>{{F1}}", b="secret") == "<<b>>{{F1}} secret"


def test_ceilings() -> None:
    now = [0.0]
    limits = Limits(max_steps=2, max_tokens=10, max_seconds=5, clock=lambda: now[0])
    limits.step()
    limits.step()
    with pytest.raises(LimitReached, match="2 步"):
        limits.step()
    limits.spend(10)
    with pytest.raises(LimitReached, match="词元"):
        limits.spend(1)
    now[0] = 5.1
    assert limits.left == 0
    with pytest.raises(LimitReached, match="5 秒"):
        limits.check()


def test_the_repeat_guard_knows_the_same_call() -> None:
    limits = Limits(max_steps=9, max_tokens=9, max_seconds=9)
    assert not limits.repeated("indicator_query", {"org": "9940104", "period": "2026-10"})
    assert limits.repeated("indicator_query", {"period": "2026-10", "org": "9940104"})
    assert not limits.repeated("indicator_query", {"org": "9940104", "period": "2026-09"})
