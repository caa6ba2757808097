"""Chainlit handlers, and nothing else: each one turns an event of the browser into a runner call and back.

Chainlit loads this file by its path, under another module name: no state may live here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import chainlit as cl
from chainlit.context import init_ws_context
from chainlit.data import get_data_layer
from chainlit.server import sio
from chainlit.session import WebsocketSession
from chainlit.types import Starter, ThreadDict

from agent import review
from agent.desk import Desk
from core.domain.actor import Actor
from core.errors import GmaError
from core.log import problem
from ui import typed_commands
from ui.chainlit_store import ChatStore
from ui.chat_files import ChatFiles
from ui.desk import desk
from ui.inbox import INBOX_WORDS, REPORT_WORDS, show_inbox, show_reports
from ui.meters import SIGN_INS
from ui.turn_view import run_turn, say, show_answer
from ui.unit_names import org_name
from ui.upload_desk import FIX, mend_upload, only_check, show_check
from ui.views.welcome import admin_page, examples

STOPPED = "已停止等待。已经开始的处理会在后台做完并留痕，但不会自动提交或发布；稍后可说「我的报告」查看。"
BROKEN = "处理时发生内部错误，没有完成。　请稍后重试；仍不行请联系系统管理员查看日志。"


@cl.data_layer
def chat_store() -> ChatStore:
    home = desk().settings.home
    return ChatStore(home / "chat.sqlite", ChatFiles(home / "files" / "chat"))


@cl.password_auth_callback
async def sign_in(username: str, password: str) -> cl.User | None:
    try:
        actor = await desk().call(lambda: desk().runner.authenticate(username.strip(), password))
    except GmaError as error:
        SIGN_INS.labels(error.code).inc()
        return None
    SIGN_INS.labels("ok").inc()
    unit = await desk().call(lambda: org_name(desk().runner, actor))
    shown = " · ".join(part for part in (actor.name, actor.role.label, unit) if part)
    return cl.User(identifier=actor.user, display_name=shown, metadata={"role": actor.role.value, "org": actor.org})


@cl.set_starters
async def starters(current_user: cl.User | None = None) -> list[Starter]:
    if current_user is None:
        return []
    actor = await _actor(current_user.identifier)
    unit = await desk().call(lambda: org_name(desk().runner, actor))
    today = desk().settings.business_date()
    return [
        Starter(label=label, message=text, icon=f"/public/icons/{icon}.svg")
        for label, text, icon in examples(actor, unit, today)
    ]


@cl.on_chat_start
async def chat_start() -> None:
    actor = await _actor()
    if not actor.reads_data:
        await say(admin_page(actor))
    elif actor.reviews:
        await show_inbox(actor, quiet=True)
        cl.user_session.set("untitled", True)  # type: ignore[no-untyped-call]
    elif typed_commands.greets(actor):
        await say(await desk().call(lambda: typed_commands.alerts(Desk(desk().runner, actor))))


@cl.on_chat_resume
async def chat_resume(thread: ThreadDict) -> None:
    """Stored steps and elements come back by themselves; cards read their state anew."""


@cl.on_message
async def message(incoming: cl.Message) -> None:
    actor = await _actor()
    text = incoming.content.strip()
    cl.user_session.set("untitled", None)  # type: ignore[no-untyped-call]
    if not actor.reads_data:
        await say(admin_page(actor))
        return
    files = [item for item in incoming.elements or () if item.type == "file"]
    if files:
        await show_check(files)
        if only_check(text):
            return
    if text.strip("。！? ？") in INBOX_WORDS and actor.reviews:
        await show_inbox(actor)
        return
    if text.strip("。！? ？") in REPORT_WORDS:
        await show_reports(actor)
        return
    if typed_commands.is_typed(text):
        try:
            await say(await desk().call(lambda: typed_commands.answer(desk().runner, actor, text)))
        except GmaError as error:
            await say(str(error))
        return
    thread = cl.context.session.thread_id
    try:
        answer = await run_turn("ask", "处理过程", lambda: desk().runner.ask(actor, text, thread))
    except GmaError as error:
        await say(str(error))
        return
    except Exception as error:  # the last door: nobody behind it could tell the user
        problem("chat.turn", error)
        await say(BROKEN)
        return
    await show_answer(actor, answer)


@cl.action_callback("查看报告")
async def read_report(action: cl.Action) -> dict[str, Any]:
    """Open the report in the side panel; its text is fetched by the panel itself."""
    actor, report = await _actor(), str(action.payload.get("report", ""))
    try:
        detail = await desk().call(lambda: desk().runner.report(actor, report))
    except GmaError as error:
        return {"error": str(error)}
    summary = detail.summary
    await _title(f"查看：{summary.title}")
    reading = cl.CustomElement(
        name="ReportReading", props={"id": summary.id, "version": summary.version}, display="inline"
    )
    await cl.ElementSidebar.set_elements([reading], key=f"{summary.id}:{summary.version}:{summary.state.value}")
    return {"opened": summary.id}


@cl.action_callback(FIX)
async def mend_file(action: cl.Action) -> dict[str, Any]:
    """Mend a checked upload; the copy comes back as a file."""
    try:
        await mend_upload(await _actor(), str(action.payload.get("file", "")))
    except GmaError as error:
        await say(str(error))
        return {"error": str(error)}
    return {"status": "ok"}


@cl.action_callback("提交审核")
async def submit_report(action: cl.Action) -> dict[str, Any]:
    actor, report = await _actor(), str(action.payload.get("report", ""))
    return await _act("submit", "提交审核", lambda: desk().runner.submit(actor, report))


@cl.action_callback("审批报告")
async def decide_report(action: cl.Action) -> dict[str, Any]:
    """A reviewer's decision on one exact version. A second click on the same decision changes nothing."""
    actor, asked = await _actor(), action.payload
    report, verb, digest = (str(asked.get(name, "")) for name in ("report", "verb", "hash"))
    comment, edit = str(asked.get("comment") or ""), asked.get("edit")
    await _title(f"审批：{report}")
    return await _act(
        "decide",
        "审批与发布",
        lambda: desk().runner.decide(actor, report, verb, digest, comment, str(edit) if edit else None),
    )


