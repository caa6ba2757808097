"""F27 个人信息: none anywhere in the file, also not in headers, footers, covers and text boxes."""

from __future__ import annotations

from collections.abc import Iterator

from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.pages import form_check
from tools.checks.reading import Pages
from tools.checks.rules.privacy import privacy_hits
from tools.checks.texts import everywhere


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    for said in everywhere(pages):
        yield from privacy_hits(said.place, said.text)


CHECK = form_check("F27", _run)
