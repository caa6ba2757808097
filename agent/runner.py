"""The only entrance: ask, submit, decide, recover. Every call yields events and ends with `Done`.

The run ledger says what is owed; checkpoints only say where a run stood. Acts (submission, decision) are recorded first
in a transaction of their own, then the waiting run resumes with the act's id, so that a crash between the two is
finished by `recover`.
"""

from __future__ import annotations

import hashlib
import os
import queue
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from agent.answers import answer_for_run, failed_answer
from agent.edits import edit_of
from agent.events import Answer, Done, Event
from agent.limits import Limits
from agent.turn import Services, Turn
from core.access import Account, authenticate, bind_demo_accounts, ensure_demo_accounts, may
from core.approval import Act, decide, submit
from core.clock import new_id, now
from core.configuration import note_configuration
from core.domain.actor import Actor
from core.domain.fact import Fact
from core.domain.lifecycle import State, Verb
from core.domain.org import OrgTree
from core.errors import BadRequest, Conflict, GmaError, NotFound, Refused
from core.log import problem
from core.settings import Settings
from core.store import Store
from core.store.database import refusal
from core.store.reports import ReportDetail, ReportSummary
from core.store.tables import RunRow
from tools.checklist import checklist_of

MAX_TEXT = 4000
MOST_RESUMES = 5
LAST_STEPS = frozenset({"answer", "close", "archive"})
RESUME_PATIENCE = 30.0
"""Seconds that a recorded act waits for whoever works on its run."""
_PLAIN = re.compile(r"[\w-]{1,100}")

if TYPE_CHECKING:
    from tools.documents.shells import Dress


