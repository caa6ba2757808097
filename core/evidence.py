"""The evidence pack (证据包) of a published report: one JSON that a stranger can verify without the record.

It holds the content with its facts, the queries, the check results, the checklist, the decision, the release, the
SHA-256 of every document, and the audit rows of the report up to its release, which is the chain's head at that moment.
Everything is bound to a hash in one of these rows; `seal` covers the whole.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select

from core.clock import stamp
from core.domain.canon import canonical, sha256_of
from core.errors import BadRequest
from core.store import Unit
from core.store.audit import Algorithm, digest
from core.store.tables import ActRow, AuditRow

FORMAT = "gma-evidence/1"
NAME = "evidence"
_ROW = ("seq", "at", "actor", "action", "object", "result", "detail", "previous", "hash", "algorithm")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ReportPart(_Strict):
    id: str
    title: str
    template: str
    org: str
    author: str
    version: int


class QueryPart(_Strict):
    """One recorded statement with what it was bound to, and the facts that rest on it."""

    source: str
    datasets: list[str]
    query: str
    params: dict[str, Any]
    facts: list[str]


class DecisionPart(_Strict):
    act: str
    version: int
    hash: str
    verb: str
    reviewer: str
    comment: str
    at: str


class DocumentPart(_Strict):
    name: str
    sha256: str


class AuditPart(_Strict):
    seq: int
    at: str
    actor: str
    action: str
    object: str
    result: str
    detail: str
    previous: str
    hash: str
    algorithm: Algorithm


class ChainPart(_Strict):
    seq: int
    hash: str
    rows: list[AuditPart]


class Pack(_Strict):
    """The pack as it is written; `content`, `checks` and `checklist` keep the JSON that was hashed."""

    format: str
    report: ReportPart
    hash: str
    content: dict[str, Any]
    queries: list[QueryPart]
    checks: list[dict[str, Any]]
    checklist: dict[str, Any] | None
    decision: DecisionPart
    released_at: str
    documents: dict[str, DocumentPart]
    audit: ChainPart
    seal: str


@dataclass(frozen=True)
class Finding:
    """One thing that was verified: `good` or not, with what was compared."""

    id: str
    label: str
    good: bool
    text: str
    report: str = ""


def keep(unit: Unit, act: ActRow, folder: Path) -> Path:
    """Write the pack of a release and file it with the documents, within the transaction that released it."""
    body = json.dumps(pack_of(unit, act), ensure_ascii=False, sort_keys=True, indent=1).encode()
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / f"v{act.version}-{NAME}.json"
    part = out.with_name(f"{out.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, out)
    unit.reports.attach(act, NAME, out, hashlib.sha256(body).hexdigest())
    return out


def pack_of(unit: Unit, act: ActRow) -> dict[str, Any]:
    """The pack of a version that this transaction has just released."""
    row, version = unit.reports.row(act.report), unit.reports.version(act.report, act.version)
    release = unit.reports.release(act.report)
    assert release is not None
    content = json.loads(version.content)
    rows = list(unit.session.scalars(select(AuditRow).where(AuditRow.object == act.report).order_by(AuditRow.seq)))
    checklist = unit.reviews.kept(act.id)
    body: dict[str, Any] = {
        "format": FORMAT,
        "report": {
            "id": row.id,
            "title": row.title,
            "template": row.template,
            "org": row.org,
            "author": row.author,
            "version": act.version,
        },
        "hash": version.hash,
        "content": content,
        "queries": queries_of(content["facts"]),
        "checks": json.loads(version.checks),
        "checklist": json.loads(checklist.canonical()) if checklist else None,
        "decision": {
            "act": act.id,
            "version": act.version,
            "hash": act.hash,
            "verb": act.verb,
            "reviewer": act.actor,
            "comment": act.comment,
            "at": stamp(act.at),
        },
        "released_at": stamp(release.at),
        "documents": {
            name: {"name": Path(path).name, "sha256": sha256}
            for name, (path, sha256) in unit.reports.documents(act.report, act.version).items()
        },
        "audit": {
            "seq": rows[-1].seq,
            "hash": rows[-1].hash,
            "rows": [{name: getattr(item, name) for name in _ROW} for item in rows],
        },
    }
    return {**body, "seal": sha256_of(body)}


def queries_of(facts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Distinct recorded statements of the facts in order, each with the facts that rest on it."""
    found: dict[str, dict[str, Any]] = {}
    for fact in facts:
        if not fact["query"]:
            continue
        part = {name: fact[name] for name in ("source", "datasets", "query", "params")}
        found.setdefault(canonical(part), {**part, "facts": []})["facts"].append(fact["id"])
    return list(found.values())


