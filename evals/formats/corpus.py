"""The corpus: clean files of ours and of other hands, and one fault at a time made in copies of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from evals.formats import Break


@dataclass(frozen=True)
class Faulty:
    """A file with one fault; `fault` says what was done to which clean file."""

    path: Path
    base: Path
    fault: Break

    @property
    def name(self) -> str:
        return f"{self.fault.rule}-{self.fault.label}-{self.base.stem}"


def faulty(bases: Sequence[Path], faults: Sequence[Break], each: int, folder: Path) -> Iterator[Faulty]:
    """Every fault in up to `each` of the clean files that can take it, other ones for every fault. Files are the
    caller's to delete."""
    import docx

    for at, fault in enumerate(faults):
        rng = Random(f"{fault.rule}{fault.label}")
        made = 0
        for base in [*bases[at % len(bases) :], *bases[: at % len(bases)]]:
            if made == each:
                break
            document = docx.Document(str(base))
            if fault.make(document, rng):
                made += 1
                path = folder / f"{fault.rule}-{at}-{made}.docx"
                document.save(str(path))
                yield Faulty(path, base, fault)
