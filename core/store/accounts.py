"""Accounts in the record; who may do what is decided in `core.access`."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import now
from core.domain.actor import Actor, Role
from core.errors import NotFound, Refused
from core.store.tables import AccountRow


class Accounts:
    """Reads and writes account rows of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def row(self, user: str) -> AccountRow | None:
        return self._session.get(AccountRow, user)

    def rows(self) -> list[AccountRow]:
        return list(self._session.scalars(select(AccountRow).order_by(AccountRow.user)))

    def add(self, user: str, name: str, role: Role, org: str, password_hash: str) -> None:
        self._session.merge(
            AccountRow(
                user=user, name=name, role=role.value, org=org, password_hash=password_hash, failed=0, created_at=now()
            )
        )

    def actor(self, user: str) -> Actor:
        """The actor of an account; raises NotFound with the next step."""
        row = self.row(user)
        if row is None:
            raise NotFound(f"没有账号「{user}」。", "用 --as 指定一个已有账号，例如 analyst01。")
        return Actor(user=row.user, name=row.name, role=Role(row.role), org=row.org)

    def current(self, actor: Actor) -> Actor:
        """The actor as the record knows it now, whatever a session still believes; Refused when the account is gone."""
        if self.row(actor.user) is None:
            raise Refused(f"账号「{actor.user}」已停用。", "请联系系统管理员。")
        return self.actor(actor.user)

    def name_of(self, user: str) -> str:
        row = self.row(user)
        return row.name if row else user
