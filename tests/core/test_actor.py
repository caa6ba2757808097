"""What a role may touch at all, and which units an actor's own unit covers."""

from __future__ import annotations

import pytest

from core.domain.actor import Actor, Role
from core.domain.org import covers

ROLES = {
    Role.ANALYST: ("analyst", "分析师", True, False),
    Role.STAFF: ("staff", "业务人员", True, False),
    Role.MANAGER: ("manager", "管理决策者", True, True),
    Role.SYSADMIN: ("sysadmin", "系统管理员", False, False),
    Role.SECADMIN: ("secadmin", "安全管理员", False, False),
    Role.AUDITOR: ("auditor", "审计管理员", False, False),
    Role.DATAOPS: ("dataops", "数据运维员", True, False),
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_its_word_its_label_and_its_reach(role: Role) -> None:
    actor = Actor(user="me", name="甲", role=role, org="99401")
    assert (role.value, role.label, actor.reads_data, actor.reviews) == ROLES[role]


@pytest.mark.parametrize(
    ("scope", "code", "inside"),
    [("99401", "99401", True), ("99401", "9940104", True), ("9940104", "99401", False), ("99401", "99402", False),
     ("", "99401", False), ("", "", False), ("99401", "", False)],
)  # fmt: skip
def test_a_unit_covers_itself_and_what_lies_below(scope: str, code: str, inside: bool) -> None:
    assert covers(scope, code) is inside
    assert Actor(user="me", name="甲", role=Role.STAFF, org=scope).covers(code) is inside
