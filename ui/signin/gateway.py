"""Sign-in by a gateway header (统一认证网关): the gateway authenticates and names the user in a header."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.actor import Actor
from core.errors import BadRequest, Refused
from ui.signin import Directory, known

MIN_SECRET = 32


@dataclass(frozen=True)
class Gateway:
    """A header is only as good as its sender: the gateway must also send a shared secret of 32 characters or more,
    and must remove both headers from what browsers send."""

    secret: str
    user_header: str = "x-gma-user"
    secret_header: str = "x-gma-gateway-secret"

    def __post_init__(self) -> None:
        if len(self.secret) < MIN_SECRET:
            raise BadRequest(
                f"网关共享密钥太短，至少 {MIN_SECRET} 个字符。", "请生成新的随机密钥，并在网关与本系统同时配置。"
            )

    def actor(self, headers: Mapping[str, str], directory: Directory) -> Actor:
        """The actor of a request. Raises Refused without the right secret, without a user, or without an account."""
        folded = {name.lower(): value for name, value in headers.items()}
        sent = folded.get(self.secret_header.lower(), "")
        if not hmac.compare_digest(sent.encode(), self.secret.encode()):
            raise Refused("请求不是来自统一认证网关。", "请从统一认证门户进入。")
        user = folded.get(self.user_header.lower(), "").strip()
        if not user:
            raise Refused("统一认证网关没有给出账号。", "请重新登录统一认证门户。")
        return known(directory, user, "统一认证")
