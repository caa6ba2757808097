"""The life of a report: its states, the acts that move it, and the decisions of a reviewer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class State(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting_approval"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    PUBLISHED = "published"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        return _STATE_LABELS[self]


_STATE_LABELS = {
    State.DRAFT: "草稿",
    State.WAITING: "待审批",
    State.APPROVED: "已批准，发布中",
    State.RETURNED: "已退回",
    State.REJECTED: "已否决",
    State.PUBLISHED: "已发布",
    State.ARCHIVED: "已发布并归档",
}


class Verb(StrEnum):
    """What a reviewer can decide on one exact version."""

    APPROVE = "approve"
    EDIT = "edit"
    RETURN = "return"
    REJECT = "reject"

    @property
    def label(self) -> str:
        return {"approve": "批准", "edit": "修改", "return": "退回", "reject": "否决"}[self.value]


AFTER_DECISION = {
    Verb.APPROVE: State.APPROVED,
    Verb.EDIT: State.WAITING,
    Verb.RETURN: State.RETURNED,
    Verb.REJECT: State.REJECTED,
}


class Decision(BaseModel):
    """A recorded decision: who, when, on which hash, which verb, and why."""

    model_config = ConfigDict(frozen=True)

    id: str
    report: str
    version: int
    hash: str
    reviewer: str
    verb: Verb
    comment: str = ""
    at: datetime
