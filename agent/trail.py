"""What a turn leaves in the audit chain beside its acts: every statement put to a source, every call of an llm.

A batch of statements is one row, committed before anybody gets the batch's outcomes: a crash can lose a reading only
together with what was read (decisions/0006).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from agent.limits import LlmCall
from core.masking import scrub_text
from core.store import Store

if TYPE_CHECKING:
    from tools.fetch import QueryTrace

MOST_PARAMS = 4000
"""Characters of a statement's parameters that are kept in clear; longer ones (long key lists) as count and hash."""


def note_queries(store: Store, user: str, target: str, traces: Sequence[QueryTrace]) -> None:
    """One row for a batch: per statement its hash, parameters, source, unit, purpose, rows and outcome."""
    states = {trace.status for trace in traces}
    result = "refused" if "denied" in states else "failed" if "error" in states else "ok"
    with store.begin() as unit:
        told = [_told(trace, unit.audit.keep_statement(trace.sql)) for trace in traces]
        unit.audit.append(user, "query", target, result, {"statements": told})


def note_llm_call(store: Store, user: str, target: str, call: LlmCall) -> None:
    """One row for one call: prompt id, version and hash, model, tokens, outcome; no word of prompt or answer."""
    with store.begin() as unit:
        unit.audit.append(user, "llm", target, "ok" if call.outcome == "ok" else "failed", asdict(call))


def _told(trace: QueryTrace, name: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "at": trace.at.isoformat(),
        "source": trace.source,
        "org": trace.org,
        "sql": name,
        "params": _params(trace.params),
        "purpose": trace.purpose,
        "status": trace.status,
        "rows": trace.row_count,
        "seconds": round(trace.seconds, 4),
    }
    if trace.truncated:
        told["truncated"] = True
    if trace.message:
        told["message"] = scrub_text(trace.message)[:300]
    return told


def _params(params: Mapping[str, Any]) -> Any:
    kept = {name: _clean(value) for name, value in params.items()}
    text = json.dumps(kept, ensure_ascii=False, default=str)
    if len(text) <= MOST_PARAMS:
        return kept
    return {"count": len(kept), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def _clean(value: Any) -> Any:
    """Values as they are; longer words without phone numbers, cards or names that may have been typed into them."""
    return scrub_text(value) if isinstance(value, str) and len(value) > 10 else value
