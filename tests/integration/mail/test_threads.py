"""Conversations: whatever order letters arrive in, the same threads; broken chains mended, strangers kept apart."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import NOW
from tests.letters import OURS, THEIRS, bring, days, letter, stored

from amends.firm.models import Firm
from amends.mail.actions.threads import MEND_DAYS
from amends.mail.models import Message, Thread, ThreadLink


def _threads() -> dict[str, frozenset[str]]:
    """For each message the messages of its thread, by Message-ID."""
    groups: dict[int, set[str]] = defaultdict(set)
    for message_id, thread in Message.objects.values_list("message_id", "thread_id"):
        groups[thread].add(message_id)
    return {one: frozenset(group) for group in groups.values() for one in group}


def _totals() -> list[tuple[object, ...]]:
    """What is kept of each thread, which must be what its messages say."""
    for thread in Thread.objects.prefetch_related("messages"):
        sent = sorted(message.sent_at for message in thread.messages.all())
        assert (thread.first_at, thread.last_at, thread.message_count) == (sent[0], sent[-1], len(sent))
    return sorted(Thread.objects.values_list("subject", "first_at", "last_at", "message_count"), key=str)


def _conversation() -> list[bytes]:
    """A tree with branches, a missing ancestor, a chain without References, and another conversation."""
    root = letter("Here is the plan.\n", at=NOW - days(9), message_id="root@x", subject="Plan")
    parents = {"a": ["root@x"], "b": ["root@x", "a@x"], "c": ["root@x", "missing@x"], "d": ["missing@x"], "e": ["b@x"]}
    replies = [
        letter(f"Answer {name}.\n", sender=OURS if number % 2 else THEIRS, to=THEIRS if number % 2 else OURS,
               at=NOW - days(8 - number), message_id=f"{name}@x", references=references, subject=f"Re: Plan {name}")
        for number, (name, references) in enumerate(parents.items())
    ]  # fmt: skip
    other = letter("Something else.\n", at=NOW - days(1), message_id="other@x", subject="Invoice")
    return [root, *replies, other]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(7)), batch=st.integers(1, 7))
def test_the_order_of_arrival_does_not_matter(firm: Firm, order: list[int], batch: int) -> None:
    mail = _conversation()
    with transaction.atomic():
        bring(*(mail[number] for number in order), now=NOW, batch=batch)
        threads = _threads()
        together = frozenset({"root@x", "a@x", "b@x", "c@x", "d@x", "e@x"})
        assert threads == {**dict.fromkeys(together, together), "other@x": frozenset({"other@x"})}
        assert _totals() == [
            ("Invoice", NOW - days(1), NOW - days(1), 1),
            ("Plan", NOW - days(9), NOW - days(4), 6),
        ]
        assert set(ThreadLink.objects.values_list("thread", flat=True)) == set(
            Thread.objects.values_list("pk", flat=True)
        )
        transaction.set_rollback(True)


def test_a_missing_ancestor_holds_its_descendants_together(firm: Firm) -> None:
    bring(
        letter("One.\n", at=NOW - days(2), message_id="1@x", references=["gone@x"], subject="Re: Logo"),
        letter("Two.\n", at=NOW - days(1), message_id="2@x", references=["gone@x"], subject="Re: Colours"),
        now=NOW,
    )
    assert stored("1@x").thread == stored("2@x").thread


@pytest.mark.parametrize("batch", [1, 3])
def test_a_late_message_joins_two_threads(firm: Firm, batch: int) -> None:
    bring(
        letter("One.\n", at=NOW - days(5), message_id="1@x", subject="Logo"),
        letter("Two.\n", at=NOW - days(4), message_id="2@x", subject="Colours", sender="Kim <kim@elm.example>"),
        letter("Both.\n", at=NOW - days(3), message_id="3@x", references=["1@x", "2@x"], subject="Re: Logo"),
        now=NOW, batch=batch,
    )  # fmt: skip
    [thread] = Thread.objects.all()
    assert (thread.message_count, thread.subject, thread.touched_at) == (3, "Logo", NOW)
    assert stored("2@x").thread == thread
    bring(letter("Late.\n", at=NOW, message_id="4@x", references=["2@x"], subject="Re: Colours"), now=NOW)
    assert stored("4@x").thread == thread


def test_a_chain_of_joins_in_one_batch_and_over_many(firm: Firm) -> None:
    """Many roots, then messages that tie them together pair by pair, in a random order."""
    roots = [letter(f"{n}\n", at=NOW - days(40 - n), message_id=f"r{n}@x", subject=f"Topic {n}") for n in range(8)]
    ties = [
        letter(
            f"tie {n}\n",
            at=NOW - days(20 - n),
            message_id=f"t{n}@x",
            subject="All",
            references=[f"r{n}@x", f"r{n + 1}@x"],
        )
        for n in range(7)
    ]
    random.Random(1).shuffle(ties)  # noqa: S311
    bring(*roots, *ties, now=NOW, batch=4)
    assert Thread.objects.count() == 1
    _totals()


# -- broken chains ------------------------------------------------------------------------------------------------

ASKED = letter("Is the logo ready?\n", at=NOW - days(9), message_id="1@x", subject="The logo for May")


def _answer(**changes: object) -> bytes:
    known: dict[str, object] = {
        "sender": OURS, "to": THEIRS, "at": NOW - days(8), "message_id": "2@x", "subject": "Re: The logo for May",
    }  # fmt: skip
    return letter("It is.\n", **{**known, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("subject", ["Re: The logo for May", "AW: The  logo for may", "RE: [studio] The logo for May"])
def test_a_broken_chain_is_mended_by_subject_and_people(firm: Firm, subject: str) -> None:
    for batch in (1, 2):
        with transaction.atomic():
            bring(ASKED, _answer(subject=subject), now=NOW, batch=batch)
            assert stored("1@x").thread == stored("2@x").thread
            transaction.set_rollback(True)


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": "Bo <bo@studio.example>", "to": "Kim <kim@elm.example>"},  # strangers
        {"to": "Kim <kim@elm.example>"},  # only we are on both
        {"at": NOW - days(9) + days(MEND_DAYS + 2)},  # long ago
        {"at": NOW - days(9) - days(MEND_DAYS + 2)},
        {"subject": "The logo for May"},  # no reply, and neither was the first
        {"subject": "Re: The logo for June"},
    ],
)
def test_a_chain_is_not_mended_across(firm: Firm, changes: dict[str, object]) -> None:
    bring(ASKED, _answer(**changes), now=NOW)
    assert stored("1@x").thread != stored("2@x").thread


def test_an_empty_or_everyday_subject_does_not_bind(firm: Firm) -> None:
    for number, subject in enumerate(("Hi", "Re: Hi", "", "Re:", "Hello", "Re: Hello")):
        bring(letter("Hm.\n", at=NOW - days(9 - number), message_id=f"{number}@x", subject=subject), now=NOW)
    threads = _threads()
    assert threads["2@x"] == {"2@x"}
    assert threads["3@x"] == {"3@x"}