def read_pack(path: Path) -> dict[str, Any]:
    """The JSON object of a pack file; BadRequest for anything else."""
    if not path.is_file():
        raise BadRequest(f"没有文件「{path}」。", "请给出发布时生成的证据包（JSON）。")
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadRequest(f"「{path.name}」不是完整的 JSON，不能核验。", "请重新取得证据包。") from error
    if not isinstance(body, dict) or "format" not in body:
        raise BadRequest(f"「{path.name}」不是证据包。", "请给出发布时生成的证据包（JSON）。")
    return body


def verify(body: dict[str, Any], files: Sequence[Path] = (), *, head: str | None = None) -> list[Finding]:
    """Recompute everything that the pack claims. `head` is the chain's head at the release from a trusted copy."""
    unsealed = {name: value for name, value in body.items() if name != "seal"}
    whole = body.get("seal") == sha256_of(unsealed)
    found = [Finding("seal", "整包封印", whole, "与内容相符" if whole else "与内容不符，包被改动过")]
    try:
        pack = Pack.model_validate(body)
    except ValidationError as error:
        at = "、".join(str(part) for part in error.errors()[0]["loc"])
        return [*found, Finding("structure", "证据包结构", False, f"「{at}」缺失、多余或类型不符")]
    found += [*_content(pack), *_decision(pack), *_chain(pack, head), *_documents(pack, files)]
    return [Finding(item.id, item.label, item.good, item.text, pack.report.id) for item in found]


def _said(id: str, label: str, wrong: str, right: str) -> Finding:
    return Finding(id, label, not wrong, wrong or right)


def _content(pack: Pack) -> Iterator[Finding]:
    good = sha256_of(pack.content) == pack.hash
    yield Finding("content", "内容哈希", good, f"{pack.hash[:12]}{'' if good else ' 与正文和事实不符'}")
    same = {
        "format": (pack.format, FORMAT),
        "title": (pack.report.title, pack.content.get("title")),
        "template": (pack.report.template, pack.content.get("template")),
        "org": (pack.report.org, pack.content.get("org")),
    }
    odd = next((name for name, (one, other) in same.items() if one != other), "")
    yield _said("report", "报告信息", odd and f"「{odd}」与正文不符", pack.report.title)
    facts = pack.content.get("facts")
    listed = [item.model_dump() for item in pack.queries]
    wrong = "" if isinstance(facts, list) and _same_queries(facts, listed) else "与事实中记录的查询不符"
    yield _said("queries", "查询语句", wrong, f"{len(listed)} 条，与事实一致")


def _same_queries(facts: list[Any], listed: list[dict[str, Any]]) -> bool:
    try:
        return queries_of(facts) == listed
    except (KeyError, TypeError):
        return False


