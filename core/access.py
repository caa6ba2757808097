"""Who may do what (权限), and how people prove who they are.

One table answers every question of permission; the scope of a unit and the separation of author and reviewer are
checked beside it. Passwords are bcrypt over SHA-256, so that long ones are not cut at 72 bytes. Limits: domain §5.3.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import string
import unicodedata
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from core.domain.actor import Actor, Role
from core.errors import Broken, NotFound, Refused
from core.settings import LOCAL, Settings

if TYPE_CHECKING:
    from core.domain.org import Org, OrgTree
    from core.store import Store
    from core.store.tables import AccountRow

MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=20)
MIN_LENGTH, MAX_LENGTH = 10, 64
_COST = 11
_DECOY = b"$2b$11$pXim2gebINFS1CPvBrvzoeHSS5adaA8oXaIFTrljJD3ZgcRTDyKwm"  # of random bytes that nobody has
_WRONG = "账号或口令不正确，或账号已被锁定。"
_WRONG_HINT = "请核对后重试；连续 5 次不正确将锁定 20 分钟，锁定后请稍候或联系系统管理员。"

Action = Literal[
    "ask",
    "draft",
    "submit",
    "decide",
    "waive",
    "comment",
    "export",
    "read_report",
    "search",
    "supplement",
    "outcome",
    "reveal",
    "analysis_train",
    "analysis_promote",
    "audit_verify",
    "audit_read",
    "administer",
]


class Verdict(NamedTuple):
    """Whether an action is allowed, and the Chinese reason when it is not."""

    allowed: bool
    reason: str = ""


@dataclass(frozen=True)
class Grant:
    """One line of the table: who, whether the unit must be covered, and how the actor stands to the author."""

    label: str
    roles: frozenset[Role]
    scoped: bool = True
    author: Literal["anyone", "self", "other"] = "anyone"


_BUSINESS = frozenset({Role.ANALYST, Role.STAFF, Role.MANAGER, Role.DATAOPS})

GRANTS: dict[str, Grant] = {
    "ask": Grant("查询业务数据", _BUSINESS),
    "draft": Grant("编制报告", _BUSINESS),
    "submit": Grant("送审报告", _BUSINESS, author="self"),
    "decide": Grant("审批报告", frozenset({Role.MANAGER}), author="other"),
    "waive": Grant("豁免校验发现", frozenset({Role.MANAGER}), author="other"),
    "comment": Grant("批注报告", _BUSINESS),
    "export": Grant("导出报告", _BUSINESS),
    "read_report": Grant("查看报告", _BUSINESS),
    "search": Grant("检索知识库", _BUSINESS),
    "supplement": Grant("补录数据", frozenset({Role.ANALYST, Role.STAFF, Role.DATAOPS})),
    "outcome": Grant("记录措施执行结果", frozenset({Role.ANALYST, Role.STAFF, Role.MANAGER})),
    "reveal": Grant("查看脱敏信息的明文", frozenset({Role.STAFF, Role.MANAGER})),
    "analysis_train": Grant("训练分析", frozenset({Role.ANALYST, Role.DATAOPS})),
    "analysis_promote": Grant("启用或回退分析版本", frozenset({Role.MANAGER})),
    "audit_verify": Grant("核验审计日志", frozenset({Role.AUDITOR}), scoped=False),
    "audit_read": Grant("查阅审计日志", frozenset({Role.AUDITOR}), scoped=False),
    "administer": Grant("管理系统", frozenset({Role.SYSADMIN, Role.SECADMIN}), scoped=False),
}


def may(actor: Actor, action: str, org: str, author: str | None = None) -> Verdict:
    """Whether `actor` may do `action` in unit `org` on something that `author` (a user) wrote.

    Closed by default: an unknown action, or a decision on something without a known author, is refused.
    """
    grant = GRANTS.get(action)
    if grant is None:
        return Verdict(False, f"没有名为「{action}」的操作。")
    if actor.role not in grant.roles:
        return Verdict(False, f"{actor.role.label}无权{grant.label}。")
    if grant.scoped and not actor.covers(org):
        return Verdict(False, f"单位 {org or '（未指明）'} 不在您的权限范围（{actor.org}）内，不能{grant.label}。")
    if grant.author == "other" and author is None:
        return Verdict(False, f"缺少编制人记录，不能{grant.label}。")
    if grant.author == "other" and author == actor.user:
        return Verdict(False, f"编制人不能办理自己的报告（{grant.label}）。")
    if grant.author == "self" and author is not None and author != actor.user:
        return Verdict(False, f"只有编制人本人可以{grant.label}。")
    return Verdict(True)


@dataclass(frozen=True)
class Account:
    """One account as the record keeps it."""

    user: str
    name: str
    role: Role
    org: str


DEMO_ACCOUNTS: tuple[Account, ...] = (
    Account("analyst01", "李分析", Role.ANALYST, "99401"),
    Account("staff01", "周业务", Role.STAFF, "9940104"),
    Account("manager01", "王主任", Role.MANAGER, "99401"),
    Account("manager03", "郑副总", Role.MANAGER, "99401"),
    Account("manager02", "陈经理", Role.MANAGER, "9940101"),
    Account("sysadmin01", "赵系统", Role.SYSADMIN, "99401"),
    Account("secadmin01", "钱安全", Role.SECADMIN, "99401"),
    Account("auditor01", "孙审计", Role.AUDITOR, "99401"),
    Account("dataops01", "吴运维", Role.DATAOPS, "99401"),
)


def hash_password(password: str) -> str:
    """A salted bcrypt hash (about 0.1 s of work)."""
    import bcrypt

    return bcrypt.hashpw(_prepared(password), bcrypt.gensalt(_COST)).decode()


def password_matches(password: str, digest: str | None) -> bool:
    """Compare in constant time; without a digest the same work is done and the answer is no."""
    import bcrypt

    matches = bcrypt.checkpw(_prepared(password), digest.encode() if digest else _DECOY)
    return matches and digest is not None


def _prepared(password: str) -> bytes:
    normal = unicodedata.normalize("NFKC", password).encode()
    return base64.b64encode(hashlib.sha256(normal).digest())


def password_problems(password: str, user: str = "") -> list[str]:
    """What is wrong with a new password by policy, in Chinese; [] when it may be used."""
    kinds = (str.islower, str.isupper, str.isdigit)
    classes = sum(any(kind(char) for char in password) for kind in kinds)
    classes += any(not char.isalnum() and not char.isspace() for char in password)
    problems = []
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        problems.append(f"口令须为 {MIN_LENGTH} 至 {MAX_LENGTH} 个字符。")
    if classes < 3:
        problems.append("口令须包含大写字母、小写字母、数字、符号中的至少三类。")
    if user and user.lower() in password.lower():
        problems.append("口令不能包含账号。")
    if any(char.isspace() or not char.isprintable() for char in password):
        problems.append("口令不能包含空白或不可见字符。")
    if len(set(password)) < 5:
        problems.append("口令中不同的字符太少。")
    return problems


def authenticate(store: Store, user: str, password: str, now: datetime) -> Actor:
    """The actor behind a user name and password.

    Raises Refused with one and the same sentence for an unknown user, a wrong password and a locked account, after the
    same work, so that nobody learns which it was. Five failures in a row lock the account for twenty minutes; while it
    is locked even the right password is refused. Every attempt is audited.
    """
    now = _aware(now)
    with store.read() as unit:
        row = unit.accounts.row(user)
        digest = row.password_hash if row else None
    matches = password_matches(password, digest)
    with store.begin() as unit:
        row = unit.accounts.row(user)
        actor, result = _settle(row, matches and row is not None and row.password_hash == digest, now)
        named = user if row else "-"
        unit.audit.append(named, "sign_in", named, "ok" if actor else "refused", {"result": result})
    if actor is None:
        raise Refused(_WRONG, _WRONG_HINT)
    return actor


def _settle(row: AccountRow | None, matches: bool, now: datetime) -> tuple[Actor | None, str]:
    """Count the attempt on the account row within the caller's transaction."""
    if row is None:
        return None, "unknown"
    if row.locked_until is not None and _aware(row.locked_until) > now:
        return None, "locked"
    if matches:
        row.failed, row.locked_until = 0, None
        return Actor(user=row.user, name=row.name, role=Role(row.role), org=row.org), "ok"
    row.failed += 1
    if row.failed >= MAX_FAILURES:
        row.failed, row.locked_until = 0, now + LOCKED_FOR
        return None, "wrong, now locked"
    return None, "wrong"


