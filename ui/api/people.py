"""Who is asking: the actor of a chat session cookie or of a bearer token, read anew from the accounts each time."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request

from core.domain.actor import Actor
from core.errors import GmaError, NotFound
from ui.api.failures import SignInNeeded
from ui.desk import desk
from ui.unit_names import org_name

router = APIRouter(tags=["people"])


async def current_actor(request: Request) -> Actor:
    """The signed-in actor; the role and unit of today, not those of the day the cookie was made."""
    from chainlit.auth.cookie import get_token_from_cookies
    from chainlit.auth.jwt import decode_jwt
    from jwt import InvalidTokenError

    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    token = bearer if scheme.lower() == "bearer" and bearer else get_token_from_cookies(dict(request.cookies))
    if not token:
        raise SignInNeeded("还没有登录。", "请先登录，或在 Authorization 头中带上令牌。")
    try:
        user = decode_jwt(token).identifier
    except (InvalidTokenError, TypeError, KeyError) as error:
        raise SignInNeeded("登录已失效。", "请重新登录。") from error
    try:
        return await desk().call(lambda: desk().runner.actor(user))
    except NotFound as error:
        raise SignInNeeded("账号已不存在。", "请联系系统管理员。") from error


CurrentActor = Annotated[Actor, Depends(current_actor)]


@router.get("/me")
async def me(actor: CurrentActor) -> dict[str, Any]:
    """The signed-in person with role and unit."""
    name = await desk().call(lambda: org_name(desk().runner, actor))
    return {
        "user": actor.user,
        "name": actor.name,
        "role": actor.role.value,
        "role_name": actor.role.label,
        "org": actor.org,
        "org_name": name,
        "reads_data": actor.reads_data,
    }


@router.post("/token")
async def token(username: Annotated[str, Form()], password: Annotated[str, Form()]) -> dict[str, str]:
    """A bearer token for programs, against account and password."""
    from chainlit.auth.jwt import create_jwt
    from chainlit.user import User

    try:
        actor = await desk().call(lambda: desk().runner.authenticate(username, password))
    except GmaError as error:
        raise SignInNeeded(error.message, error.hint) from error
    return {"access_token": create_jwt(User(identifier=actor.user)), "token_type": "bearer"}
