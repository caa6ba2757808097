"""Ways to sign in (登录): each file turns proof from outside into an account of the record.

Password sign-in is `core.access.authenticate`. A gateway or an identity provider only says *who* it is; role and unit
always come from our own record, and nobody becomes an account by arriving.
"""

from __future__ import annotations

from typing import Protocol

from core.domain.actor import Actor
from core.errors import NotFound, Refused


class Directory(Protocol):
    """Where accounts are looked up; the runner is one. Raises NotFound for an unknown user."""

    def actor(self, user: str) -> Actor: ...


def known(directory: Directory, user: str, door: str) -> Actor:
    """The account of a user that `door` has vouched for; raises Refused when there is none."""
    try:
        return directory.actor(user)
    except NotFound as error:
        raise Refused(f"{door}已确认您的身份，但本系统没有账号「{user}」。", "请联系系统管理员开通账号。") from error
