"""Sign-in by an identity provider (OIDC / OAuth): maps the verified claims of a user to an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.actor import Actor
from core.errors import Refused
from ui.signin import Directory, known


@dataclass(frozen=True)
class Provider:
    """`claim` names the account; `tenants` are the allowed values of `tenant_claim` (empty: any of this provider).

    The claims must come from the provider's own token or user-info endpoint, fetched by the server.
    """

    name: str = "统一身份认证"
    claim: str = "preferred_username"
    tenant_claim: str = "iss"
    tenants: frozenset[str] = frozenset()

    def actor(self, claims: Mapping[str, Any], directory: Directory) -> Actor:
        """The actor of a user. Raises Refused for another tenant, an unverified e-mail, or without an account."""
        if self.tenants and claims.get(self.tenant_claim) not in self.tenants:
            raise Refused(f"{self.name}的来源不在允许范围内。", "请使用本单位的账号登录。")
        user = claims.get(self.claim)
        if not isinstance(user, str) or not user.strip():
            raise Refused(f"{self.name}没有给出账号（{self.claim}）。", "请联系系统管理员核对认证配置。")
        if self.claim == "email" and claims.get("email_verified") is not True:
            raise Refused("邮箱尚未验证，不能用来登录。", "请先在认证平台验证邮箱。")
        return known(directory, user.strip(), self.name)