def _decision(pack: Pack) -> Iterator[Finding]:
    decided, detail = _row(pack, "decision", pack.decision.version)
    expected = {
        "hash": pack.hash,
        "version": pack.report.version,
        "verb": "approve",
        "comment": pack.decision.comment,
        "act": pack.decision.act,
        "at": pack.decision.at,
        "checklist": None if pack.checklist is None else sha256_of(pack.checklist),
    }
    odd = [name for name, value in expected.items() if detail.get(name) != value]
    parts = (pack.decision.hash, pack.decision.version, pack.decision.verb)
    if decided is None:
        wrong = "审计记录里没有对这一版本的批准"
    elif parts != (pack.hash, pack.report.version, "approve"):
        wrong = "批准的不是这一版本"
    elif decided.actor != pack.decision.reviewer or pack.decision.reviewer == pack.report.author:
        wrong = "审批人与审计记录不符，或与编制人是同一人"
    else:
        wrong = f"「{'、'.join(odd)}」与审计记录不符" if odd else ""
    yield _said("decision", "审批", wrong, f"{pack.decision.reviewer} 于 {pack.decision.at[:19]} 批准第 {parts[1]} 版")
    good = sha256_of(pack.checks) == detail.get("checks")
    yield Finding("checks", "校验结果", good, f"{len(pack.checks)} 项{'' if good else '，与审批时不符'}")
    states = [item.get("state") for item in (pack.checklist or {}).get("items", [])]
    text = f"{len(states)} 项，未通过 {states.count('fail')} 项，豁免 {states.count('waived')} 项"
    yield Finding("checklist", "审核清单", "checklist" not in odd, text if pack.checklist else "审批时没有清单")


def _chain(pack: Pack, head: str | None) -> Iterator[Finding]:
    rows = pack.audit.rows
    broken = [item.seq for item in rows if digest(AuditRow(**item.model_dump())) != item.hash]
    torn = [
        after.seq
        for before, after in pairwise(rows)
        if after.seq <= before.seq or (after.seq == before.seq + 1 and after.previous != before.hash)
    ]
    foreign = [item.seq for item in rows if item.object != pack.report.id]
    first, _ = _row(pack, "version", 1)
    if broken or torn or foreign:
        wrong = f"第 {(broken + torn + foreign)[0]} 条被改动、调换或不属于本报告"
    elif first is None or first.actor != pack.report.author:
        wrong = "编制人与审计记录不符"
    else:
        wrong = ""
    yield _said("audit", "审计记录", wrong, f"{len(rows)} 条，逐条重算相符")
    last = rows[-1] if rows else None
    tip = last is not None and (last.seq, last.hash, last.action) == (pack.audit.seq, pack.audit.hash, "release")
    trusted = head is None or head.strip().lower() == pack.audit.hash
    text = f"第 {pack.audit.seq} 条 {pack.audit.hash[:12]}"
    wrong = "" if tip and trusted else f"{text} 与{'发布记录' if not tip else '另行取得的链头'}不符"
    yield _said("head", "链头", wrong, text + ("，与另行取得的相符" if head else ""))


def _documents(pack: Pack, files: Sequence[Path]) -> Iterator[Finding]:
    _, detail = _row(pack, "release", pack.report.version)
    held = {name: item.model_dump() for name, item in pack.documents.items()}
    bound = {"hash": pack.hash, "act": pack.decision.act, "at": pack.released_at, "documents": held}
    odd = [name for name, value in bound.items() if detail.get(name) != value]
    wrong = f"「{'、'.join(odd)}」与发布记录不符" if odd else ""
    yield _said("release", "发布", wrong, f"{pack.released_at[:19]}，{len(held)} 个文件")
    for path in files:
        got = hashlib.sha256(path.read_bytes()).hexdigest()
        name = next((name for name, item in pack.documents.items() if item.sha256 == got), "")
        yield Finding("file", f"文件 {path.name}", bool(name), f"即发布的 {name}" if name else "不是发布的任何一个文件")


def _row(pack: Pack, action: str, version: int) -> tuple[AuditPart | None, dict[str, Any]]:
    """The accepted audit row of an action on a version, with its detail."""
    for item in pack.audit.rows:
        if item.action == action and item.result == "ok":
            try:
                detail = json.loads(item.detail)
            except ValueError:
                continue
            if isinstance(detail, dict) and detail.get("version") == version:
                return item, detail
    return None, {}
