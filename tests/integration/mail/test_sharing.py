"""Who reads which message: by mailbox, by copy, by sharing, passed on and taken back; and who may open what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.conftest import NOW
from tests.letters import OURS, bring, days, judged, letter, mailbox, stored

from amends.clients.models import Client
from amends.firm.models import AuditEntry, Firm, Member, Role
from amends.insights.conversation import around, read_thread
from amends.insights.facts import guarded
from amends.insights.relationship import relationship
from amends.mail.actions import sharing
from amends.mail.models import Copy, Mailbox, Message, Thread, Visibility
from amends.mail.privacy import Glimpse, Reader, hides, readable, with_subject
from amends.mail.queries import SYSTEM, beside, conversation, raw_bytes, search
from amends.mail.sharing import EVERYBODY, mailboxes_of, sharing_of

CLOSED = "ada@studio.example"


def _member(name: str, role: str = Role.STAFF) -> Member:
    return Member.objects.create_member(email=f"{name.lower()}@studio.example", name=name, role=role, now=NOW)


@pytest.fixture
def ada(member: Member) -> Member:
    """Owns the closed mailbox."""
    return member


@pytest.fixture
def ben(firm: Firm) -> Member:
    return _member("Ben")


@pytest.fixture
def cleo(firm: Firm) -> Member:
    return _member("Cleo", Role.ADMINISTRATOR)


@pytest.fixture
def box(firm: Firm, ada: Member) -> Mailbox:
    """Ada's mailbox, of which others see only who and when, with two conversations; and one that is open."""
    made = mailbox(now=NOW, address=CLOSED)
    made.owner, made.visibility = ada, Visibility.METADATA
    made.save()
    judged(letter("Is it ready? I am disappointed.\n", at=NOW - days(9), message_id="1@x", subject="Plan"), now=NOW)
    bring(
        letter("Yes.\n", at=NOW - days(8), message_id="2@x", sender=OURS, to="petra@hartwell.example",
               subject="Re: Plan", references=["1@x"]),
        letter("And the price?\n", at=NOW - days(7), message_id="3@x", subject="Price"),
        now=NOW,
    )  # fmt: skip
    bring(
        letter("Hello all.\n", at=NOW - days(6), message_id="4@x", subject="Hello"), now=NOW, address="team@x.example"
    )
    return made


def _reads(member: Member) -> set[str]:
    return set(readable(Reader(member)).values_list("message_id", flat=True))


def _thread(message_id: str = "1@x") -> Thread:
    return stored(message_id).thread


ALL, OPEN = {"1@x", "2@x", "3@x", "4@x"}, {"4@x"}


def test_a_closed_mailbox_is_its_owners_whatever_roles_others_have(box: Mailbox, ada: Member, ben: Member) -> None:
    assert _reads(ada) == ALL
    for role in Role.values:
        ben.role = role
        assert _reads(ben) == (set() if role == Role.FINANCE_VIEWER else OPEN), role
    assert set(readable(SYSTEM).values_list("message_id", flat=True)) == ALL


def test_subjects_may_be_open_without_the_rest(box: Mailbox, ben: Member) -> None:
    reader = Reader(ben)
    assert set(with_subject(reader).values_list("message_id", flat=True)) == OPEN
    assert hides(reader, Message.objects.filter(thread=_thread()))
    Mailbox.objects.filter(pk=box.pk).update(visibility=Visibility.SUBJECT)
    reader = Reader(ben)
    assert _reads(ben) == OPEN
    assert set(with_subject(reader).values_list("message_id", flat=True)) == ALL
    assert not hides(reader, Message.objects.filter(thread=_thread()))
    assert beside(reader, _thread()).glimpses == [
        Glimpse(stored("1@x").pk, "in", NOW - days(9), "Hartwell", "Plan"),
        Glimpse(stored("2@x").pk, "out", NOW - days(8), "Ada Moss", "Re: Plan"),
    ]


