"""Parting: signs with their arithmetic, a partner's decision, the handover, and what is kept in memory."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.conftest import NOW
from tests.integration.making_good.conftest import make_recovery, person
from tests.letters import OURS, days, judged, letter, mailbox

from amends.boundaries.models import HandoverItem, Parting
from amends.boundaries.queries import parting as queries
from amends.boundaries.refused import NotYours, Refused, Stale
from amends.clients.models import Client, Engagement, TimeEntry
from amends.firm.models import Firm, Member, Role
from amends.flows.boundaries import parting as flows
from amends.insights.boundaries.parting import items_of, parted_from, parting_page, to_look_at
from amends.insights.boundaries.signs import signs_of
from amends.mail.models import Message, Thread, Visibility
from amends.mail.queries import Reader
from amends.outbox.models import Draft
from amends.recovery.models import Finding, Issue, Recovery, Remedy
from amends.signals.models import Promise

ANGRY = "I am furious that the third invoice has an error again."


@pytest.fixture
def eve(firm: Firm) -> Member:
    """A partner."""
    return person("eve", Role.PARTNER)


@pytest.fixture
def hartwell(firm: Firm) -> Client:
    """Petra was angry in three months; once nobody was angry."""
    judged(
        *[
            letter(f"Dear Ada,\n\n{ANGRY}\n\nPetra\n", at=NOW - days(ago), message_id=f"angry{ago}@hartwell.example",
                   subject=f"Invoice {ago}")
            for ago in (100, 50, 5)
        ],
        letter("Dear Ada,\n\nthank you.\n\nJo\n", at=NOW - days(3), sender="Jo Hartwell <jo@hartwell.example>",
               message_id="kind@hartwell.example", subject="Thanks"),
        now=NOW,
    )  # fmt: skip
    Client.objects.update(standing="client", standing_fixed=True)
    return Client.objects.get()


def explained(client: Client, member: Member) -> Recovery:
    """We told them thirty days ago that it was theirs."""
    thread = Thread.objects.get(subject="Invoice 100")
    made = make_recovery(thread, owner=member, client=client)
    Recovery.objects.filter(pk=made.pk).update(answered_at=NOW - days(30))
    issue = Issue.objects.filter(recovery=made).first()
    assert issue is not None
    Finding.objects.update_or_create(issue=issue, defaults={"responsibility": "client", "at": NOW - days(31)})
    return made


def kinds(reader: Reader, firm: Firm, client: Client) -> list[str]:
    return [str(one.kind) for one in signs_of(reader, firm, [client], now=NOW).get(client.pk, [])]


def test_anger_by_the_same_person_over_months_is_a_sign_with_its_words(
    firm: Firm, hartwell: Client, eve: Member
) -> None:
    (sign,) = signs_of(Reader(eve), firm, [hartwell], now=NOW)[hartwell.pk]
    assert sign.numbers == {"who": "petra@hartwell.example", "messages": 3, "days": 95}
    assert [one.words for one in sign.rests] == [ANGRY] * 3
    assert signs_of(Reader(eve), firm, [hartwell], now=NOW + days(300)) == {}


def test_what_a_partner_may_not_read_is_no_sign(firm: Firm, hartwell: Client, eve: Member, member: Member) -> None:
    box = mailbox(now=NOW)
    box.owner, box.visibility = member, Visibility.METADATA
    box.save()
    assert kinds(Reader(eve), firm, hartwell) == []
    assert kinds(Reader(member), firm, hartwell) == ["respect"]


def test_honesty_that_nobody_answered_is_a_sign_until_they_write(firm: Firm, hartwell: Client, eve: Member) -> None:
    made = explained(hartwell, eve)
    assert kinds(Reader(eve), firm, hartwell) == ["honesty", "respect"]
    thread = made.threads.get().thread
    judged(
        letter("Dear Ada,\n\nI understand.\n\nPetra\n", at=NOW - days(20), message_id="ok@hartwell.example",
               references=["angry100@hartwell.example"], subject="Re: Invoice 100"),
        now=NOW,
    )  # fmt: skip
    assert Message.objects.get(message_id="ok@hartwell.example").thread == thread
    assert kinds(Reader(eve), firm, hartwell) == ["respect"]
    judged(
        letter(f"Dear Ada,\n\n{ANGRY}\n\nPetra\n", at=NOW - days(19), message_id="no@hartwell.example",
               references=["angry100@hartwell.example"], subject="Re: Invoice 100"),
        now=NOW,
    )  # fmt: skip
    (sign, _respect) = signs_of(Reader(eve), firm, [hartwell], now=NOW)[hartwell.pk]
    assert (sign.numbers["replies"], sign.numbers["disputed"]) == (2, 1)


def test_cost_beyond_value_is_added_up_in_sight(firm: Firm, hartwell: Client, eve: Member) -> None:
    work = Engagement.objects.create(client=hartwell, name="Retainer", yearly_value=Decimal(1000), created_at=NOW)
    TimeEntry.objects.create(
        engagement=work, person="Ada", day=NOW.date(), seconds=3600, cost=Decimal("900.50"), source="toggl",
        fingerprint="0" * 64, created_at=NOW,
    )  # fmt: skip
    assert "cost" not in kinds(Reader(eve), firm, hartwell)
    made = make_recovery(Thread.objects.get(subject="Invoice 50"), owner=eve, client=hartwell)
    Remedy.objects.create(
        recovery=made, kind="credit", what="A credit", cost=200_00, currency="EUR", state="done", at=NOW,
        changed_at=NOW - days(2),
    )  # fmt: skip
    (sign,) = [one for one in signs_of(Reader(eve), firm, [hartwell], now=NOW)[hartwell.pk] if one.kind == "cost"]
    assert sign.numbers == {
        "hours": "€900.50", "remedies": "€200", "absorbed": "€0", "cost": "€1,100.50", "value": "€1,000",
    }  # fmt: skip


def test_a_partner_decides_hands_over_and_parts(firm: Firm, hartwell: Client, eve: Member) -> None:
    reader = Reader(eve)
    Promise.objects.create(
        client=hartwell, by="firm", text="Send the files", origin="person", key="person:1", state="pending",
        made_at=NOW, confirmed_at=NOW, due=NOW + days(5),
    )  # fmt: skip
    made = flows.begin(hartwell.public_id, by=eve, now=NOW)
    with pytest.raises(Refused, match="open already"):
        flows.begin(hartwell.public_id, by=eve, now=NOW)
    with pytest.raises(Refused, match="Say why"):
        flows.decide(reader, made.public_id, reasons=" ", by=eve, now=NOW)
    flows.decide(reader, made.public_id, reasons="They do not listen.", by=eve, now=NOW)
    assert Parting.objects.get().shown == [{"kind": "respect", "numbers": {"messages": 3, "days": 95}}]
    with pytest.raises(Stale):
        flows.decide(reader, made.public_id, reasons="Again", by=eve, now=NOW)
    flows.hand_over_now(reader, made.public_id, by=eve, now=NOW)
    flows.add_item(made.public_id, kind="we_hold", what="The domain", due_on=date(2026, 4, 1), by=eve, now=NOW)
    words = flows.Words(until=date(2026, 4, 1), invoice="no. 118")
    flows.change(made.public_id, words, version=None, by=eve, now=NOW)
    place = flows.prepare_letter(reader, made.public_id, by=eve, now=NOW)
    text = Draft.objects.get(thread=place.answered.thread).text
    assert "we hand over by 1 April 2026:\n- Send the files, by" in text
    assert "- The domain, by 1 April 2026" in text
    assert "The last invoice is no. 118." in text
    assert "They do not listen" not in text
    with pytest.raises(Refused, match="2 of the list are not handed over"):
        flows.part(made.public_id, by=eve, now=NOW)
    for item in HandoverItem.objects.all():
        flows.settle_item(reader, made.public_id, item.public_id, do="done", by=eve, now=NOW)
    assert Promise.objects.get().state == "kept"
    flows.part(made.public_id, by=eve, now=NOW)
    found = parted_from(hartwell)
    assert found is not None
    assert (found.state, found.whose) == ("parted", "ours")
    flows.open_again(made.public_id, by=eve, now=NOW)
    assert parted_from(hartwell) is None


def test_a_client_who_leaves_is_asked_why_and_remembered(firm: Firm, hartwell: Client, eve: Member) -> None:
    reader = Reader(eve)
    made = flows.begin(hartwell.public_id, whose="theirs", why_they_left="Cheaper elsewhere", by=eve, now=NOW)
    assert made.state == "decided"
    flows.prepare_letter(reader, made.public_id, ask=True, by=eve, now=NOW)
    flows.prepare_letter(reader, made.public_id, ask=True, by=eve, now=NOW)
    assert "what made you decide so" in Draft.objects.get().text
    flows.hand_over_now(reader, made.public_id, by=eve, now=NOW)
    flows.part(made.public_id, by=eve, now=NOW)
    found = parting_page(reader, firm, hartwell, now=NOW)
    assert (found.open, found.parting) == (False, Parting.objects.get())


def test_they_stay_together_for_a_reason(firm: Firm, hartwell: Client, eve: Member) -> None:
    made = flows.begin(hartwell.public_id, reasons="Tired", by=eve, now=NOW)
    flows.stay(made.public_id, reasons="We talked.", by=eve, now=NOW)
    assert queries.open_of(hartwell) is None
    assert parted_from(hartwell) is None
    assert [one.client for one in to_look_at(Reader(eve), firm, now=NOW)] == [hartwell]


def test_only_partners_decide(firm: Firm, hartwell: Client) -> None:
    kim = person("kim", Role.ACCOUNT_MANAGER)
    with pytest.raises(NotYours):
        flows.begin(hartwell.public_id, by=kim, now=NOW)


def test_a_promise_in_closed_mail_has_no_words_on_the_list(
    firm: Firm, hartwell: Client, eve: Member, member: Member
) -> None:
    judged(
        letter("Dear Petra,\n\nI will send you the plan by Friday.\n\nAda\n", at=NOW - days(1), sender=OURS,
               to="petra@hartwell.example", message_id="plan@studio.example", subject="The plan"),
        now=NOW,
    )  # fmt: skip
    Promise.objects.filter(by="firm").update(state="pending", confirmed_at=NOW)
    made = flows.begin(hartwell.public_id, by=eve, now=NOW)
    flows.decide(Reader(eve), made.public_id, reasons="x", by=eve, now=NOW)
    flows.hand_over_now(Reader(eve), made.public_id, by=eve, now=NOW + timedelta(minutes=1))
    assert [bool(one.what) for one in items_of(Reader(eve), Parting.objects.get())] == [True]
    box = mailbox(now=NOW)
    box.owner, box.visibility = member, Visibility.METADATA
    box.save()
    assert [one.what for one in items_of(Reader(eve), Parting.objects.get())] == [""]
