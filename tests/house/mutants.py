"""Mutation check: change one thing of a module at a time and see whether its tests notice.

`python tests/house/mutants.py` runs every target whole (hours); `--sample 25` takes that many changes of each module,
the same ones for the same `--seed`; names of groups (gate, format, approval, scope) or paths choose among the targets.
What no caller can notice is listed with its reason in `equivalent.py` and left out. Each mutant runs in a forked child
that loads the changed module in place of the file, so that nothing on disk is touched. Libraries, and rooms that do not
lean on the target, are loaded once before the forks.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.abc
import importlib.util
import io
import os
import pickle
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from equivalent import split  # noqa: E402
from mutation import Mutant, mutants  # noqa: E402

ROOT = Path(__file__).parents[2]
GOAL = 0.9
SECONDS, PROCESSOR_SECONDS = 900, 60
"""A mutant that takes longer hangs, which its tests have noticed."""
_RECORD = (
    "pytest",
    "pydantic_settings",
    "sqlalchemy.orm",
    "sqlalchemy.dialects.sqlite",
    "yaml",
    "filelock",
    "bcrypt",
)
_PAPER = (
    *("pytest", "yaml", "filelock", "hypothesis.strategies", "lxml.etree", "docx", "pptx", "pypdf", "openpyxl"),
    *("knowledge.standards", "knowledge.template_library", "knowledge.quality", "tools.documents.layout"),
    *("tools.documents.formats.docx", "tools.documents.formats.pdf", "tools.documents.formats.pptx"),
)
_READ = (*_PAPER, *("tools.checks.readers", "tools.checks.readers.docx", "tools.checks.context"))
_TOKENS = (*_RECORD[:1], "yaml", "filelock", "hypothesis.strategies", "pydantic")


@dataclass(frozen=True)
class Target:
    """A module, its group, the tests that must notice (quick ones first), the top-level names to change (all of them
    when empty), and what may be loaded before."""

    path: str
    group: str
    tests: tuple[str, ...]
    names: tuple[str, ...] = ()
    loaded: tuple[str, ...] = _RECORD


def _checks(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/tools/checks/test_{name}.py" for name in names)


_WORDS = _checks("context", "numerals", "claims", "counts", "content_checks")
_FALSE = "tests/tools/checks/test_mutations.py::test_false_files_are_stopped"
_FILES = (*_checks("proof_parts", "proof", "shell_lines"), _FALSE)
_FORMAT = {"anatomy", "exhibits", "packing"}
"""Modules of the check on a file's form, no part of the gate on its numbers."""
_TESTS = {
    "tools/checks/__init__.py": _checks("context", "applicable", "content_checks", "file_checks"),
    "tools/checks/admission.py": _checks("admission"),
    "tools/checks/context.py": _checks("context", "counts", "claims", "content_checks"),
    "tools/checks/counts.py": _checks("counts"),
    "tools/checks/numerals.py": _checks("numerals", "counts", "gate_property"),
    "tools/checks/proof/claims.py": (*_checks("proof_claims", "proof"), _FALSE),
    "tools/checks/proof/drawings.py": (*_checks("proof_charts", "proof"), _FALSE),
    "tools/checks/proof/shell.py": _checks("shell_lines"),
    "tools/checks/proof/stream.py": (*_checks("proof_stream", "proof", "shell_lines"), _FALSE),
    "tools/checks/figures.py": _checks("table_sums", "units", "claims"),
    "tools/checks/lexicon.py": _checks("context", "claims", "rules"),
    "tools/checks/reading.py": _checks("reading"),
    "tools/checks/sentences.py": _checks("context", "claims", "rules"),
    "tools/checks/standardization.py": _checks("standardization"),
    "tools/checks/texts.py": _checks("texts"),
    "tools/checks/rules/table_sums.py": _checks("table_sums", "rules"),
    "tools/checks/rules/units.py": _checks("units", "claims", "rules"),
    "tools/checks/rules/directions.py": _checks("directions", "claims", "rules"),
    "tools/checks/rules/attribution.py": _checks("attribution", "claims", "rules"),
    "tools/checks/rules/superlatives.py": _checks("superlatives", "claims", "rules"),
    "tools/checks/rules/numeral_gate.py": _checks("numeral_gate", "content_checks", "counts", "gate_property"),
}
_RULES = _checks("claims", "rules", "content_checks")
_APPROVAL = ("tests/core/test_decisions.py", "tests/core/test_waivers.py", "tests/core/test_approval.py")