def test_one_copy_that_is_open_opens_the_message_and_its_own_bytes(box: Mailbox, ben: Member) -> None:
    again = letter("And the price?\n", at=NOW - days(7), message_id="3@x", subject="Price", headers={"X-Way": "team"})
    assert bring(again, now=NOW, address="team@x.example").duplicates == 1
    assert Copy.objects.filter(message=stored("3@x")).count() == 2
    assert _reads(ben) == {"3@x", "4@x"}
    assert b"X-Way: team" in raw_bytes(Reader(ben), stored("3@x"))


def test_blind_copies_are_told_to_who_reads_the_copy_that_names_them(box: Mailbox, ada: Member, ben: Member) -> None:
    sent = letter("See you.\n", at=NOW - days(2), message_id="10@x", sender=OURS, to="petra@hartwell.example")
    bring(b"Bcc: boss@studio.example\n" + sent, now=NOW)
    bring(sent, now=NOW, address="team@x.example")
    thread = stored("10@x").thread.public_id
    named = [
        {person.email for person in conversation(Reader(one), thread)[1][0].participants.all()} for one in (ada, ben)
    ]
    assert named[0] - named[1] == {"boss@studio.example"}


def test_a_firm_without_closed_mailboxes_asks_for_nothing_more(box: Mailbox, ben: Member) -> None:
    Mailbox.objects.update(visibility=Visibility.ALL)
    assert str(readable(Reader(ben)).query) == str(Message.objects.all().query)


def test_a_conversation_is_shared_and_taken_back(box: Mailbox, ada: Member, ben: Member, cleo: Member) -> None:
    thread = _thread()
    assert sharing_of(Reader(ben), thread=thread) is None
    assert sharing.share(Reader(ada), whom=str(ben.public_id), thread=thread, now=NOW) == "Ben"
    assert _reads(ben) == OPEN | {"1@x", "2@x"}
    assert _reads(cleo) == OPEN
    found = sharing_of(Reader(ada), thread=thread)
    assert found is not None
    assert [(one.name, one.by, one.mine) for one in found.shared] == [("Ben", ("Ada Moss",), True)]
    assert [name for _, name in found.others] == ["Cleo"]
    bring(letter("Well?\n", at=NOW - days(1), message_id="5@x", subject="Re: Plan", references=["1@x"]), now=NOW)
    assert "5@x" in _reads(ben)  # what comes later too
    assert sharing.withdraw(Reader(ada), whom=str(ben.public_id), thread=thread, now=NOW) == 1
    assert _reads(ben) == OPEN
    noted = AuditEntry.objects.order_by("pk").values_list("did", "about", "detail")
    assert list(noted) == [
        ("thread.shared", f"thread {thread.public_id}", {"with": ben.email}),
        ("thread.unshared", f"thread {thread.public_id}", {"with": ben.email}),
    ]


def test_a_client_is_shared_with_everybody_but_not_with_those_who_read_no_mail(
    box: Mailbox, ada: Member, ben: Member
) -> None:
    finn, hartwell = _member("Finn", Role.FINANCE_VIEWER), Client.objects.get()
    sharing.share(Reader(ada), whom=EVERYBODY, client=hartwell, now=NOW)
    assert (_reads(ben), _reads(finn)) == (ALL, set())
    assert [one.message_id for one in search(Reader(ben), "price")] == ["3@x"]
    with pytest.raises(sharing.NoSuchPerson):
        sharing.share(Reader(ada), whom=str(finn.public_id), client=hartwell, now=NOW)
    assert sharing.withdraw(Reader(ada), whom=EVERYBODY, client=hartwell, now=NOW) == 1
    assert search(Reader(ben), "price") == []


