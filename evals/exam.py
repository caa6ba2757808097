"""One sitting of the exam: a scratch home beside the province, one runner, the chosen suites, the gates."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.errors import BadRequest
from core.settings import Settings
from evals.suites import BEYOND_DEFAULT, load, names

if TYPE_CHECKING:
    from agent.runner import Runner

T = TypeVar("T")
CASES = Path(__file__).parent / "cases"
TODAY = date(2026, 11, 23)
"""The business date of the cases: relative periods are read against it, whatever the calendar says."""


@dataclass
class Exam:
    """What a suite may use. `sample` is the most cases a suite sits (0: all), `whole` asks for the long form, `sheets`
    is where contact sheets of the pages go (None: none are made)."""

    settings: Settings
    sample: int = 0
    whole: bool = False
    file: Path | None = None
    sheets: Path | None = None
    say: Callable[[str], None] = lambda text: None
    _opened: list[Runner] = field(default_factory=list)

    @cached_property
    def runner(self) -> Runner:
        from agent.runner import Runner

        runner = Runner.open(self.settings)
        self._opened.append(runner)
        return runner

    def cases(self, name: str) -> dict[str, Any]:
        """One YAML of `evals/cases`."""
        import yaml

        data: dict[str, Any] = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
        return data

    def chosen(self, cases: Sequence[T]) -> list[T]:
        """All cases, or `sample` of them spread evenly over the list, the same ones every time."""
        if not self.sample or self.sample >= len(cases):
            return list(cases)
        return [cases[index * len(cases) // self.sample] for index in range(self.sample)]

    def close(self) -> None:
        for runner in self._opened:
            runner.close()


@contextmanager
def sitting(settings: Settings, **options: Any) -> Iterator[Exam]:
    """An exam in a home of its own that shares the province, so that it leaves no reports and no chats behind."""
    if not settings.demo_dir.exists():
        raise BadRequest("还没有演示省的数据，考题没有依据。", "请先运行 gma demo build。")
    with tempfile.TemporaryDirectory(prefix="gma-exam-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        (home / "demo").symlink_to(settings.demo_dir.resolve(), target_is_directory=True)
        password = settings.home / "demo_password"
        if password.exists():
            shutil.copy(password, home / "demo_password")
        exam = Exam(settings.model_copy(update={"home": home, "today": TODAY, "store_url": None}), **options)
        try:
            yield exam
        finally:
            exam.close()


def sit(exam: Exam, wanted: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Run the wanted suites (all but those that need the examiner's own files, when none is named)."""
    known = names()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise BadRequest(f"没有名为「{'、'.join(unknown)}」的考卷。", f"可选：{'、'.join(known)}。")
    bodies = {}
    for name in wanted or [name for name in known if name not in BEYOND_DEFAULT]:
        suite = load(name)
        begun = time.monotonic()
        body = suite.run(exam).body()
        bodies[name] = {"label": suite.label, "wall_seconds": round(time.monotonic() - begun, 2), **body}
        done = body["skipped"] or f"{body['right']}/{body['cases']}（{body['rate']:g}%）"
        exam.say(f"  {suite.label}：{done}，{bodies[name]['wall_seconds']:g} 秒")
    return bodies
