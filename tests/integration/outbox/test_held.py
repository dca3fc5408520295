"""What the check says of an answer: it warns, holds, and lets go; of two who decide at once, one does."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.conftest import NOW

from amends.clients.models import Client, GlossaryTerm
from amends.firm.models import Firm, Member, Role
from amends.flows import send
from amends.flows.guard import Seen, choose, react
from amends.mail.models import Mailbox, Message, Thread
from amends.mail.queries import Reader
from amends.outbox.compose import Person
from amends.outbox.models import Draft, Made, Reaction, State
from amends.outbox.queries import listed, to_settle
from amends.outbox.recipients import Audience
from amends.outbox.rules import Offer

pytestmark = pytest.mark.usefixtures("account")
BLAME = "Dear Petra,\n\nYou should have told us about the date. I will send the corrected brochure on Friday.\n"
FINE = "Dear Petra,\n\nthe mistake is ours, and I am sorry. The corrected brochure is with you on Friday.\n"
PETRA = Audience((Person("Petra Hartwell", "petra@hartwell.example"),))


def person(name: str, role: Role) -> Member:
    return Member.objects.create_member(email=f"{name.lower()}@studio.example", name=name, role=role, now=NOW)


@pytest.fixture
def staff(firm: Firm) -> Member:
    return person("Sam", Role.STAFF)


@pytest.fixture
def partner(firm: Firm) -> Member:
    return person("Pat", Role.PARTNER)


def answer(text: str, **more: object) -> send.Answer:
    message = Message.objects.get(direction="in")
    return replace(send.Answer(uuid.uuid4(), message.public_id, PETRA, text), **more)  # type: ignore[arg-type]


def sends(thread: Thread, given: send.Answer, by: Member, at: datetime = NOW) -> Draft:
    return send.reply(Reader(by), thread.public_id, given, by=by, now=at)


def marks(thread: Thread, given: send.Answer, by: Member) -> frozenset[str]:
    with pytest.raises(send.LookAgain) as raised:
        sends(thread, given, by)
    return frozenset(each.mark for each in raised.value.findings)


def held(thread: Thread, by: Member) -> Draft:
    """A draft of theirs that the firm's own weighing holds."""
    choose("blame-should-have", "stop", by=by, now=NOW)
    given = answer(BLAME)
    return sends(thread, replace(given, seen=marks(thread, given, by)), by)


def test_what_is_fine_leaves_without_a_question(thread: Thread, staff: Member) -> None:
    draft = sends(thread, answer(FINE), staff)
    assert (draft.state, draft.findings) == (State.QUEUED, [])
    assert not Reaction.objects.exists()


def test_a_warning_asks_once_and_says_what_was_made_of_it(thread: Thread, staff: Member) -> None:
    given = answer(BLAME)
    seen = marks(thread, given, staff)
    assert not Draft.objects.exists()
    draft = sends(thread, replace(given, seen=seen), staff)
    assert draft.state == State.QUEUED
    assert [each["rule"] for each in draft.findings] == ["blame-should-have"]
    assert list(Reaction.objects.values_list("rule", "made", "member")) == [("blame-should-have", "sent", staff.pk)]
    assert sends(thread, replace(given, seen=seen), staff) == draft


def test_what_was_shown_and_is_gone_was_reworded(thread: Thread, staff: Member) -> None:
    given = answer(BLAME)
    shown = [Seen("blame-should-have", each) for each in marks(thread, given, staff)]
    sends(thread, replace(given, text=FINE, shown=[*shown, Seen("no-such-rule", "x")]), staff)
    assert list(Reaction.objects.values_list("rule", "made")) == [("blame-should-have", "reworded")]


def test_what_was_dismissed_asks_no_more(thread: Thread, staff: Member) -> None:
    given = answer(BLAME)
    (mark,) = marks(thread, given, staff)
    react(Seen("blame-should-have", mark), draft_key=given.key, made=Made.DISMISSED, reason="fits", by=staff, now=NOW)
    assert sends(thread, given, staff).findings == []
    assert list(Reaction.objects.values_list("made", "reason")) == [("dismissed", "fits")]