def test_what_is_shared_opens_nothing_of_a_third_ones_mailbox(
    box: Mailbox, ada: Member, ben: Member, cleo: Member
) -> None:
    theirs = mailbox(now=NOW, address="cleo@studio.example")
    theirs.owner, theirs.visibility = cleo, Visibility.METADATA
    theirs.save()
    bring(
        letter("For Cleo.\n", at=NOW - days(2), message_id="6@x", references=["1@x"]), now=NOW, address=theirs.address
    )
    sharing.share(Reader(ada), whom=str(ben.public_id), thread=_thread(), now=NOW)
    sharing.share(Reader(ada), whom=str(ben.public_id), client=Client.objects.get(), now=NOW)
    assert _reads(ben) == ALL


def test_nobody_shares_what_they_do_not_read(box: Mailbox, ben: Member, cleo: Member) -> None:
    for reader in (Reader(ben), Reader(cleo), SYSTEM):
        with pytest.raises(sharing.NothingToShare):
            sharing.share(reader, whom=EVERYBODY, thread=_thread(), now=NOW)
    with pytest.raises(sharing.NoSuchPerson):
        sharing.share(Reader(ben), whom="nobody", thread=_thread(), now=NOW)
    assert not AuditEntry.objects.exists()


def test_what_was_passed_on_ends_with_what_it_came_from(box: Mailbox, ada: Member, ben: Member, cleo: Member) -> None:
    dan, thread = _member("Dan"), _thread()
    sharing.share(Reader(ada), whom=str(ben.public_id), thread=thread, now=NOW)
    sharing.share(Reader(ben), whom=str(cleo.public_id), thread=thread, now=NOW)
    sharing.share(Reader(cleo), whom=str(dan.public_id), thread=thread, now=NOW)
    sharing.share(Reader(dan), whom=str(cleo.public_id), thread=thread, now=NOW)
    assert all({"1@x", "2@x"} <= _reads(one) for one in (ben, cleo, dan))
    with pytest.raises(sharing.NothingToShare):  # only the very conversation that was shared
        sharing.share(Reader(ben), whom=EVERYBODY, client=Client.objects.get(), now=NOW)
    assert sharing.withdraw(Reader(cleo), whom=str(ben.public_id), thread=thread, now=NOW) == 0
    assert sharing.withdraw(Reader(ada), whom=str(ben.public_id), thread=thread, now=NOW) == 3
    assert [_reads(one) for one in (ben, cleo, dan)] == [OPEN, OPEN, OPEN]


def test_what_somebody_else_shared_too_goes_on(box: Mailbox, ada: Member, ben: Member, cleo: Member) -> None:
    dan, thread = _member("Dan"), _thread()
    for one in (ben, cleo):
        sharing.share(Reader(ada), whom=str(one.public_id), thread=thread, now=NOW)
    sharing.share(Reader(cleo), whom=str(dan.public_id), thread=thread, now=NOW)
    sharing.withdraw(Reader(ada), whom=str(ben.public_id), thread=thread, now=NOW)
    assert "1@x" in _reads(dan)
    assert sharing.withdraw(Reader(ada), whom=str(dan.public_id), thread=thread, now=NOW) == 1  # it is her mailbox
    assert "1@x" not in _reads(dan)


def test_shares_follow_conversations_that_become_one(box: Mailbox, ada: Member, ben: Member) -> None:
    sharing.share(Reader(ada), whom=str(ben.public_id), thread=_thread("3@x"), now=NOW)
    bring(letter("Both.\n", at=NOW - days(1), message_id="7@x", references=["1@x", "3@x"]), now=NOW)
    assert _thread("3@x") == _thread("1@x")
    assert _reads(ben) == ALL | {"7@x"}


def test_a_conversation_of_which_part_is_closed_has_the_subject_of_what_is_read(
    box: Mailbox, firm: Firm, ada: Member, ben: Member
) -> None:
    bring(letter("To all.\n", at=NOW - days(3), message_id="8@x", subject="To all", references=["1@x"]),
          now=NOW, address="team@x.example")  # fmt: skip
    thread, turns = read_thread(Reader(ben), firm, _thread().public_id, now=NOW)
    assert [turn.message.message_id for turn in turns] == ["8@x"]
    assert (thread.subject, thread.message_count, thread.first_at) == ("To all", 1, NOW - days(3))
    beyond = around(Reader(ben), thread, turns)
    assert (beyond.subject, beyond.closed, beyond.glimpses, beyond.sharing) == ("To all", True, [], None)
    thread, messages = conversation(Reader(ada), thread.public_id)
    assert (thread.subject, len(messages)) == ("Plan", 3)
    with pytest.raises(Thread.DoesNotExist):
        conversation(Reader(ben), _thread("3@x").public_id)