def _gate() -> tuple[Target, ...]:
    folder = ROOT / "tools" / "checks"
    found = []
    for path in sorted((*folder.glob("*.py"), *folder.glob("rules/*.py"), *folder.glob("proof/*.py"))):
        name, room = str(path.relative_to(ROOT)), path.parent.name
        if path.name == "__init__.py" and path.parent != folder:
            continue
        if path.stem in _FORMAT:
            found.append(Target(name, "format", _checks("format_rules", "file_checks", "rough_files"), loaded=_READ))
            continue
        tests = _TESTS.get(name) or {"proof": _FILES, "rules": _RULES}.get(room, _WORDS)
        found.append(Target(name, "gate", tests, loaded=_READ if room in {"proof", "rules"} else _PAPER))
    gate, sums = "tools/checks/pages/rendered_gate.py", "tools/checks/pages/sums.py"
    printed = ("test_a_value_reads_back_as_itself", "test_a_change_reads_back_with_its_sign")
    tokens = ("tests/core/test_tokens.py", *(f"{_checks('round_trip')[0]}::{name}" for name in printed))
    found.append(Target(gate, "gate", _checks("proof_parts", "proof"), loaded=_READ))
    found.append(Target(sums, "gate", _checks("table_sums"), loaded=_PAPER))
    found.append(Target("core/domain/tokens.py", "gate", tokens, loaded=_TOKENS))
    return tuple(found)


TARGETS = (
    *_gate(),
    Target("core/approval.py", "approval", _APPROVAL),
    Target("core/domain/lifecycle.py", "approval", ("tests/core/test_lifecycle.py", *_APPROVAL)),
    Target("core/access.py", "scope", ("tests/core/test_access.py",)),
    Target("core/domain/org.py", "scope", ("tests/core/test_actor.py",), ("covers",)),
    Target("core/domain/actor.py", "scope", ("tests/core/test_actor.py",)),
)


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from a changed tree."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self._name, self._path, self._tree = name, path, tree

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != self._name:
            return None
        package = [str(self._path.parent)] if self._path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(name, self._path, loader=self, submodule_search_locations=package)

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: Any) -> None:
        exec(compile(self._tree, str(self._path), "exec"), module.__dict__)


def _hash_quickly() -> None:
    """Passwords cost a hundredth of their time; the work factor itself is the one thing that is not examined here."""
    import bcrypt

    salt, check, easier = bcrypt.gensalt, bcrypt.checkpw, 7
    bcrypt.gensalt = lambda rounds=12, prefix=b"2b": salt(rounds - easier, prefix)
    bcrypt.checkpw = lambda password, hashed_password: check(password, hashed_password.replace(b"$2b$11$", b"$2b$04$"))


def _read_rule_packs() -> None:
    """The YAML of the rule packs, once for all mutants."""
    from knowledge.standards import compiled, numerals, page_rules, privacy, wording

    page_rules()
    patterns = (*(rule.pattern for rule in wording()), *(rule.pattern for rule in privacy()))
    for pattern in (*patterns, *numerals().quantities):
        compiled(pattern)


