"""What needs us more, and what to do next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.insights.steps import _NEED, _STEPS, need, next_step

DAY = timedelta(days=1)
KINDS = (
    "complaint", "anger", "frustration", "disappointment", "derailing", "unanswered", "silence", "promise_due",
    "promise_broken", "returning_issue", "scope_request", "waiting_on_client", "renewal_at_risk", "leaving",
    "internal_leak", "praise", "referral",
)  # fmt: skip


def test_every_kind_has_its_need_and_its_step() -> None:
    assert set(_NEED) == set(_STEPS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_need_grows_with_confidence_and_waiting_and_shrinks_when_answered(kind: str) -> None:
    low, high = (need(kind, confidence=p, answered=False, age=DAY) for p in (0.5, 0.9))
    assert 0 < low < high
    assert need(kind, confidence=0.9, answered=True, age=DAY) < high
    later = need(kind, confidence=0.9, answered=False, age=9 * DAY)
    assert later == high if kind in {"praise", "referral"} else later > high
    assert need(kind, confidence=1, answered=False, age=900 * DAY) <= 110
    assert need(kind, confidence=1, answered=False, age=-DAY) == need(kind, confidence=1, answered=False, age=0 * DAY)


def test_who_leaves_comes_before_who_thanks() -> None:
    order = ["leaving", "complaint", "unanswered", "silence", "praise"]
    needs = [need(kind, confidence=0.8, answered=False, age=DAY) for kind in order]
    assert needs == sorted(needs, reverse=True)


def test_next_steps() -> None:
    assert next_step("complaint", answered=False, owner="Ada") == "Ada has it in hand."
    assert next_step("complaint", answered=True, owner=None).startswith("It was answered")
    assert next_step("unanswered", answered=False, owner=None) == "Answer, or say when you will."