def test_counts_people_and_domains_are_of_what_is_read(box: Mailbox, firm: Firm, ada: Member, ben: Member) -> None:
    bring(letter("Me too.\n", at=NOW - days(5), message_id="9@x", sender="Jo Hidden <jo@hartwell.example>"), now=NOW)
    hartwell = Client.objects.get()
    seen, whole = (relationship(Reader(one), firm, hartwell.public_id, now=NOW) for one in (ben, ada))
    assert ([one.name for one in seen.people], sum(week[0] for week in seen.weeks)) == (["Petra Hartwell"], 1)
    assert sorted(one.name for one in whole.people) == ["Jo Hidden", "Petra Hartwell"]
    assert sum(week[0] for week in whole.weeks) == 4
    assert (seen.people[0].last_at, whole.people[1].last_at) == (NOW - days(6), NOW - days(6))
    assert (seen.closed, whole.closed) == (True, False)


def test_what_rests_on_other_mail_is_left_out_of_a_detail(box: Mailbox, ben: Member, ada: Member) -> None:
    detail = {"why": "You said of “x” that it is anger.", "drivers": ["short"], "again": 3, "wanted": "a refund"}
    assert guarded(Reader(ada), detail, kind="complaint", partly=True) == detail
    assert guarded(Reader(ben), detail, kind="complaint", partly=False) == {
        "drivers": ["short"], "again": 3, "wanted": "a refund",
    }  # fmt: skip
    assert guarded(Reader(ben), {**detail, "why": "It turns."}, kind="derailing", partly=True) == {"wanted": "a refund"}
    assert guarded(Reader(ben), {"every_days": 6}, kind="silence", partly=False) == {}


def test_a_mailbox_is_opened_and_closed_by_its_owner_alone(
    box: Mailbox, ada: Member, ben: Member, cleo: Member
) -> None:
    for other in (ben, cleo):
        with pytest.raises(sharing.NotYours):
            sharing.set_visibility(box.public_id, "all", member=other, now=NOW)
    with pytest.raises(sharing.NoSuchVisibility):
        sharing.set_visibility(box.public_id, "some", member=ada, now=NOW)
    sharing.set_visibility(box.public_id, "all", member=ada, now=NOW)
    assert _reads(ben) == ALL
    entry = AuditEntry.objects.get()
    assert (entry.did, entry.detail) == ("mailbox.visibility", {"from": "metadata", "to": "all"})


def test_only_a_mailbox_without_an_active_owner_is_given_to_somebody(
    box: Mailbox, ada: Member, ben: Member, cleo: Member
) -> None:
    assert [one.mailbox.address for one in mailboxes_of(cleo)] == ["team@x.example"]
    with pytest.raises(sharing.NotYours):
        sharing.give(box.public_id, str(cleo.public_id), member=cleo, now=NOW)
    Member.objects.filter(pk=ada.pk).update(is_active=False)
    assert [one.mailbox.address for one in mailboxes_of(cleo)] == [CLOSED, "team@x.example"]
    assert mailboxes_of(ben) == []
    with pytest.raises(sharing.NotYours):
        sharing.give(box.public_id, str(ben.public_id), member=ben, now=NOW)
    sharing.give(box.public_id, str(ben.public_id), member=cleo, now=NOW + timedelta(minutes=1))
    assert (_reads(ben), _reads(cleo)) == (ALL, OPEN)
    assert AuditEntry.objects.get().detail == {"from": ada.email, "to": ben.email}
