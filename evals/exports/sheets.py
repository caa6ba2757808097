"""Contact sheets: all pages of a file, small, on one picture."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

_DOTS = 40
_GAP = 8
_ACROSS = 6
"""Pages in one row."""


def sheet(pdf: Path, out: Path) -> Path:
    """Draw the pages of a PDF (by poppler) onto one PNG."""
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        command = ["pdftoppm", "-r", str(_DOTS), "-png", str(pdf), f"{folder}/page"]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        pages = [Image.open(path).convert("RGB") for path in sorted(Path(folder).glob("*.png"))]
    wide, high = max(page.width for page in pages) + _GAP, max(page.height for page in pages) + _GAP
    columns = min(_ACROSS, len(pages))
    rows = -(-len(pages) // columns)
    whole = Image.new("RGB", (columns * wide + _GAP, rows * high + _GAP), "#b8bec2")
    for at, page in enumerate(pages):
        whole.paste(page, (_GAP + at % columns * wide, _GAP + at // columns * high))
    out.parent.mkdir(parents=True, exist_ok=True)
    whole.save(out)
    return out
