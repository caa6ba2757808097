"""The states of a report and what people call them."""

from __future__ import annotations

import pytest

from core.domain.lifecycle import AFTER_DECISION, State, Verb

STATES = {
    State.DRAFT: ("draft", "草稿"),
    State.WAITING: ("waiting_approval", "待审批"),
    State.APPROVED: ("approved", "已批准，发布中"),
    State.RETURNED: ("returned", "已退回"),
    State.REJECTED: ("rejected", "已否决"),
    State.PUBLISHED: ("published", "已发布"),
    State.ARCHIVED: ("archived", "已发布并归档"),
}
VERBS = {
    Verb.APPROVE: ("approve", "批准", State.APPROVED),
    Verb.EDIT: ("edit", "修改", State.WAITING),
    Verb.RETURN: ("return", "退回", State.RETURNED),
    Verb.REJECT: ("reject", "否决", State.REJECTED),
}


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_its_stored_word_and_its_label(state: State) -> None:
    assert (state.value, state.label) == STATES[state]


@pytest.mark.parametrize("verb", list(Verb))
def test_every_verb_leads_to_its_state(verb: Verb) -> None:
    assert (verb.value, verb.label, AFTER_DECISION[verb]) == VERBS[verb]
