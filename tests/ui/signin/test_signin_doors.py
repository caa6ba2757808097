"""A gateway or an identity provider says who; the record says what they may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from core.access import DEMO_ACCOUNTS
from core.domain.actor import Actor
from core.errors import BadRequest, Refused
from core.store import Store
from ui.signin.gateway import Gateway
from ui.signin.oidc import Provider

SECRET = "s" * 40
TENANT = Provider(tenants=frozenset({"https://sso"}))


class Record:
    """The account table behind the doors, as the runner opens it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def actor(self, user: str) -> Actor:
        with self._store.begin() as unit:
            return unit.accounts.actor(user)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    store = Store(f"sqlite:///{tmp_path / 'record.sqlite'}")
    with store.begin() as unit:
        for account in DEMO_ACCOUNTS:
            unit.accounts.add(account.user, account.name, account.role, account.org, "-")
    yield Record(store)
    store.close()


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ({"X-GMA-User": "manager02", "X-GMA-Gateway-Secret": SECRET}, "manager02"),
        ({"x-gma-user": " staff01 ", "x-gma-gateway-secret": SECRET}, "staff01"),
        ({"x-gma-user": "manager02"}, "不是来自统一认证网关"),
        ({"x-gma-user": "manager02", "x-gma-gateway-secret": SECRET[:-1]}, "不是来自统一认证网关"),
        ({"x-gma-user": "manager02", "x-gma-gateway-secret": ""}, "不是来自统一认证网关"),
        ({"x-gma-user": "manager02", "x-gma-gateway-secret": "密" * 40}, "不是来自统一认证网关"),
        ({"x-gma-gateway-secret": SECRET}, "没有给出账号"),
        ({"x-gma-user": "stranger", "x-gma-gateway-secret": SECRET}, "没有账号「stranger」"),
    ],
)
def test_the_gateway_header(headers: Mapping[str, str], outcome: str, record: Record) -> None:
    gateway = Gateway(SECRET)
    if outcome in {"manager02", "staff01"}:
        assert gateway.actor(headers, record).user == outcome
    else:
        with pytest.raises(Refused, match=outcome):
            gateway.actor(headers, record)


def test_a_short_gateway_secret_is_not_accepted() -> None:
    with pytest.raises(BadRequest, match="太短"):
        Gateway("short")


@pytest.mark.parametrize(
    ("provider", "claims", "outcome"),
    [
        (Provider(), {"preferred_username": "analyst01", "role": "manager", "org": "9"}, "analyst01"),
        (TENANT, {"preferred_username": "analyst01", "iss": "https://sso"}, "analyst01"),
        (TENANT, {"preferred_username": "analyst01", "iss": "https://other"}, "来源"),
        (TENANT, {"preferred_username": "analyst01"}, "来源"),
        (Provider(), {"sub": "analyst01"}, "没有给出账号"),
        (Provider(), {"preferred_username": ["analyst01"]}, "没有给出账号"),
        (Provider(), {"preferred_username": "stranger"}, "没有账号「stranger」"),
        (Provider(claim="email"), {"email": "analyst01", "email_verified": "true"}, "邮箱尚未验证"),
        (Provider(claim="email"), {"email": "analyst01", "email_verified": True}, "analyst01"),
    ],
)
def test_the_identity_provider(provider: Provider, claims: dict[str, Any], outcome: str, record: Record) -> None:
    if outcome == "analyst01":
        actor = provider.actor(claims, record)
        assert (actor.user, actor.role.value, actor.org) == ("analyst01", "analyst", "99401")
    else:
        with pytest.raises(Refused, match=outcome):
            provider.actor(claims, record)
