"""The anchor file: the chain's head outside the database. It alone tells a cut tail and rows forged at the end.

It is written twice an act: before the commit with the head that is to be (promised), after it with the head that is
(settled). A crash in between leaves both, and either is right. One line of fixed length, overwritten in one write:
it is never half there, and needs no room on a full disk.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.log import log

Head = tuple[int, str]
_LENGTH = 256


@dataclass(frozen=True)
class Anchor:
    """The settled head, and the promised one of a transaction that may or may not have been committed."""

    settled: Head
    promised: Head | None = None

    @property
    def allowed(self) -> set[Head]:
        return {self.settled} if self.promised is None else {self.settled, self.promised}


class AnchorFile:
    """Reads and writes the anchor under a file lock, so that processes and threads may share it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._told = False

    def read(self) -> Anchor | None:
        """None when the file is missing or does not read as an anchor."""
        if not self.path.exists():
            return None
        with self._open(os.O_RDONLY, fcntl.LOCK_SH) as file:
            return _parsed(os.pread(file, _LENGTH, 0))

    def found(self, head: Head) -> None:
        """Make the first anchor; one that is there stays."""
        if not self.path.exists():
            with self._open(os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX) as file:
                if not os.pread(file, _LENGTH, 0):
                    _write(file, Anchor(head))

    def promise(self, before: Head, after: Head, grown: Callable[[Head], bool]) -> None:
        """Before a commit. When the chain does not go on from the anchored head (nor has `grown` from it elsewhere)
        somebody has changed it: the anchor stays as it is, as evidence, and every verification will say so."""
        if not self.path.exists():
            self._tell("audit.anchor_missing", before)
            return
        with self._open(os.O_RDWR, fcntl.LOCK_EX) as file:
            known = _parsed(os.pread(file, _LENGTH, 0))
            if known is None or not (before in known.allowed or grown(known.settled)):
                self._tell("audit.anchor_differs", before)
                return
            _write(file, Anchor(before, after))

    def settle(self, after: Head) -> None:
        """After the commit; a later promise of another process is left alone."""
        if not self.path.exists():
            return
        with self._open(os.O_RDWR, fcntl.LOCK_EX) as file:
            known = _parsed(os.pread(file, _LENGTH, 0))
            if known is not None and known.promised == after:
                _write(file, Anchor(after))

    def renew(self, head: Head) -> None:
        """Anchor a head anew, whatever stood there: after a restored backup, by an auditor's order."""
        with self._open(os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX) as file:
            _write(file, Anchor(head))

    def _tell(self, event: str, head: Head) -> None:
        """Once a process: the state lasts until an auditor has seen to it."""
        if not self._told:
            log(event, head=head[0], file=self.path.name)
        self._told = True

    @contextmanager
    def _open(self, flags: int, lock: int) -> Iterator[int]:
        file = os.open(self.path, flags, 0o600)
        try:
            fcntl.flock(file, lock)
            yield file
        finally:
            os.close(file)


def _write(file: int, anchor: Anchor) -> None:
    heads = [anchor.settled, *([anchor.promised] if anchor.promised else [])]
    line = " ".join(f"{seq} {digest}" for seq, digest in heads)
    os.pwrite(file, line.ljust(_LENGTH - 1).encode() + b"\n", 0)


def _parsed(raw: bytes) -> Anchor | None:
    words = raw.decode("ascii", "replace").split()
    if len(words) not in {2, 4} or not all(word.isdigit() for word in words[::2]):
        return None
    heads = [(int(words[at]), words[at + 1]) for at in range(0, len(words), 2)]
    return Anchor(heads[0], heads[1] if len(heads) > 1 else None)
