"""LibreOffice, where it is installed: many files in one process, with a profile of its own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_SECONDS = 600


def installed() -> bool:
    return shutil.which("soffice") is not None


def convert(paths: Sequence[Path], to: str, folder: Path) -> list[Path]:
    """The files as LibreOffice writes them in the format `to`, in the order of `paths`; files that it could not open
    are missing from `folder`. Names must differ without their endings."""
    folder.mkdir(parents=True, exist_ok=True)
    profile = f"-env:UserInstallation=file://{folder.resolve()}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", to, "--outdir", str(folder), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
    return [folder / f"{path.stem}.{to}" for path in paths]