class Runner:
    """One per process. Methods that work return iterators of events; call them from a worker thread."""

    def __init__(self, services: Services, saver_path: Path) -> None:
        from langgraph.checkpoint.sqlite import SqliteSaver

        from agent.graph import build_graph

        self.services = services
        self.settings = services.settings
        self.store = services.store
        self._connection = sqlite3.connect(saver_path, check_same_thread=False, timeout=30)
        os.chmod(saver_path, 0o600)
        self._saver = SqliteSaver(self._connection)
        self._graph = build_graph(self._saver)
        self._locks = self.settings.home / "locks"
        self._locks.mkdir(parents=True, exist_ok=True)
        self._followers: list[threading.Thread] = []

    @classmethod
    def open(cls, settings: Settings) -> Runner:
        """Open the record and the checkpoints; no source, index or llm is touched before it is needed."""
        from agent.llm import make_llm
        from knowledge.search import open_index
        from tools.sources.connect import Connections

        settings.home.mkdir(parents=True, exist_ok=True)
        store = Store.open(settings)
        ensure_demo_accounts(store, settings)
        note_configuration(store, settings)
        services = Services(
            settings=settings,
            store=store,
            llm=make_llm(settings),
            connections=Connections(settings),
            index=open_index(settings),
        )
        if not settings.is_demo("marketing") or settings.source_mapping is not None:
            _seat_accounts(services)
        return cls(services, settings.home / "checkpoints.sqlite")

    def close(self) -> None:
        for follower in list(self._followers):
            follower.join()
        self._connection.close()
        self.services.connections.close()
        self.store.close()

    # ---- people

    def authenticate(self, user: str, password: str) -> Actor:
        return authenticate(self.store, user, password, now())

    def actor(self, user: str) -> Actor:
        with self.store.read() as unit:
            return unit.accounts.actor(user)

    # ---- one turn

    def ask(self, actor: Actor, text: str, thread: str | None = None) -> Iterator[Event]:
        """One chat turn. Bad input, refusals and failures are answers too: the last event is always `Done`."""
        place = thread or new_id("thread")
        yield from self._pump(place, lambda emit: self._asked(actor, text, place, emit))

    def submit(self, actor: Actor, report: str) -> Iterator[Event]:
        """Send a draft to review; idempotent."""
        try:
            act = submit(self.store, actor, report)
            self.services.fault("recorded:submission")
        except GmaError as error:
            yield Done(answer=failed_answer(error, ""))
            return
        yield from self._resume_events(actor, act)

    def decide(
        self, actor: Actor, report: str, verb: str, digest: str, comment: str = "", edit: str | None = None
    ) -> Iterator[Event]:
        """A reviewer's decision on one exact version; `edit` is the text of an edit file (see `agent.edits`)."""
        try:
            known = {item.value for item in Verb}
            if verb not in known:
                raise BadRequest(f"不认识的决定「{verb}」。", "请用 approve、edit、return 或 reject。")
            edited = edit_of(edit) if edit is not None else None
            act = decide(self.store, actor, report, Verb(verb), digest, comment, edited, checklist_of)
            self.services.fault("recorded:decision")
        except GmaError as error:
            yield Done(answer=failed_answer(error, ""))
            return
        if act.verb == Verb.EDIT:
            yield Done(answer=self._answer(act.run, actor))
            return
        yield from self._resume_events(actor, act)

    def recover(self) -> list[str]:
        """Finish what a crash left: open runs go on, waiting runs whose act is recorded resume. Returns their ids.

        A run that cannot be finished now stays owed and keeps none of the others waiting.
        """
        with self.store.read() as unit:
            rows = unit.runs.unfinished()
        finished = []
        for row in rows:
            try:
                with self._locked(f"run-{row.id}"):
                    if self._carry_on(row, self.actor(row.user)):
                        finished.append(row.id)
            except Conflict:
                continue
            except Exception as error:
                problem("run.not_recovered", error, run=row.id)
        return finished

    def embed(self) -> int:
        """Give what was archived its vectors; returns how many sections. What cannot be done now stays owed, at the
        latest to the next search."""
        try:
            return self.services.index(house=False).embed(self.services.fault)
        except Exception as error:
            problem("index.not_embedded", error)
            return 0

    # ---- reading

    def inbox(self, actor: Actor) -> list[ReportSummary]:
        """Reports that wait for this reviewer's decision."""
        if not actor.reviews:
            return []
        with self.store.read() as unit:
            waiting = unit.reports.list(actor, states=[State.WAITING])
        return [item for item in waiting if item.author != actor.user]

    def reports(self, actor: Actor) -> list[ReportSummary]:
        with self.store.read() as unit:
            return unit.reports.list(actor)

    def report(self, actor: Actor, report: str) -> ReportDetail:
        with self.store.read() as unit:
            return unit.reports.detail(report, actor)

    def labels(self, report: str) -> dict[str, str]:
        """The text tokens of a report (names and periods)."""
        with self.store.read() as unit:
            row = unit.reports.row(report)
            labels: dict[str, str] = unit.runs.load(row.run, "labels", {})
            return labels

    def document(self, actor: Actor, report: str, fmt: str, dress: Dress | None = None) -> Path:
        """The current version as a file; a published version gives the released file, unless `dress` asks for another.

        Audited before it is given.
        """
        try:
            path, version = self._document(actor, report, fmt, dress)
        except GmaError as error:
            with self.store.begin() as unit:
                result = "refused" if isinstance(error, Refused | NotFound) else "failed"
                unit.audit.append(actor.user, "export", report, result, {"format": fmt, "reason": error.message})
            raise
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with self.store.begin() as unit:
            told = {"format": fmt, "version": version, "sha256": digest}
            unit.audit.append(actor.user, "export", report, detail=told)
        return path

    def _document(self, actor: Actor, report: str, fmt: str, dress: Dress | None) -> tuple[Path, int]:
        from tools.documents.library import make_document

        with self.store.read() as unit:
            detail = unit.reports.detail(report, unit.accounts.current(actor))
            summary = detail.summary
            verdict = may(actor, "export", summary.org, author=summary.author)
            if not verdict.allowed:
                raise Refused(verdict.reason, "请联系有权限的同事导出。")
            names = {
                "author": unit.accounts.name_of(summary.author),
                "reviewer": unit.accounts.name_of(detail.release.reviewer) if detail.release else "",
            }
        released = detail.documents.get(fmt)
        if released and not (dress and dress.mark) and Path(released).exists():
            return Path(released), summary.version
        approved = next((item.at for item in reversed(detail.decisions) if item.verb is Verb.APPROVE), None)
        made = make_document(
            self.settings,
            fmt,
            report,
            summary.version,
            detail.content,
            self.labels(report),
            approved_at=approved,
            digest=summary.hash,
            dress=dress,
            **names,
        )
        return made, summary.version

    def fact(self, actor: Actor, source: str, fact: str) -> Fact:
        """One fact's card, of a report id or of a thread's run id."""
        with self.store.read() as unit:
            if source.startswith(("run-", "thread-")):
                runs = [unit.runs.get(source)] if source.startswith("run-") else unit.runs.of_thread(source)
                facts = [
                    Fact.model_validate(item)
                    for run in runs
                    if run.user == actor.user
                    for item in unit.runs.load(run.id, "facts", {"facts": []})["facts"]
                ]
            else:
                facts = list(unit.reports.detail(source, actor).content.facts)
        found = next((item for item in facts if item.id == fact), None)
        if found is None:
            raise NotFound(f"没有数据事实「{fact}」。", "请从报告或回答中的数字打开。")
        return found

    # ---- inside

    def _admit(self, actor: Actor, text: str) -> Actor:
        """The actor as the record knows it now, when it may ask this."""
        with self.store.read() as unit:
            actor = unit.accounts.current(actor)
        verdict = may(actor, "ask", actor.org)
        if not verdict.allowed:
            with self.store.begin() as unit:
                unit.audit.append(actor.user, "ask", "-", "refused", {"reason": verdict.reason})
            raise Refused(verdict.reason, "请用业务账号提问。")
        if not text.strip():
            raise BadRequest("没有收到问题。", "请写明要查的指标、单位和时间，例如「望湖区10月售电量」。")
        if len(text) > MAX_TEXT:
            raise BadRequest(f"问题太长（{len(text)} 字）。", f"请压缩到 {MAX_TEXT} 字以内，一次问一件事。")
        return actor

    def _asked(self, actor: Actor, text: str, thread: str, emit: Callable[[Event], None]) -> Answer:
        """Put a new run into the ledger and walk it. Its lock is taken before anybody else can see the run."""
        actor = self._admit(actor, text)
        with self._locked(f"thread-{thread}"), ExitStack() as held:
            with self.store.begin() as unit:
                unit.runs.thread(thread, actor.user)
                run = unit.runs.start(thread, actor.user, text)
                held.enter_context(self._locked(f"run-{run}"))
                unit.audit.append(actor.user, "ask", run, detail={"thread": thread, "length": len(text)})
            self.services.fault("started:run")
            turn = self._turn(actor, run, thread, text, emit)
            return self._drive(turn, {"run": run, "thread": thread, "user": actor.user})

    def _pump(self, thread: str, work_on: Callable[[Callable[[Event], None]], Answer]) -> Iterator[Event]:
        """Do the work in a thread of its own and yield its events as they come; the last one is the answer."""
        events: queue.Queue[Event | None] = queue.Queue()
        result: list[Answer] = []

        def work() -> None:
            try:
                result.append(work_on(events.put))
            except GmaError as error:
                result.append(failed_answer(error, thread))
            except Exception as error:
                # said as a failed turn by the caller; the cause goes to the log
                problem("turn.broken", error, thread=thread)
            finally:
                follows = bool(result) and result[0].status == "published"
                if follows:
                    self._followers.append(threading.current_thread())
                events.put(None)
            if follows:
                self._follow()

        worker = threading.Thread(target=work, name=f"turn-{thread}", daemon=True)
        worker.start()
        while (event := events.get()) is not None:
            yield event
        if not result:
            error = GmaError("处理时发生内部错误，未完成。", "请稍后重试；仍不行请联系系统管理员查看日志。")
            result.append(failed_answer(error, thread))
        yield Done(answer=result[0])

    def _follow(self) -> None:
        """What nobody waits for: the report that was just archived gets its vectors."""
        self.embed()
        self._followers.remove(threading.current_thread())

    def _resume_events(self, actor: Actor, act: Act) -> Iterator[Event]:
        try:
            with self.store.read() as unit:
                row = unit.runs.get(act.run)
                owner = unit.accounts.actor(row.user)
        except GmaError as error:
            yield Done(answer=failed_answer(error, ""))
            return
        if not act.fresh and row.status == "done":
            yield Done(answer=self._answer(act.run, actor))
            return
        yield from self._pump(row.thread, lambda emit: self._resumed(row, owner, emit))

    def _resumed(self, row: RunRow, owner: Actor, emit: Callable[[Event], None]) -> Answer:
        """Carry a recorded act on. Whoever works on the run sees the act before it lets go; else `recover` does."""
        try:
            with self._locked(f"run-{row.id}", wait=RESUME_PATIENCE):
                return self._advance(self._turn(owner, row.id, row.thread, row.text, emit))
        except Conflict:
            return self._answer(row.id, owner)

    def _turn(
        self, actor: Actor, run: str, thread: str, text: str, emit: Callable[[Event], None] = lambda event: None
    ) -> Turn:
        limits = Limits.from_settings(self.settings)
        return Turn(self.services, actor, run, thread, text, emit, limits)

    def _drive(self, turn: Turn, start: Any, *, settle: bool = True) -> Answer:
        """Walk the graph to its end or next wait and settle the ledger; `settle` also submits where asked to."""
        config: Any = {"configurable": {"thread_id": turn.run}, "recursion_limit": self.settings.max_steps}
        try:
            self._graph.invoke(start, config, context=turn, durability="sync")
        except GmaError as error:
            return self._settle_failure(turn, error)
        except Exception as error:
            if said := refusal(error):
                return self._settle_failure(turn, said)
            said = GmaError(f"处理中断：{type(error).__name__}。", "请重试；仍不行请联系系统管理员。")
            self._settle_failure(turn, said)
            raise
        self._settle_wait(turn.run, config)
        answer = self._answer(turn.run, turn.actor, turn)
        return self._auto_submit(turn, answer) if settle else answer

    def _auto_submit(self, turn: Turn, answer: Answer) -> Answer:
        """「…并提交审核」: the author asked for it in the same breath."""
        if answer.status != "drafted" or answer.understood is None or not answer.understood.submit or not answer.report:
            return answer
        submit(self.store, turn.actor, answer.report.id)
        self.services.fault("recorded:submission")
        return self._advance(turn)

    def _settle_wait(self, run: str, config: Any) -> None:
        waiting = [item.value for item in self._graph.get_state(config).interrupts]
        with self.store.begin() as unit:
            row = unit.runs.get(run)
            if row.status == "done":
                self._saver.delete_thread(run)
            elif waiting:
                unit.runs.mark(run, status="waiting", waits_for=waiting[0]["waits_for"])

    def _settle_failure(self, turn: Turn, error: GmaError) -> Answer:
        """A run that fails before its report is filed is over; once there is a report it stays owed and is retried.

        A run that its last step has ended stays ended, though the word of it got lost on the way back.
        """
        with self.store.begin() as unit:
            row = unit.runs.get(turn.run)
            left = "done" if row.status == "done" else "failed" if row.report is None else "open"
            unit.runs.mark(turn.run, status=left, error=str(error))
            unit.audit.append(
                turn.actor.user,
                "ask",
                turn.run,
                "refused" if isinstance(error, Refused) else "failed",
                {"reason": error.message},
            )
        return failed_answer(error, turn.thread, turn)

    def _answer(self, run: str, viewer: Actor, turn: Turn | None = None) -> Answer:
        with self.store.read() as unit:
            return answer_for_run(unit, unit.runs.get(run), turn)

    def _carry_on(self, row: RunRow, actor: Actor) -> bool:
        """Finish one run that a crash left; True when anything was done."""
        before = (row.status, row.node, row.waits_for)
        self._advance(self._turn(actor, row.id, row.thread, row.text))
        with self.store.begin() as unit:
            after = unit.runs.get(row.id)
            return (after.status, after.node, after.waits_for) != before

    def _advance(self, turn: Turn) -> Answer:
        """Take a run as far as the record allows: past every wait whose act is recorded, else from where it stood.

        Where the graph stands decides which act it gets, so that a decision can never answer the wait for a submission.
        """
        from langgraph.types import Command

        config: Any = {"configurable": {"thread_id": turn.run}}
        answer = self._answer(turn.run, turn.actor, turn)
        for _ in range(MOST_RESUMES):
            state = self._graph.get_state(config)
            with self.store.read() as unit:
                row = unit.runs.get(turn.run)
            if row.status in {"done", "failed"}:
                return self._answer(turn.run, turn.actor, turn)
            waiting = [item.value for item in state.interrupts]
            start: Any = None
            if waiting:
                act = self._recorded(waiting[0]["report"], waiting[0]["waits_for"])
                if act is None:
                    self._settle_wait(turn.run, config)
                    return self._answer(turn.run, turn.actor, turn)
                start = Command(resume=act)
            elif not state.values and not state.next:
                start = {"run": turn.run, "thread": turn.thread, "user": turn.actor.user}
            elif not state.next and state.values.get("done") in LAST_STEPS:
                # the last step says that it is done and only the ledger does not know; an empty `next` alone says
                # nothing, a killed run can look so in its middle
                with self.store.begin() as unit:
                    unit.runs.mark(turn.run, status="done", waits_for="")
                continue
            answer = self._drive(turn, start, settle=False)
        return answer

    def _recorded(self, report: str, waits_for: str) -> Any:
        with self.store.read() as unit:
            version = unit.reports.row(report).version
            numbers: Sequence[int] = range(version, 0, -1) if waits_for == "submission" else [version]
            act = next((act for n in numbers if (act := unit.reports.act(report, n, waits_for))), None)
        if act is None:
            return None
        return act.id if waits_for == "submission" else {"id": act.id, "verb": act.verb}

    @contextmanager
    def _locked(self, name: str, wait: float = 0) -> Iterator[None]:
        """One worker per conversation and per run, across processes; the kernel frees the lock of a killed one."""
        plain = name if _PLAIN.fullmatch(name) else hashlib.sha256(name.encode()).hexdigest()
        lock = FileLock(self._locks / f"{plain}.lock", timeout=wait)
        try:
            lock.acquire()
        except Timeout as error:
            raise Conflict("这个会话或报告正在处理上一条请求。", "请等它完成后再试。") from error
        try:
            yield
        finally:
            lock.release()


def _seat_accounts(services: Services) -> None:
    """On a site's own data the demonstration accounts move to units that exist there; a silent source moves nobody."""
    from tools.sources.units import all_units

    try:
        units = all_units(services.settings, services.connections)
        bind_demo_accounts(services.store, OrgTree(orgs=units))
    except GmaError as error:
        problem("accounts.unseated", error)


__all__ = ["Account", "Runner"]
