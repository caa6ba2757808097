"""What a shell puts around a report's own text, as the file's properties name it: these lines and no others."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.report import ReportContent
from core.errors import BadRequest
from tools.checks.proof.expected import squeeze
from tools.checks.reading import Pages
from tools.documents import DocumentMeta
from tools.documents.cover import MARK
from tools.documents.shells import addressed, banner_lines, checked_names, checked_number, copied, shell_of


@dataclass(frozen=True)
class Worn:
    """Lines without white space. `banner` stands above the title, `to` below it, `copies` and the issuer at the end."""

    banner: tuple[str, ...] = ()
    to: str = ""
    copies: str = ""
    imprint: bool = False


def worn_by(pages: Pages, content: ReportContent) -> Worn:
    """The lines that the file may have; none where its properties name no shell, or one that nobody could wear."""
    told = pages.properties
    try:
        shell = shell_of(told.get("Shell", ""))
        meta = DocumentMeta(
            "",
            0,
            "",
            shell=shell.id,
            number=checked_number(told.get("Number", "")),
            to=checked_names(told.get("To", "")),
            copies=checked_names(told.get("CopiesTo", "")),
        )
    except BadRequest:
        return Worn()
    if shell.cover:
        return Worn()
    lines = [text for text in (MARK, *banner_lines(content, meta)) if text]
    return Worn(tuple(map(squeeze, lines)), squeeze(addressed(meta)), squeeze(copied(meta)), shell.imprint)