def _aware(moment: datetime) -> datetime:
    """Local time with its offset; SQLite gives back what was stored without one."""
    return moment.replace(tzinfo=LOCAL) if moment.tzinfo is None else moment.astimezone(LOCAL)


def ensure_demo_accounts(store: Store, settings: Settings) -> str:
    """Create the demonstration accounts that are missing, and return their password.

    When the password is set anew (`GMA_DEMO_PASSWORD`), the accounts that share the old one get the new one; an
    account whose password was changed keeps its own.
    """
    password = demo_password(settings)
    with store.read() as unit:
        stored = {row.user: row.password_hash for row in unit.accounts.rows()}
    missing = [account for account in DEMO_ACCOUNTS if account.user not in stored]
    shared = Counter(stored[account.user] for account in DEMO_ACCOUNTS if account.user in stored).most_common(1)
    stale = {digest for digest, _ in shared if not password_matches(password, digest)}
    if not missing and not stale:
        return password
    digest = hash_password(password)
    with store.begin() as unit:
        present = {row.user: row for row in unit.accounts.rows()}
        for account in DEMO_ACCOUNTS:
            row = present.get(account.user)
            if row is None:
                unit.accounts.add(account.user, account.name, account.role, account.org, digest)
            elif row.password_hash in stale:
                row.password_hash, row.failed, row.locked_until = digest, 0, None
    return password


