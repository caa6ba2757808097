"""Actors (操作人): who asks, with which role and for which unit."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from core.domain.org import covers


class Role(StrEnum):
    """Roles of the brief; the three administrator roles exclude each other and all business roles (三员分立)."""

    ANALYST = "analyst"
    STAFF = "staff"
    MANAGER = "manager"
    SYSADMIN = "sysadmin"
    SECADMIN = "secadmin"
    AUDITOR = "auditor"
    DATAOPS = "dataops"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Role.ANALYST: "分析师",
    Role.STAFF: "业务人员",
    Role.MANAGER: "管理决策者",
    Role.SYSADMIN: "系统管理员",
    Role.SECADMIN: "安全管理员",
    Role.AUDITOR: "审计管理员",
    Role.DATAOPS: "数据运维员",
}

ADMIN_ROLES = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR})


class Actor(BaseModel):
    """One signed-in person: account, name to print, role, and the unit code that bounds what is seen."""

    model_config = ConfigDict(frozen=True)

    user: str
    name: str
    role: Role
    org: str

    @property
    def reads_data(self) -> bool:
        """Administrators manage the system; they see no business data."""
        return self.role not in ADMIN_ROLES

    @property
    def reviews(self) -> bool:
        return self.role is Role.MANAGER

    def covers(self, org: str) -> bool:
        return covers(self.org, org)
