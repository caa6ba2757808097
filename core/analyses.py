"""Registering, promoting and rolling back analysis versions: permitted first, then written with its audit row."""

from __future__ import annotations

from typing import Any

from core.access import may
from core.domain.actor import Actor
from core.domain.analysis_version import AnalysisVersion, VersionContent
from core.errors import BadRequest, Refused
from core.store import Store

LEAST_REASON, MOST_REASON = 4, 200


def permit(store: Store, actor: Actor, action: str, org: str, target: str) -> None:
    """Raise Refused, audited, where the actor may not do `action` (see `core.access.GRANTS`) for a unit."""
    verdict = may(actor, action, org)
    if not verdict.allowed:
        _refuse(store, actor, action, target, verdict.reason)


def register(store: Store, actor: Actor, content: VersionContent) -> AnalysisVersion:
    """Keep a trained version as a candidate; nothing uses it before a named person promotes it."""
    permit(store, actor, "analysis_train", content.org, content.analysis)
    with store.begin() as unit:
        return unit.analyses.register(actor.user, content)


def promote(store: Store, actor: Actor, name: str, reason: str, evidence: dict[str, Any]) -> AnalysisVersion:
    """Put a version into service, with the comparison it was decided on. Nobody promotes what they trained."""
    held = _held(store, actor, name)
    permit(store, actor, "analysis_promote", held.content.org, name)
    if held.made_by == actor.user:
        _refuse(store, actor, "analysis_promote", name, "训练人不能启用自己训练的版本。")
    said = _reason(reason)
    with store.begin() as unit:
        return unit.analyses.promote(actor, name, said, evidence)


def rollback(store: Store, actor: Actor, name: str, reason: str) -> AnalysisVersion:
    """Put back the version that was in service before `name`."""
    held = _held(store, actor, name)
    permit(store, actor, "analysis_promote", held.content.org, name)
    said = _reason(reason)
    with store.begin() as unit:
        return unit.analyses.rollback(actor, name, said)


def _held(store: Store, actor: Actor, name: str) -> AnalysisVersion:
    with store.read() as unit:
        return unit.analyses.version(actor, name)


def _reason(text: str) -> str:
    said = " ".join(text.split())
    if not LEAST_REASON <= len(said) <= MOST_REASON:
        raise BadRequest(
            f"理由要写 {LEAST_REASON} 到 {MOST_REASON} 个字。", "请用 --reason 写明，例如「A/B 对比优于现行版本」。"
        )
    return said


def _refuse(store: Store, actor: Actor, action: str, target: str, reason: str) -> None:
    with store.begin() as unit:
        unit.audit.append(actor.user, action, target, "refused", {"reason": reason})
    hint = "请由分析师或数据运维员训练，由本单位的管理决策者启用或回退。"
    raise Refused(reason, hint if action.startswith("analysis_") else "请联系有权限的同事。")