def _sample_pages(folder: str) -> None:
    """The sample report in every format, written and read back once for all mutants."""
    kept = Path(folder) / "pages.pickle"
    child = os.fork()
    if not child:
        code = 1
        try:
            import pytest
            from lxml import etree

            class Bare(pickle.Pickler):
                def reducer_override(self, thing: Any) -> Any:
                    # the elements that texts were read from serve the mending of files, not their checking
                    return (type(None), ()) if isinstance(thing, etree._Element) else NotImplemented

            class Keeper:
                @pytest.fixture(autouse=True)
                def _keep(self, read: Any) -> None:
                    with kept.open("wb") as file:
                        Bare(file).dump(read)

            test = "tests/tools/checks/test_mutations.py::test_the_three_formats_are_read"
            with open(os.devnull, "w") as quiet, redirect_stdout(quiet):
                code = int(pytest.main(["-q", test], plugins=[Keeper()]))
        finally:
            os._exit(code)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise SystemExit("the sample report could not be written and read back")
    os.environ["GMA_SAMPLE_PAGES"] = str(kept)


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def survives(target: Target, mutant: Mutant | None) -> bool:
    """Run the tests on one mutant (None: on the module as it is) in a child process; a crash or a hang is a kill."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    code = 1
    try:
        if mutant is not None:
            path = ROOT / target.path
            sys.meta_path.insert(0, _Loader(_module(target.path), path, mutant.tree(path)))
        import pytest

        with open(os.devnull, "w") as quiet, redirect_stdout(quiet), redirect_stderr(io.StringIO()):
            tests = [str(ROOT / test) for test in target.tests]
            code = int(pytest.main(["-x", "-q", "--no-header", "--tb=no", *tests]))
    finally:
        os._exit(code)


@dataclass(frozen=True)
class Outcome:
    """How many changes of a module were tried, of how many that it has, and how many were noticed."""

    path: str
    group: str
    tried: int
    all: int
    equivalent: int
    killed: int
    seconds: int

    def line(self) -> str:
        of = "whole" if self.tried == self.all else f"sample of {self.all}"
        apart = f", {self.equivalent} equivalent left out" if self.equivalent else ""
        return f"{self.path}: {self.killed}/{self.tried} killed, {_share(self)} ({of}{apart}, {self.seconds} s)"


def _share(*outcomes: Outcome) -> str:
    return f"{sum(one.killed for one in outcomes) / max(sum(one.tried for one in outcomes), 1):.1%}"


def run(target: Target, sample: int, seed: int) -> Outcome:
    """Try the module's changes; the survivors are told as they are found."""
    begun = time.monotonic()
    for name in target.loaded:
        importlib.import_module(name)
    if "knowledge.standards" in target.loaded:
        _read_rule_packs()
    if "bcrypt" in target.loaded:
        _hash_quickly()
    if _module(target.path) in sys.modules:
        raise RuntimeError(f"{target.path} is loaded before it is changed")
    if not survives(target, None):
        raise RuntimeError(f"the tests of {target.path} fail without any change")
    made, same = split(ROOT, target.path, mutants(ROOT / target.path, target.names))
    every = len(made)
    if 0 < sample < every:
        made = sorted(
            Random(f"{seed}{target.path}").sample(made, sample), key=lambda mutant: (mutant.line, mutant.column)
        )
    killed = 0
    for mutant in made:
        if survives(target, mutant):
            print(f"    {target.path} line {mutant.line}:{mutant.column} survives: {mutant.what}", flush=True)
        else:
            killed += 1
    took = round(time.monotonic() - begun)
    return Outcome(target.path, target.group, len(made), every, len(same), killed, took)


def _apart(target: Target, sample: int, seed: int) -> Outcome:
    """Run one target in a process of its own, so that what it loads does not reach the next."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            found = run(target, sample, seed)
            print(found.line(), flush=True)
            os.write(writer, pickle.dumps(found))
            code = 0
        except Exception:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writer)
    with open(reader, "rb") as told:
        kept = told.read()
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or not kept:
        raise SystemExit(f"{target.path}: could not be checked")
    outcome: Outcome = pickle.loads(kept)
    return outcome


def main(words: Sequence[str]) -> int:
    """0 when every group reaches the goal."""
    parser = argparse.ArgumentParser(description="mutation check")
    parser.add_argument("chosen", nargs="*", help="groups or paths; all when none is named")
    parser.add_argument("--sample", type=int, default=0, help="changes a module, drawn by chance; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(words)
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    chosen = [item for item in TARGETS if not given.chosen or {item.path, item.group} & set(given.chosen)]
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        if any(target.group == "gate" for target in chosen):
            _sample_pages(folder)
        for target in chosen:
            outcomes.append(_apart(target, given.sample, given.seed))
    return _summary(outcomes, f"at most {given.sample} a module, seed {given.seed}" if given.sample else "whole")


def _summary(outcomes: Sequence[Outcome], how: str) -> int:
    reached = bool(outcomes)
    print(f"\nIn all ({how}, {sum(one.seconds for one in outcomes)} s):")
    for group in dict.fromkeys(one.group for one in outcomes):
        own = [one for one in outcomes if one.group == group]
        killed, tried = sum(one.killed for one in own), sum(one.tried for one in own)
        print("\n".join(f"  {one.line()}" for one in own))
        print(f"{group}: {killed}/{tried} killed, {_share(*own)}")
        reached = reached and killed >= GOAL * tried
    return 0 if reached else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
