"""Who is who: own people, clients by their organisation, contacts with several addresses, traffic by local day."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.conftest import NOW
from tests.letters import OURS, THEIRS, bring, days, letter, stored

from amends.clients.models import Client, Contact, ContactAddress, Domain
from amends.firm.models import Firm
from amends.mail.models import Message, Traffic


def test_which_way_a_message_went(firm: Firm) -> None:
    bring(
        letter("In.\n", at=NOW, message_id="in@x"),
        letter("Out.\n", sender=OURS, to=THEIRS, at=NOW, message_id="out@x"),
        letter("Among us.\n", sender=OURS, to="Bo <bo@mail.studio.example>", at=NOW, message_id="us@x"),
        letter(
            "About them.\n", sender=OURS, to="Bo <bo@studio.example>", at=NOW, message_id="re@x", references=["in@x"]
        ),
        now=NOW,
    )
    assert {one.message_id: one.direction for one in Message.objects.all()} == {
        "in@x": "in", "out@x": "out", "us@x": "internal", "re@x": "internal",
    }  # fmt: skip
    hartwell = Client.objects.get()
    assert (hartwell.received, hartwell.sent) == (1, 1)
    assert (stored("us@x").client, stored("in@x").client) == (None, hartwell)


def test_a_client_is_an_organisation(firm: Firm) -> None:
    for number, sender in enumerate(
        (
            "a@hartwell.co.uk",
            "b@mail.hartwell.co.uk",
            "c@HARTWELL.CO.UK",
            "d@pelham.co.uk",
            "jo@gmail.com",
            "kim@gmail.com",
        )
    ):
        bring(letter(f"{number}\n", sender=sender, at=NOW - days(number)), now=NOW)
    assert sorted(Domain.objects.values_list("value", flat=True)) == [
        "hartwell.co.uk", "jo@gmail.com", "kim@gmail.com", "pelham.co.uk",
    ]  # fmt: skip
    assert Domain.objects.get(value="hartwell.co.uk").client.received == 3


def test_a_person_with_several_addresses_is_one_contact(firm: Firm) -> None:
    mail = [
        letter("1\n", sender="Petra Hartwell <petra@hartwell.example>", at=NOW - days(3)),
        letter("2\n", sender='"Hartwell, Petra" <p.hartwell@uk.hartwell.example>', at=NOW - days(2)),
        letter("3\n", sender="Petra <info@hartwell.example>", at=NOW - days(1)),
    ]
    bring(*mail, now=NOW, batch=1)
    assert {
        contact.name: sorted(contact.addresses.values_list("email", flat=True)) for contact in Contact.objects.all()
    } == {
        "Petra Hartwell": ["p.hartwell@uk.hartwell.example", "petra@hartwell.example"],
        "Petra": ["info@hartwell.example"],
    }
    assert Contact.objects.get(name="Petra Hartwell").received == 2


def test_a_name_is_learned_when_it_is_first_given(firm: Firm) -> None:
    bring(letter("1\n", sender="petra@hartwell.example", at=NOW - days(2)), now=NOW)
    assert Contact.objects.get().name == ""
    bring(letter("2\n", sender=THEIRS, at=NOW - days(1)), now=NOW)
    assert [contact.name for contact in Contact.objects.all()] == ["Petra Hartwell"]
    assert ContactAddress.objects.count() == 1


def test_the_first_client_among_the_recipients_has_the_message(firm: Firm) -> None:
    bring(letter("Both.\n", sender=OURS, to="Bo <bo@studio.example>, " + THEIRS, cc="kim@elm.example", at=NOW), now=NOW)
    message = Message.objects.get()
    assert message.client is not None
    assert message.client.name == "Hartwell"
    assert {client.name: client.sent for client in Client.objects.filter(sent__gt=0)} == {"Hartwell": 1}


def test_nobody_without_an_address_becomes_a_client(firm: Firm) -> None:
    bring(letter("?\n", sender="Undisclosed sender <>", at=NOW), now=NOW)
    assert (Message.objects.count(), Client.objects.count()) == (1, 0)


def test_traffic_counts_by_the_firms_own_day(firm: Firm) -> None:
    firm.timezone = "Pacific/Auckland"
    firm.save()
    late = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)  # the 11th in Auckland
    bring(letter("1\n", at=late), letter("2\n", at=late + days(0.1)), now=NOW)
    bring(letter("3\n", at=late + days(0.2)), letter("4\n", sender=OURS, to=THEIRS, at=late), now=NOW)
    assert [(row.day, row.received, row.sent) for row in Traffic.objects.all()] == [(date(2026, 3, 11), 3, 1)]


def test_totals_do_not_depend_on_batches(firm: Firm) -> None:
    mail = [letter(f"{n}\n", at=NOW - days(n), message_id=f"{n}@x") for n in (3, 9, 1, 5)]
    bring(*mail, now=NOW, batch=1)
    client = Client.objects.get()
    assert (client.received, client.first_at, client.last_at) == (4, NOW - days(9), NOW - days(1))
