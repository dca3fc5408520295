"""Requests for more than agreed: the four ways to answer one, taken back, and what they are worth."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.conftest import NOW
from tests.integration.making_good.conftest import person
from tests.letters import days, judged, letter

from amends.boundaries.actions.limits import (
    ServiceTyped,
    SupplierTyped,
    add_service,
    add_supplier,
    change_supplier,
    say_scope,
)
from amends.boundaries.models import Helped, ReferralOut, ScopeAnswer, Supplier
from amends.boundaries.queries import limits
from amends.boundaries.queries.answers import absorbed, of_client
from amends.boundaries.refused import Refused, Stale
from amends.capital.models import Posting
from amends.clients.models import Client, Engagement
from amends.core.money import Money
from amends.firm.models import Firm, Member, Role
from amends.flows.boundaries import referrals, scope
from amends.mail.models import Message, Visibility
from amends.mail.queries import Reader
from amends.outbox.models import Draft
from amends.signals.models import Response, Signal

ASKED = "I know it is not in our agreement, but could you take the VAT registrations as well?"


@pytest.fixture
def asked(firm: Firm) -> Message:
    """Petra asks for more."""
    judged(letter(f"Dear Ada,\n\n{ASKED}\n\nPetra\n", at=NOW - days(1), message_id="more@hartwell.example"), now=NOW)
    assert Signal.objects.filter(kind="scope_request").count() == 1
    return Message.objects.get()


@pytest.fixture
def film(member: Member) -> Supplier:
    return add_supplier(
        SupplierTyped("Tax House", contact="Vera Tax", email="vera@taxhouse.example", does="VAT in all countries"),
        by=member, now=NOW,
    )  # fmt: skip


def test_what_is_within_the_agreement_is_said_in_a_draft_and_taken_on(asked: Message, member: Member) -> None:
    scope.answer(Reader(member), scope.Typed("inside"), message=asked.public_id, by=member, now=NOW)
    draft = Draft.objects.get()
    assert (draft.thread, draft.state) == (asked.thread, "draft")
    assert draft.text.startswith("Dear Petra,\n\nYes, that is part of what we agreed")
    assert [each.action for each in Response.objects.all()] == ["own"]
    assert not Posting.objects.filter(kind="scope_absorbed").exists()


def test_scope_absorbed_is_booked_with_hours_and_cost_and_posted_once(asked: Message, member: Member) -> None:
    work = Engagement.objects.create(client=Client.objects.get(), name="Web shop", created_at=NOW)
    typed = scope.Typed("absorbed", "VAT for three countries", work.public_id, hours="2:30", cost="120")
    done = scope.answer(Reader(member), typed, message=asked.public_id, by=member, now=NOW)
    assert absorbed(of_client(done.answer.client)) == (
        type(absorbed(of_client(done.answer.client)))(1, 150, (Money(120_00, "EUR"),))
    )
    (line,) = Posting.objects.filter(kind="scope_absorbed")
    assert (line.evidence_kind, line.evidence_id) == ("scope_answer", done.answer.public_id)
    assert line.engagement == work.public_id
    with pytest.raises(Refused, match="answered already"):
        scope.answer(Reader(member), typed, message=asked.public_id, by=member, now=NOW)
    scope.take_back(Reader(member), done.answer.public_id, by=member, now=NOW)
    assert sum(Posting.objects.filter(kind="scope_absorbed").values_list("amount", flat=True)) == 0
    assert [each.undone_at for each in Response.objects.all()] == [NOW]
    scope.answer(Reader(member), typed, message=asked.public_id, by=member, now=NOW)
    assert ScopeAnswer.objects.filter(undone_at=None).count() == 1


def test_an_offer_names_its_price(asked: Message, member: Member) -> None:
    reader = Reader(member)
    with pytest.raises(Refused, match="needs a price"):
        scope.answer(reader, scope.Typed("offered", "VAT"), message=asked.public_id, by=member, now=NOW)
    assert not ScopeAnswer.objects.exists()
    scope.answer(reader, scope.Typed("offered", "VAT", price="900"), message=asked.public_id, by=member, now=NOW)
    assert "We would do it for €900." in Draft.objects.get().text


def test_a_decline_helps_and_is_followed(asked: Message, member: Member, film: Supplier) -> None:
    add_service(
        ServiceTyped("Tax", "not", "Tax is a craft of its own.", [film.public_id]), by=member, now=NOW
    )  # fmt: skip
    reader = Reader(member)
    typed = scope.Typed("referred", "VAT registrations", supplier=film.public_id)
    scope.answer(reader, typed, message=asked.public_id, by=member, now=NOW)
    text = Draft.objects.get().text
    assert "Tax is a craft of its own." in text
    assert "introduce you to Vera Tax of Tax House" in text
    referral = ReferralOut.objects.get()
    words = referrals.words(reader, referral, by=member)
    assert "Hartwell" not in words
    assert ASKED not in words
    assert ASKED in referrals.words(reader, referral, named=True, quoted=True, by=member)
    referrals.say_helped(reader, referral.public_id, "yes", words="They met", was="open", by=member, now=NOW)
    assert [line.kind for line in Posting.objects.filter(evidence_kind="referral_out")] == ["referral_out_helped"]
    assert limits.tallies([film.pk])[film.pk] == limits.Tally(sent=1, helped=1)
    with pytest.raises(Stale):
        referrals.say_helped(reader, referral.public_id, "no", was="open", by=member, now=NOW)
    referrals.say_helped(reader, referral.public_id, "no", was="yes", by=member, now=NOW + timedelta(days=1))
    assert sum(Posting.objects.filter(kind="referral_out_helped").values_list("amount", flat=True)) == 0
    assert ReferralOut.objects.get().helped == Helped.NO


def test_whoever_may_not_read_the_request_does_not_answer_it(asked: Message, member: Member) -> None:
    ben = person("ben")
    box = asked.copies.get().mailbox
    box.owner, box.visibility = member, Visibility.METADATA
    box.save()
    with pytest.raises(Message.DoesNotExist):
        scope.answer(Reader(ben), scope.Typed("inside"), message=asked.public_id, by=ben, now=NOW)


def test_staff_say_hours_and_no_cost(asked: Message, firm: Firm) -> None:
    ben = person("ben", Role.STAFF)
    typed = scope.Typed("absorbed", "VAT", cost="100")
    with pytest.raises(Refused, match="does not see money"):
        scope.answer(Reader(ben), typed, message=asked.public_id, by=ben, now=NOW)


@pytest.mark.parametrize(("typed", "minutes"), [("2", 120), ("2.5", 150), ("0,25", 15), ("1:05", 65), ("", None)])
def test_hours_are_read_as_people_type_them(typed: str, minutes: int | None) -> None:
    assert scope.minutes_of(typed) == minutes


def test_hours_that_are_none_are_refused() -> None:
    with pytest.raises(Refused, match="write hours as"):
        scope.minutes_of("a while")


def test_the_directory_keeps_one_of_a_name_and_the_newest_words(film: Supplier, member: Member) -> None:
    with pytest.raises(Refused, match="already"):
        add_supplier(SupplierTyped("tax house"), by=member, now=NOW)
    with pytest.raises(Refused, match="no e-mail address"):
        add_supplier(SupplierTyped("Film House", email="vera at home"), by=member, now=NOW)
    change_supplier(film, SupplierTyped("Tax House", experience="Quick."), version=1, by=member, now=NOW)
    with pytest.raises(Stale):
        change_supplier(film, SupplierTyped("Tax House"), version=1, by=member, now=NOW)
    assert (Supplier.objects.get().experience, Supplier.objects.get().version) == ("Quick.", 2)


def test_what_is_agreed_has_a_version(asked: Message, member: Member) -> None:
    work = Engagement.objects.create(client=Client.objects.get(), name="Web shop", created_at=NOW)
    row = say_scope(work, inside="The shop", outside="", version=0, by=member, now=NOW)
    assert say_scope(work, inside="The shop", outside="VAT", version=row.version, by=member, now=NOW).version == 2
    with pytest.raises(Stale):
        say_scope(work, inside="Another shop", outside="", version=1, by=member, now=NOW)
