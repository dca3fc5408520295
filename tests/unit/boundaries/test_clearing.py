"""Who may bring a check into which state, and what it needs before."""

from __future__ import annotations

import pytest

from amends.boundaries.clearing import CLEAR, NOT_NEEDED, OPEN, STOPPED, incomplete, refusal


@pytest.mark.parametrize(
    ("role", "before", "after", "own", "may"),
    [
        ("staff", OPEN, CLEAR, False, True),
        ("staff", OPEN, STOPPED, False, True),
        ("staff", OPEN, NOT_NEEDED, False, False),
        ("account_manager", OPEN, NOT_NEEDED, False, True),
        ("staff", STOPPED, OPEN, True, True),
        ("staff", STOPPED, CLEAR, False, False),
        ("account_manager", STOPPED, NOT_NEEDED, False, False),
        ("partner", STOPPED, NOT_NEEDED, False, True),
        ("staff", NOT_NEEDED, OPEN, False, True),
    ],
)
def test_skipping_and_lifting_a_stop_ask_for_more(role: str, before: str, after: str, own: bool, may: bool) -> None:
    assert (refusal(role, before=before, after=after, own_stop=own) == "") is may


@pytest.mark.parametrize(
    ("after", "reason", "evidence", "whole"),
    [
        (CLEAR, "", 0, False), (CLEAR, "", 1, True), (NOT_NEEDED, "", 3, False), (NOT_NEEDED, "No music.", 0, True),
        (STOPPED, "", 0, False), (STOPPED, "A lawyer wrote.", 0, True), (OPEN, "", 0, True),
    ],
)  # fmt: skip
def test_what_a_state_rests_on(after: str, reason: str, evidence: int, whole: bool) -> None:
    assert (incomplete(after=after, reason=reason, evidence=evidence) == "") is whole
