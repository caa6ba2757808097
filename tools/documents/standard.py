"""Which rule pack the documents of a report are held to: an official paper's, else the one its template names."""

from __future__ import annotations

from core.domain.report import ReportContent
from core.settings import Settings
from knowledge.standards.packs import RulePack, pack_for_shell, pack_of
from knowledge.template_library import templates


def pack_of_report(content: ReportContent, shell: str = "internal", settings: Settings | None = None) -> RulePack:
    """Raises BadRequest when the template names a pack that does not exist."""
    if shell == "official":
        return pack_for_shell(shell)
    template = templates(settings).get(content.template)
    return pack_of(template.rules) if template is not None else pack_of()
