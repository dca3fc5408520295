"""Who gets an answer, who is new, who drops off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.outbox.compose import NoAddress, Person, one_line
from amends.outbox.recipients import Audience, Party, answer_to, compare, typed, written

ASKED = (
    Party("from", "Petra", "petra@hartwell.example"), Party("to", "Ada", "ada@studio.example"),
    Party("to", "Ben", "ben@studio.example"), Party("cc", "Jo", "jo@hartwell.example"),
    Party("cc", "", "ada@studio.example"), Party("bcc", "Lawyer", "lawyer@law.example"), Party("to", "undisclosed", ""),
)  # fmt: skip
MINE = {"ada@studio.example"}


def _emails(audience: Audience) -> list[str]:
    return [f"{role} {person.email.partition('@')[0]}" for role, person in audience.people]


def test_an_answer_goes_to_who_wrote() -> None:
    assert _emails(answer_to(ASKED, ours=False, mine=MINE, everybody=False)) == ["to petra"]


def test_an_answer_to_all_leaves_oneself_and_hidden_ones_out() -> None:
    assert _emails(answer_to(ASKED, ours=False, mine=MINE, everybody=True)) == ["to petra", "to ben", "cc jo"]


def test_reply_to_counts_before_from() -> None:
    asked = (*ASKED, Party("reply_to", "Desk", "desk@hartwell.example"))
    assert _emails(answer_to(asked, ours=False, mine=MINE, everybody=False)) == ["to desk"]


def test_following_up_ones_own_goes_to_the_same_people() -> None:
    sent = (Party("from", "Ada", "ada@studio.example"), Party("to", "Petra", "petra@hartwell.example"),
            Party("cc", "Jo", "jo@hartwell.example"))  # fmt: skip
    assert _emails(answer_to(sent, ours=True, mine=MINE, everybody=False)) == ["to petra"]
    assert _emails(answer_to(sent, ours=True, mine=MINE, everybody=True)) == ["to petra", "cc jo"]


def test_a_note_to_oneself_is_answered_to_oneself() -> None:
    note = (Party("from", "Ada", "ada@studio.example"), Party("to", "Ada", "ada@studio.example"))
    assert _emails(answer_to(note, ours=True, mine=MINE, everybody=True)) == ["to ada"]


def test_what_is_no_address_is_not_written_to() -> None:
    odd = (Party("from", "X", "no address@"), Party("sender", "Y", "y@x.example"))
    assert _emails(answer_to(odd, ours=False, mine=MINE, everybody=False)) == ["to y"]


def test_who_is_new_and_who_drops_off() -> None:
    audience = Audience(typed("petra@hartwell.example, new@hartwell.example"), (), typed("spy@rival.example"))
    change = compare(
        audience, answered=ASKED, known={party.email for party in ASKED if party.email}, mine=MINE,
        organisation=lambda email: email.partition("@")[2], is_own=lambda email: email.endswith("@studio.example"),
    )  # fmt: skip
    assert [person.email for person in change.added] == ["new@hartwell.example", "spy@rival.example"]
    assert change.organisations == ("rival.example",)
    assert [party.email for party in change.dropped] == [
        "ben@studio.example", "jo@hartwell.example", "lawyer@law.example",
    ]  # fmt: skip


def test_a_colleague_is_no_new_organisation() -> None:
    change = compare(
        Audience(typed("eve@studio.example")), answered=(), known=(), mine=MINE,
        organisation=lambda email: email.partition("@")[2], is_own=lambda email: email.endswith("@studio.example"),
    )  # fmt: skip
    assert (len(change.added), change.organisations) == (1, ())


def test_fields_as_people_type_them() -> None:
    text = 'petra@x.example; "Köhler, Jo" <JO@x.example>\nBen B <ben@y.example>,, petra@x.example'
    assert typed(text) == (
        Person("", "petra@x.example"), Person("Köhler, Jo", "jo@x.example"), Person("Ben B", "ben@y.example"),
    )  # fmt: skip
    assert typed(" , ") == ()
    for wrong in ("petra", "petra@x.example jo@x.example", "Petra <petra>", "<a@x.example", "a@x.example>"):
        with pytest.raises(NoAddress):
            typed(wrong)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=4))
def test_what_is_written_can_be_typed(names: list[str]) -> None:
    people = tuple(Person(one_line(name), f"a{number}@x.example") for number, name in enumerate(names))
    assert typed(written(people)) == people