def test_a_stop_holds_until_somebody_who_may_decide_lets_it_go(thread: Thread, staff: Member, partner: Member) -> None:
    draft = held(thread, staff)
    assert draft.state == State.HELD
    assert draft.next_try_at is None
    assert to_settle(partner) == 1
    assert [each.pk for each in listed(partner, now=NOW)] == [draft.pk]
    assert send.offered(draft, staff) == [Offer.TAKE_BACK, Offer.DROP]
    with pytest.raises(send.TooLate):
        send.settle(draft.public_id, Offer.RELEASE, seen="", why="I say so", by=staff, now=NOW)
    with pytest.raises(send.NotReady, match="Say why"):
        send.settle(draft.public_id, Offer.RELEASE, seen="", why=" ", by=partner, now=NOW)
    done = send.settle(draft.public_id, Offer.RELEASE, seen=send.step_of(draft), why="It is so.", by=partner, now=NOW)
    assert (done.state, done.decided_why, done.settled_by) == (State.QUEUED, "It is so.", partner)
    assert done.not_before == NOW + timedelta(seconds=10)


def test_dismissing_a_stop_lets_nothing_go_by_itself(thread: Thread, staff: Member, partner: Member) -> None:
    choose("blame-should-have", "stop", by=partner, now=NOW)
    for who, state in ((staff, State.HELD), (partner, State.QUEUED)):
        given = answer(BLAME)
        seen = marks(thread, given, who)
        for mark in seen:
            found = Seen("blame-should-have", mark)
            react(found, draft_key=given.key, made=Made.DISMISSED, reason="wrong", by=who, now=NOW)
        assert sends(thread, replace(given, seen=seen), who).state == state


def test_of_two_who_decide_one_does(thread: Thread, staff: Member, partner: Member) -> None:
    draft = held(thread, staff)
    other, seen = person("Quinn", Role.ADMINISTRATOR), send.step_of(draft)
    send.settle(draft.public_id, Offer.RELEASE, seen=seen, why="Fine.", by=partner, now=NOW)
    for offer in (Offer.RELEASE, Offer.DROP):
        with pytest.raises(send.TooLate):
            send.settle(draft.public_id, offer, seen=seen, why="No.", by=other, now=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.settled_by) == (State.QUEUED, partner)


def test_it_is_let_go_with_other_words(thread: Thread, staff: Member, partner: Member) -> None:
    draft = held(thread, staff)
    with pytest.raises(send.NotReady, match="changed"):
        send.rewrite(Reader(partner), draft.public_id, FINE, seen="", why="", by=partner, now=NOW)
    done = send.rewrite(Reader(partner), draft.public_id, FINE, seen="", why="Softer.", by=partner, now=NOW)
    assert (done.state, done.text, done.findings, done.author) == (State.QUEUED, FINE, [], staff)
    assert b"mistake is ours" in bytes(done.composed.data)


def test_its_author_takes_it_back(thread: Thread, staff: Member, partner: Member) -> None:
    draft = held(thread, staff)
    assert send.settle(draft.public_id, Offer.TAKE_BACK, seen="", by=staff, now=NOW).state == State.DRAFT
    assert to_settle(partner) == 0


def test_words_are_for_those_who_may_decide_and_read(thread: Thread, staff: Member, partner: Member) -> None:
    draft, other = held(thread, staff), person("Kim", Role.STAFF)
    assert send.may_read_words(Reader(staff), draft, staff)
    assert send.may_read_words(Reader(partner), draft, partner)
    assert not send.may_read_words(Reader(other), draft, other)
    Mailbox.objects.update(visibility="metadata", owner=staff)
    assert not send.may_read_words(Reader(partner), draft, partner)


def test_the_time_to_take_back_is_the_firm_s(thread: Thread, staff: Member, firm: Firm) -> None:
    Firm.objects.update(undo_seconds=45)
    assert sends(thread, answer(FINE), staff).not_before == NOW + timedelta(seconds=45)


def test_the_client_s_words_are_known(thread: Thread, staff: Member) -> None:
    GlossaryTerm.objects.create(client=Client.objects.get(), wrong="brochure", right="leaflet", at=NOW)
    draft = answer(FINE)
    with pytest.raises(send.LookAgain) as raised:
        sends(thread, draft, staff)
    assert [(each.rule, each.quote, each.suggestion) for each in raised.value.findings] == [
        ("glossary", "brochure", "leaflet")
    ]
