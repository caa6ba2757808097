"""Outcomes of measures (措施执行结果): what was done for a customer at risk, by whom, and how it went."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

Verdict = Literal["成功", "部分", "未成"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class MeasureOutcome(BaseModel):
    """One outcome as a named person recorded it; it counts until it is withdrawn.

    `measure` is a cause of the strategy library, `org` the customer's unit, `done` the day on which the measure was
    carried out. What the measure did to the energy is not told here: it is measured from the data.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    customer: str
    org: str
    measure: str
    done: date
    owner: str
    verdict: Verdict
    note: str
    actor: str
    name: str
    at: datetime
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None

    def said(self) -> str:
        """Who recorded it and when, and what they noted."""
        return f"{self.name}于{self.at:%Y-%m-%d %H:%M}记录" + (f"，说明：{self.note}" if self.note else "")