def bind_demo_accounts(store: Store, tree: OrgTree) -> list[Account]:
    """Move demonstration accounts whose unit the connected sources do not have: city accounts to the first root,
    county accounts to a county of their own. Returns the accounts that moved."""
    roots = tree.roots()
    if not roots:
        raise NotFound("数据源里没有任何供电单位。", "请检查营销2.0的 org 表，或数据源地址配置。")
    city = next((org for org in roots if org.level == "city"), roots[0])
    counties = tree.children(city.code) or [city]
    moved = []
    with store.begin() as unit:
        for account in DEMO_ACCOUNTS:
            row = unit.accounts.row(account.user)
            if row is None or tree.get(row.org) is not None:
                continue
            row.org = _seat(account, city, counties).code
            moved.append(Account(row.user, row.name, Role(row.role), row.org))
        if moved:
            unit.audit.append("system", "bind_accounts", city.code, detail={item.user: item.org for item in moved})
    return moved


def _seat(account: Account, city: Org, counties: list[Org]) -> Org:
    if account.org == "99401":
        return city
    return counties[0] if account.user == "manager02" else counties[-1]


def demo_password(settings: Settings) -> str:
    """`GMA_DEMO_PASSWORD`, or one made at random once and kept in `GMA_HOME/demo_password`, readable by the owner."""
    if settings.demo_password:
        return settings.demo_password
    return kept_secret(settings.home / "demo_password", _random_password)


def signing_secret(settings: Settings) -> str:
    """`GMA_SECRET`, or one made at random once and kept in `GMA_HOME/secret`, readable by the owner."""
    return settings.secret or kept_secret(settings.home / "secret", lambda: secrets.token_urlsafe(48))


def _random_password() -> str:
    """Fourteen characters of at least three classes, none that look alike."""
    letters = "".join(char for char in string.ascii_letters + string.digits if char not in "Il1O0o")
    while True:
        word = "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))
        if not password_problems(word):
            return word


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """The text of a file that only its owner may read; made once, also when several processes start together."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(make() + "\n")
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    kept = path.read_text(encoding="utf-8").strip()
    if not kept:
        raise Broken(f"文件 {path.name} 是空的。", "请删除该文件后重新启动，系统会重新生成。")
    return kept
