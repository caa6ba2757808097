"""A record with people and one report that waits for review: what the faults around a decision start from."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from core.access import DEMO_ACCOUNTS, hash_password
from core.approval import submit
from core.domain.actor import Actor, Role
from core.domain.fact import Fact
from core.domain.period import Period
from core.domain.report import Paragraph, ReportContent, Section
from core.store import Store

ORG = "99401"


def opened(folder: Path, *, patience: float = 30.0) -> Store:
    return Store(f"sqlite:///{folder / 'record.sqlite'}", folder / "audit.anchor", patience=patience)


def people(store: Store, managers: int = 3) -> list[Actor]:
    """The demonstration accounts and more reviewers; returns the reviewers of the city."""
    digest = hash_password("Yunzhou-2026-demo")
    with store.begin() as unit:
        for account in DEMO_ACCOUNTS:
            unit.accounts.add(account.user, account.name, account.role, account.org, digest)
        for at in range(3, 3 + managers - 1):
            unit.accounts.add(f"manager{at:02d}", f"审核{at}", Role.MANAGER, ORG, digest)
    users = ["manager01", *(f"manager{at:02d}" for at in range(3, 3 + managers - 1))]
    with store.read() as unit:
        return [unit.accounts.actor(user) for user in users]


def draft(store: Store, author: str = "analyst01", words: str = "完成售电量{{F1}}。") -> str:
    """A filed draft with one fact; returns its id."""
    period = Period.parse("2026-10")
    fact = Fact(id="F1", indicator="A02", name="售电量", value=Decimal(100), unit="kWh", period=period, org=ORG)
    section = Section(id="overview", heading="总体情况", blocks=(Paragraph(text=words),))
    content = ReportContent(
        title="月报", template="R1", org=ORG, org_name="云州", period=period, sections=(section,), facts=(fact,)
    )
    with store.begin() as unit:
        thread = unit.runs.thread(None, author)
        run = unit.runs.start(thread.id, author, "月报")
        return unit.reports.file(run, content, (), author).id


def waiting(store: Store, author: str = "analyst01") -> tuple[str, str]:
    """A draft sent to review; returns its id and hash."""
    report = draft(store, author)
    with store.read() as unit:
        actor = unit.accounts.actor(author)
    submit(store, actor, report)
    with store.read() as unit:
        return report, unit.reports.version(report).hash


def count(store: Store, sql: str, **values: object) -> int:
    from sqlalchemy import text

    with store.engine.connect() as connection:
        return int(connection.execute(text(sql), values).scalar_one())
