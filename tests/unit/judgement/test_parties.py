"""Clients are not lost among suppliers, and suppliers need more than one word to be told."""

from collections import defaultdict
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.demo import agency
from amends.judgement.parties import classify, is_service
from amends.judgement.rulebook import load

VENDOR_WORDS = [text for rule in load("parties") if rule.kind == "vendor" for text in rule.fires]
JO = ["jo@example.com"]


def test_letters_both_ways_make_a_client() -> None:
    party = classify(JO, received=4, sent=3)
    assert party.kind == "client"
    assert party.reason == "They wrote 4 times and we wrote 3 times; nothing says that they are a supplier."
    assert classify(JO, received=40, sent=30).p > party.p > 0.5


def test_who_asks_us_for_work_is_a_client_before_we_answer() -> None:
    party = classify(JO, received=1, sent=0, received_samples=["Could you send us a quote for the new site?"])
    assert (party.kind, party.rules) == ("client", ("asks-us-for-work",))
    assert party.quote == "Could you send us a quote for the new site?"


def test_who_sends_us_invoices_is_a_vendor() -> None:
    party = classify(
        JO,
        received=4,
        sent=2,
        received_samples=["Your invoice is ready", "Payment reminder for invoice 2231"],
        sent_samples=["Could you send us a quote for 500 flyers?"],
    )
    assert party.kind == "vendor"
    assert party.rules == ("duns-us", "sends-us-invoices", "we-buy")
    assert classify(JO, received=1, sent=0, received_samples=["Your account is overdue."]).kind == "vendor"


def test_one_word_of_a_vendor_makes_no_vendor_of_somebody_we_write_to() -> None:
    party = classify(JO, received=6, sent=6, received_samples=["Your account is overdue."])
    assert party.kind == "client"
    assert "reads like a supplier's" in party.reason


def test_a_client_who_also_bills_us_stays_a_client() -> None:
    party = classify(
        JO,
        received=9,
        sent=9,
        received_samples=["Please find attached our invoice for the room.", "Your account is overdue."],
        sent_samples=["Attached is our invoice for May."],
    )
    assert (party.kind, party.reason) == ("client", "We send them offers or invoices.")


def test_an_applicant_is_no_client() -> None:
    samples = ["Application for the position of junior designer. My portfolio is attached."]
    assert classify(["ada@gmail.com"], received=2, sent=1, received_samples=samples, free_mail=True).kind == "applicant"
    assert classify(JO, received=20, sent=20, received_samples=samples).kind == "client"


def test_a_pitch_that_nobody_answered_is_not_known() -> None:
    party = classify(JO, received=3, sent=0, received_samples=["We can boost your sales in a month."])
    assert (party.kind, party.rules) == ("unknown", ("sells-to-us",))


def test_robots_are_services() -> None:
    assert classify(["no-reply@host.example", "notifications@host.example"], received=90, sent=0).kind == "service"
    assert classify(["no-reply@host.example", "jo@host.example"], received=9, sent=9).kind == "client"


@pytest.mark.parametrize("address", ["noreply@x.org", "no-reply+12@x.org", "Newsletter@x.org", "list-bounces@x.org"])
def test_addresses_of_robots(address: str) -> None:
    assert is_service(address)


@pytest.mark.parametrize("address", ["nora@x.org", "newsome@x.org", "info@x.org", "alan.root@x.org", "rebecca@x.org"])
def test_addresses_of_people(address: str) -> None:
    assert not is_service(address)


def test_silence_is_not_known() -> None:
    assert classify(JO, received=0, sent=0).kind == "unknown"
    assert classify(JO, received=0, sent=5).reason == "We wrote 5 times, and they never did."
    assert classify(JO, received=2, sent=0).reason == "They wrote twice, and we never answered."


def test_a_rule_can_be_switched_off() -> None:
    samples = ["Your account is overdue."]
    assert classify(JO, received=1, sent=0, received_samples=samples, off=frozenset({"duns-us"})).kind == "unknown"


@given(
    st.integers(0, 50),
    st.integers(1, 50),
    st.lists(st.sampled_from(VENDOR_WORDS), max_size=6),
    st.lists(st.text(max_size=30), max_size=3),
)
def test_who_gets_our_invoices_is_never_a_vendor(received: int, sent: int, theirs: list[str], noise: list[str]) -> None:
    party = classify(
        JO, received=received, sent=sent, received_samples=[*theirs, *noise], sent_samples=["Attached is our invoice."]
    )
    assert party.kind == "client"
    assert 0 < party.p < 1


def test_a_letter_each_way_is_too_little_to_tell() -> None:
    party = classify(JO, received=1, sent=1, received_samples=["Does one need boots on the ridge path?"])
    assert (party.kind, party.reason) == ("unknown", "They wrote once and we wrote once: too little to tell.")
    assert classify(JO, received=1, sent=1, received_samples=["Could you send us a quote?"]).kind == "client"


def test_strangers_of_the_sample_agency_are_no_clients() -> None:
    """The pitch, the applicant, the lawyer, the journalist and the vendors; and every client is one."""
    own = agency.FIRM.members[0].email.partition("@")[2]
    received: dict[str, list[str]] = defaultdict(list)
    sent: dict[str, list[str]] = defaultdict(list)
    for letter in agency.letters(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        if letter.kind == "personal":
            text = f"{letter.subject}\n{letter.body}"
            if letter.sender.email.endswith(own):
                for person in letter.to:
                    sent[_house(person.email)].append(text)
            else:
                received[_house(letter.sender.email)].append(text)

    def kind(email: str) -> str:
        house = _house(email)
        theirs, ours = received[house], sent[house]
        return classify(
            [email],
            received=len(theirs),
            sent=len(ours),
            received_samples=theirs[::-1],
            sent_samples=ours[::-1],
            free_mail="@" in house,
        ).kind

    clients = {_house(person.email) for client in agency.STORY for person in client.people}
    assert {kind(person.email) for client in agency.STORY for person in client.people} == {"client"}
    strangers = {p.key: kind(p.email) for p in agency.NOT_CLIENTS if _house(p.email) not in clients}
    assert "client" not in strangers.values()
    assert strangers["applicant"] == "applicant"
    assert strangers["press_accounts"] == "vendor"
    pitch = classify(
        ["chad@rocketfunnels.example"], received=2, sent=0, received_samples=received["rocketfunnels.example"]
    )
    assert (pitch.kind, pitch.rules) == ("unknown", ("sells-to-us",))


def _house(email: str) -> str:
    """An organisation by its domain; at a public mail provider everybody stands for himself."""
    domain = email.partition("@")[2]
    return email if domain in ("gmail.com", "gmx.de") else domain