@cl.action_callback("豁免发现")
async def waive_finding(action: cl.Action) -> dict[str, Any]:
    """A reviewer lets one finding of the current version stand."""
    actor, (report, digest, finding, reason) = await _actor(), _asked(action, "report", "hash", "finding", "reason")
    return await _done(lambda: review.waive_finding(desk().runner, actor, report, digest, finding, reason))


@cl.action_callback("批注报告")
async def comment_on(action: cl.Action) -> dict[str, Any]:
    actor, (report, section, text) = await _actor(), _asked(action, "report", "section", "text")
    return await _done(lambda: review.comment_on(desk().runner, actor, report, text, section))


@cl.action_callback("办结批注")
async def settle_comment(action: cl.Action) -> dict[str, Any]:
    actor, (report, comment, answer) = await _actor(), _asked(action, "report", "comment", "answer")
    return await _done(lambda: review.settle_comment(desk().runner, actor, report, comment, answer))


@sio.on("stop")  # type: ignore[untyped-decorator]
async def stop(sid: str) -> None:
    """The stop button, in Chinese; replaces Chainlit's own handler of this event."""
    session = WebsocketSession.get(sid)
    if session is None:
        return
    init_ws_context(session)
    if session.current_task:
        session.current_task.cancel()
    await say(STOPPED)


def _asked(action: cl.Action, *names: str) -> list[str]:
    return [str(action.payload.get(name) or "") for name in names]


async def _done(work: Callable[[], object]) -> dict[str, Any]:
    try:
        await desk().call(work)
    except GmaError as error:
        return {"error": str(error)}
    return {"status": "ok"}


async def _act(kind: str, title: str, start: Any) -> dict[str, Any]:
    try:
        answer = await run_turn(kind, title, start)
    except GmaError as error:
        return {"error": str(error)}
    except Exception as error:  # the last door, as above
        problem(f"chat.{kind}", error)
        return {"error": BROKEN}
    if answer.status in {"refused", "clarify", "failed"}:
        return {"error": answer.text}
    await say(answer.text)
    return {"text": answer.text, "status": answer.status}


async def _title(name: str) -> None:
    """Name a conversation that began with a click on an inbox card, not with a sentence."""
    session = cl.user_session
    if session.get("untitled"):  # type: ignore[no-untyped-call]
        session.set("untitled", None)  # type: ignore[no-untyped-call]
        store = get_data_layer()  # type: ignore[no-untyped-call]
        if store is not None:
            await store.update_thread(cl.context.session.thread_id, name=name)


async def _actor(user: str | None = None) -> Actor:
    """The actor of this session, read anew: a changed role or unit counts at once."""
    name = user or cl.user_session.get("user").identifier  # type: ignore[no-untyped-call]
    return await desk().call(lambda: desk().runner.actor(name))
