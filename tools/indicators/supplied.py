"""Supplied values (人工补录) in place of facts that the source has no number for."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain.fact import Compare, Fact
from core.domain.supplement import Supplement

WHOLE = frozenset({"", "org", "month"})
"""Facts that a supplement can stand for: a unit's number of a period, not a member of another dimension."""


def with_supplement(fact: Fact, supplied: Mapping[tuple[str, str, str], Supplement]) -> Fact:
    """The fact with its supplement, or the fact as it is: an error or a refusal is never papered over."""
    if not supplied or fact.status != "empty" or (fact.by.dim if fact.by else "") not in WHOLE:
        return fact
    found = supplied.get((fact.indicator, fact.org, fact.period.code))
    if found is None or found.unit != fact.unit:
        return fact
    return fact.model_copy(
        update={
            "value": found.value,
            "status": "ok",
            "reason": "",
            "compare": Compare(rule=fact.compare.rule),
            "as_of": found.at,
            "supplement": found.said(),
        }
    )
