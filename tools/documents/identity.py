"""What a file's properties say about its origin, the same in every format; a check reads it back."""

from __future__ import annotations

import json

from core.domain.report import ReportContent
from tools.documents import PRODUCER, DocumentMeta


def identity(content: ReportContent, meta: DocumentMeta) -> dict[str, str]:
    """The implicit label of generated content (GB 45438—2025), the content hash, and report, version, reviewer.

    The file names the rule pack that it is held to; one in another shell than the usual one says so, with what it was
    addressed with.
    """
    label = {
        "Label": "1",
        "ContentProducer": PRODUCER,
        "ProduceID": f"{meta.report}#{meta.version}",
        "ReservedCode1": meta.hash,
        "Model": content.llm or "rule",
    }
    form = {"Shell": meta.shell, "Number": meta.number, "To": meta.to, "CopiesTo": meta.copies}
    named = {"Standard": meta.standard} if meta.standard else {}
    return {
        "AIGC": json.dumps(label, ensure_ascii=False, separators=(",", ":")),
        "ContentHash": meta.hash,
        "ReportId": meta.report,
        "ReportVersion": str(meta.version),
        "Reviewer": meta.reviewer,
        **named,
    } | ({name: value for name, value in form.items() if value} if meta.shell != "internal" else {})
