"""`gma audit verify | show | anchor`: whether the chain is whole, what is in it, and a new anchor after a restore."""

from __future__ import annotations

import argparse
import json
import unicodedata
from typing import Any

from core.access import may
from core.domain.actor import Actor
from core.errors import BadRequest, NotFound, Refused
from core.settings import Settings
from core.store import Store
from core.store.audit import LABELS, RESULTS
from core.store.tables import AuditRow
from ui.cli.output import emit

MOST = 500


def audit(arguments: argparse.Namespace) -> int:
    """0 when the chain is whole or the rows were shown; 1 when a link is broken or the actor may not read it."""
    store = Store.open(Settings())
    try:
        if arguments.action == "verify":
            return _verify(store, arguments.json)
        actor = _auditor(store, arguments.user, arguments.action)
        if arguments.action == "anchor":
            return _anchor(store, actor, arguments)
        return _show(store, actor, arguments)
    finally:
        store.close()


def _verify(store: Store, as_json: bool) -> int:
    verdict = store.verify_audit()
    whole = verdict.broken is None
    if as_json:
        body = {"status": "ok" if whole else "broken", "rows": verdict.rows, "broken": verdict.broken}
        emit(body | {"reason": verdict.reason, "head": {"seq": verdict.head[0], "hash": verdict.head[1]}})
    elif whole:
        print(f"审计链完整，共 {verdict.rows} 条。链头哈希 {verdict.head[1]}（可抄存他处，日后比对）。")
    else:
        print(f"审计链被破坏：{verdict.reason}。请立即保全记录库并报告审计管理员。")
    return 0 if whole else 1


def _auditor(store: Store, user: str | None, action: str) -> Actor:
    """The account that asks; anybody but an auditor is refused, and the refusal is a row of the chain."""
    if not user:
        raise BadRequest(f"gma audit {action} 须写明以哪个账号的身份。", "例如 --as auditor01。")
    with store.read() as unit:
        actor = unit.accounts.actor(user)
    verdict = may(actor, "audit_read", actor.org)
    if not verdict.allowed:
        with store.begin() as unit:
            unit.audit.append(actor.user, "audit_read", "-", "refused", {"reason": verdict.reason})
        raise Refused(verdict.reason, "请由审计管理员查阅。")
    return actor


def _show(store: Store, actor: Actor, arguments: argparse.Namespace) -> int:
    if arguments.page < 1 or not 1 <= arguments.size <= MOST:
        raise BadRequest("页码从 1 起，每页 1 至 500 条。", "请核对 --page 与 --size。")
    wanted: dict[str, Any] = {"actor": arguments.actor, "action": _action(arguments.act)}
    wanted |= {"target": arguments.object, "seq": arguments.seq}
    with store.begin() as unit:
        rows, total = unit.audit.rows(**wanted, limit=arguments.size, offset=(arguments.page - 1) * arguments.size)
        texts = unit.audit.statements(_named(rows)) if arguments.seq is not None else {}
        detail = {name: value for name, value in wanted.items() if value is not None} | {"page": arguments.page}
        unit.audit.append(actor.user, "audit_read", "-", detail=detail)
    if arguments.seq is not None and not rows:
        raise NotFound(f"审计链里没有第 {arguments.seq} 条。", "用 gma audit show 查看已有的序号。")
    pages = max(1, -(-total // arguments.size))
    if arguments.json:
        body = {"status": "ok", "total": total, "page": arguments.page, "pages": pages}
        emit(body | {"rows": [_body(row, texts) for row in rows]})
    elif arguments.seq is not None:
        print(json.dumps(_body(rows[0], texts), ensure_ascii=False, indent=2))
    else:
        for row in rows:
            print(_line(row))
        print(f"第 {arguments.page}／{pages} 页，共 {total} 条。看一条的全部内容：--seq 序号。")
    return 0


def _anchor(store: Store, actor: Actor, arguments: argparse.Namespace) -> int:
    if not (arguments.reason or "").strip():
        raise BadRequest("重立锚点须写明原因。", "例如 --reason 从备份恢复。")
    store.renew_anchor(actor.user, arguments.reason.strip()[:200])
    return _verify(store, arguments.json)


def _action(text: str | None) -> str | None:
    """An action by its Chinese or its stored name; an unknown one is refused with the list."""
    if text is None or text in LABELS:
        return text
    found = next((name for name, label in LABELS.items() if label == text), None)
    if found is None:
        raise BadRequest(f"没有操作「{text}」。", f"可用：{'、'.join(LABELS.values())}。")
    return found


def _named(rows: Any) -> set[str]:
    return {item["sql"] for row in rows for item in json.loads(row.detail).get("statements", [])}


def _body(row: AuditRow, texts: dict[str, str]) -> dict[str, Any]:
    detail = json.loads(row.detail)
    for item in detail.get("statements", []):
        if item["sql"] in texts:
            item["text"] = texts[item["sql"]]
    return {
        "seq": row.seq,
        "at": row.at,
        "actor": row.actor,
        "action": row.action,
        "label": LABELS.get(row.action, row.action),
        "object": row.object,
        "result": row.result,
        "detail": detail,
        "previous": row.previous,
        "hash": row.hash,
        "algorithm": row.algorithm,
    }


def _line(row: AuditRow) -> str:
    label, result = LABELS.get(row.action, row.action), RESULTS.get(row.result, row.result)
    when = row.at[:19].replace("T", " ")
    cells = [(str(row.seq), 7), (when, 19), (row.actor, 12), (label, 14), (result, 4), (row.object, 26)]
    return "  ".join(_padded(text, width) for text, width in cells) + "  " + _gist(row.action, json.loads(row.detail))


def _gist(action: str, detail: dict[str, Any]) -> str:
    """The detail in a few words; `--seq` shows all of it."""
    if action == "query":
        told = detail.get("statements", [])
        rows = sum(item["rows"] for item in told)
        purposes = list(dict.fromkeys(item["purpose"] for item in told if item["purpose"]))
        return f"{len(told)} 条语句，{rows} 行" + (f"（{'、'.join(purposes[:3])}）" if purposes else "")
    if action == "llm":
        return f"提示词 {detail['prompt']}，{detail['model']}，{detail['tokens']} 词元，{detail['outcome']}"
    if action == "configuration":
        changed = detail.get("changed") or {}
        return f"变化：{'、'.join(changed)}" if changed else "与上次启动相同"
    if action == "reveal":
        refused = f"，{detail['reason']}" if "reason" in detail else ""
        return f"{detail['field']}（用途：{detail['purpose'] or '未写'}）{refused}"
    words = {"reason": "", "comment": "意见：", "format": "格式：", "version": "第", "result": "", "thread": "会话 "}
    said = [f"{words[name]}{detail[name]}{'版' if name == 'version' else ''}" for name in words if detail.get(name)]
    return "，".join(said)


def _padded(text: str, width: int) -> str:
    """Padded to a width in columns, where a Chinese character takes two."""
    taken = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * (width - taken)
