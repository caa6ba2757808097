"""The only entrance: ask, submit, decide, recover. Every call yields events and ends with `Done`.

The run ledger says what is owed; checkpoints only say where a run stood. Acts (submission, decision) are recorded first
in a transaction of their own, then the waiting run resumes with the act's id, so that a crash between the two is
finished by `recover`.
"""

from __future__ import annotations

import hashlib
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from agent.answers import failed_answer
from agent.edits import edit_of
from agent.events import Answer, Done, Event
from agent.turn import Services
from agent.walk import Walk
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
from core.store.reports import ReportDetail, ReportSummary
from core.store.tables import RunRow
from tools.checklist import checklist_of

MAX_TEXT = 4000
RESUME_PATIENCE = 30.0
"""Seconds that a recorded act waits for whoever works on its run."""

if TYPE_CHECKING:
    from tools.documents.shells import Dress


class Runner:
    """One per process. Methods that work return iterators of events; call them from a worker thread."""

    def __init__(self, services: Services, saver_path: Path) -> None:
        self.services = services
        self.settings = services.settings
        self.store = services.store
        self._walk = Walk(services, saver_path)
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
        self._walk.close()
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
            yield Done(answer=self._walk.answer(act.run, actor))
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
                with self._walk.locked(f"run-{row.id}"):
                    if self._walk.carry_on(row, self.actor(row.user)):
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
        with self._walk.locked(f"thread-{thread}"), ExitStack() as held:
            with self.store.begin() as unit:
                unit.runs.thread(thread, actor.user)
                run = unit.runs.start(thread, actor.user, text)
                held.enter_context(self._walk.locked(f"run-{run}"))
                unit.audit.append(actor.user, "ask", run, detail={"thread": thread, "length": len(text)})
            self.services.fault("started:run")
            turn = self._walk.turn(actor, run, thread, text, emit)
            return self._walk.drive(turn, {"run": run, "thread": thread, "user": actor.user})

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
            yield Done(answer=self._walk.answer(act.run, actor))
            return
        yield from self._pump(row.thread, lambda emit: self._resumed(row, owner, emit))

    def _resumed(self, row: RunRow, owner: Actor, emit: Callable[[Event], None]) -> Answer:
        """Carry a recorded act on. Whoever works on the run sees the act before it lets go; else `recover` does."""
        try:
            with self._walk.locked(f"run-{row.id}", wait=RESUME_PATIENCE):
                return self._walk.advance(self._walk.turn(owner, row.id, row.thread, row.text, emit))
        except Conflict:
            return self._walk.answer(row.id, owner)


def _seat_accounts(services: Services) -> None:
    """On a site's own data the demonstration accounts move to units that exist there; a silent source moves nobody."""
    from tools.sources.units import all_units

    try:
        units = all_units(services.settings, services.connections)
        bind_demo_accounts(services.store, OrgTree(orgs=units))
    except GmaError as error:
        problem("accounts.unseated", error)


__all__ = ["Account", "Runner"]
