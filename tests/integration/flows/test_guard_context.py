"""What the check makes of what the firm knows: of a conversation, its clients and itself; as far as one may read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.conftest import NOW
from tests.letters import OURS, THEIRS, bring, days, judged, letter, stored

from amends.clients.models import Client, Contact, ContactAddress, Domain, GlossaryTerm, Standing
from amends.firm.models import Firm, Member, Role
from amends.flows.guard import (
    NoSuchRule,
    Written,
    avoid,
    check_message,
    check_text,
    check_written,
    choose,
    settings_given,
    teach,
)
from amends.insights import around
from amends.judgement.guard import Finding
from amends.judgement.model import use
from amends.mail.models import Mailbox, Message, Visibility
from amends.mail.queries import SYSTEM, Reader
from amends.outbox.compose import Person
from amends.outbox.recipients import Audience
from amends.signals.actions import respond
from amends.signals.models import Action, Promise, Signal, SignalKind

PETRA = Audience((Person("Petra Hartwell", "petra@hartwell.example"),))
WRONG = "Dear Ada,\n\nthe brochure is wrong again. I am very disappointed.\n\nPetra\n"
COOL = "Dear Petra,\n\nthe leaflet comes on Friday.\n\nAda\n"
GENEROUS = "Dear Petra,\n\nthe mistake is ours. We will refund 900 euros to you on Friday.\n\nAda\n"
BLAME = "You should have told us about the date."


@pytest.fixture(autouse=True)
def _afresh() -> Any:
    """Rules alone, and no names of clients from the test before."""
    around._directories.clear()
    with use(None):
        yield


@pytest.fixture
def asked(firm: Firm) -> Message:
    """What Petra wrote yesterday."""
    judged(letter(WRONG, at=NOW - days(1), message_id="wrong@hartwell.example"), now=NOW)
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True)
    return stored("wrong@hartwell.example")


def person(name: str, role: str, authority: int | None = None) -> Member:
    made = Member.objects.create_member(email=f"{name.lower()}@studio.example", name=name, role=role, now=NOW)
    made.authority = None if authority is None else Decimal(authority)
    made.save()
    return made


def findings(
    text: str, by: Member | None = None, *, reader: Reader | None = None, now: datetime = NOW, **more: Any
) -> tuple[Finding, ...]:
    written = replace(Written(text, PETRA), **more)
    return check_written(reader or Reader(by), written, by=by, now=now)[1].findings


def rules(text: str, by: Member | None = None, **more: Any) -> list[str]:
    return [each.rule for each in findings(text, by, **more)]


def eml(text: str, **more: Any) -> bytes:
    return letter(text, at=NOW, **{"sender": OURS, "to": THEIRS, **more})


def of_message(raw: bytes, by: Member | None = None, **more: Any) -> list[str]:
    return [each.rule for each in check_message(Reader(by), raw, by=by, now=NOW, **more)[1].findings]


def complaint(of: Message) -> Signal:
    return Signal.objects.filter(message=of, kind=SignalKind.COMPLAINT).earliest("pk")


# -- the conversation ---------------------------------------------------------------------------------------------


def test_it_is_found_by_what_the_headers_name_the_nearest_first(asked: Message, member: Member) -> None:
    judged(letter("Dear Ada,\n\nthank you, all is well.\n", at=NOW - days(2), message_id="fine@fern.example",
                  sender="Fay <fay@fern.example>", subject="Fine"), now=NOW)  # fmt: skip
    fine, wrong = "fine@fern.example", "wrong@hartwell.example"
    assert "complaint-not-owned" not in of_message(eml(COOL), member)
    assert "complaint-not-owned" in of_message(eml(COOL, references=[wrong]), member)
    assert "complaint-not-owned" in of_message(eml(COOL, references=[fine, wrong]), member)
    assert "complaint-not-owned" not in of_message(eml(COOL, references=[wrong, fine]), member)
    assert "complaint-not-owned" in of_message(eml(COOL, references=["gone@x.example", wrong, "y@z.example"]), member)
    assert "complaint-not-owned" in of_message(eml(COOL), member, answering=asked.public_id)
    with pytest.raises(Message.DoesNotExist):
        of_message(eml(COOL), member, answering=asked.client.public_id)  # type: ignore[union-attr]


def test_only_what_stood_before_the_message_that_is_answered(asked: Message, member: Member) -> None:
    before = stored("wrong@hartwell.example")
    judged(letter("Dear Ada,\n\nthank you, all is well now.\n", at=NOW - days(0.5), subject="Re: The brochure",
                  message_id="well@hartwell.example", references=["wrong@hartwell.example"]), now=NOW)  # fmt: skip
    assert "complaint-not-owned" in rules(COOL, member, answering=before.public_id)
    assert "complaint-not-owned" not in rules(COOL, member, answering=stored("well@hartwell.example").public_id)


def test_a_confirmed_point_that_stands_open_must_be_answered(asked: Message, member: Member) -> None:
    owned = "Dear Petra,\n\nI am sorry, the mistake is ours. You have the corrected invoice on Friday.\n"
    assert "open-issue-unanswered" not in rules(owned, member, answering=asked.public_id)
    signal = complaint(asked)
    batch = respond([signal.public_id], action=Action.OWN, member=member, at=NOW)
    [found] = [each for each in findings(owned, member, answering=asked.public_id) if "open" in each.rule]
    assert signal.quote in found.why
    Signal.objects.filter(pk=signal.pk).update(answered_at=NOW)
    assert not [each for each in rules(owned, member, answering=asked.public_id) if "open" in each]
    assert batch


def promise(message: Message) -> Promise:
    """What we owe whoever wrote this message, with its date, as it says."""
    return Promise.objects.create(
        client=message.client or Client(), by="firm", text="We will send you the corrected brochure.", origin="message",
        message=message, quote="", key="due", state="pending", made_at=NOW, confirmed_at=NOW, due=NOW + days(3),
    )  # fmt: skip


def test_a_promise_that_stands_with_a_date_needs_none(asked: Message, member: Member) -> None:
    vague = "Dear Petra,\n\nthe mistake is ours, sorry. We will send you the corrected brochure.\n"
    assert rules(vague, member, answering=asked.public_id) == ["promise-without-date"]
    due = promise(asked)
    assert rules(vague, member, answering=asked.public_id) == []
    Promise.objects.filter(pk=due.pk).update(state="kept", settled_at=NOW)
    assert rules(vague, member, answering=asked.public_id) == ["promise-without-date"]


# -- clients ------------------------------------------------------------------------------------------------------


def test_words_are_the_client_s_own(asked: Message, member: Member) -> None:
    client = asked.client
    assert client is not None
    other = Client.objects.create(name="Fern Foods", standing=Standing.CLIENT, created_at=NOW)
    GlossaryTerm.objects.create(client=client, wrong="leaflet", right="folder", at=NOW)
    GlossaryTerm.objects.create(client=client, wrong="cheap", right="", at=NOW)
    GlossaryTerm.objects.create(client=other, wrong="Friday", right="Monday", at=NOW)
    text = "Dear Petra,\n\nthe cheap leaflet comes on Friday.\n"
    said = [(each.quote, each.suggestion) for each in findings(text, member) if each.rule == "glossary"]
    assert said[0] == ("cheap", said[0][1])
    assert said[1] == ("leaflet", "folder")
    assert len(said) == 2
    assert rules(text, member, audience=Audience(), client=other.public_id) == ["glossary"]
    assert rules(text, member, audience=Audience()) == []  # of whom nothing is known
    with pytest.raises(Client.DoesNotExist):
        rules(text, member, client=asked.public_id)


def test_whoever_goes_to_two_clients_goes_to_none(asked: Message, member: Member) -> None:
    other = Client.objects.create(name="Fern Foods", standing=Standing.CLIENT, created_at=NOW)
    Domain.objects.create(client=other, value="fern.example")
    GlossaryTerm.objects.create(client=other, wrong="leaflet", right="folder", at=NOW)
    both = Audience((*PETRA.to, Person("Fay", "fay@mail.fern.example")))
    assert "glossary" in rules(COOL, member, audience=Audience((both.to[1],)))
    assert rules(COOL, member, audience=both) == ["two-clients"]


def test_another_client_s_name_is_known(asked: Message, member: Member) -> None:
    text = "Dear Petra,\n\nas we did for Fern Foods last week.\n"
    assert rules(text, member) == []
    Client.objects.create(name="Fern Foods", standing=Standing.CLIENT, created_at=NOW)
    assert rules(text, member, now=NOW + timedelta(seconds=59)) == []  # names are up to a minute old
    assert rules(text, member, now=NOW + timedelta(seconds=61)) == ["other-client"]


# -- the firm -----------------------------------------------------------------------------------------------------


def test_the_authority_is_the_sender_s(asked: Message) -> None:
    low, high, none = person("Lo", Role.STAFF, 500), person("Hi", Role.PARTNER, 5000), person("No", Role.STAFF)
    assert [rules(GENEROUS, each) for each in (low, high, none)] == [
        ["beyond-authority"], [], ["beyond-authority"]  # who has no limit of their own has their role's
    ]  # fmt: skip
    assert of_message(eml(GENEROUS, sender="Lo <lo@studio.example>"), high) == ["beyond-authority"]
    assert of_message(eml(GENEROUS, sender="Hi <HI@studio.example>"), low) == []
    assert of_message(eml(GENEROUS, sender="Box <info@studio.example>"), low) == ["beyond-authority"]
    assert of_message(eml(GENEROUS, sender="Box <info@studio.example>")) == []


def test_rules_weigh_as_the_firm_weighs_them(asked: Message, member: Member) -> None:
    text = f"Dear Petra,\n\n{BLAME}\n"

    def severity() -> list[str]:
        return [each.severity for each in findings(text, member)]

    assert severity() == ["warn"]
    choose("blame", "stop", by=member, now=NOW)
    assert severity() == ["stop"]
    choose("blame-should-have", "advice", by=member, now=NOW)
    assert severity() == ["advice"]
    choose("blame", "off", by=member, now=NOW)
    assert severity() == []
    for name in ("blame", "blame-should-have"):
        choose(name, "", by=member, now=NOW)
    assert severity() == ["warn"]
    assert rules(text, member) == ["blame-should-have"]
    given = settings_given(off=["blame"])
    assert check_written(SYSTEM, Written(text), by=member, now=NOW, given=given)[1].findings == ()
    with pytest.raises(NoSuchRule):
        settings_given(only=["nonsense"])


def test_words_that_the_firm_avoids(asked: Message, member: Member) -> None:
    avoid("going forward", instead="from now on", choice="stop", by=member, now=NOW)
    [found] = findings("Dear Petra,\n\ngoing forward we print on Fridays.\n", member)
    assert (found.quote, found.suggestion, found.severity) == ("going forward", "from now on", "stop")


def test_its_own_examples_teach(asked: Message, member: Member) -> None:
    odd = "Some of us do read the calendar."
    text = f"Dear Petra,\n\n{odd} You have the plan.\n"
    assert rules(text, member) == []
    teach("blame-should-have", odd, fires=True, by=member, now=NOW)
    assert [(each.rule, each.quote) for each in findings(text, member)] == [("blame-should-have", odd)]
    teach("blame-should-have", BLAME, fires=False, by=member, now=NOW)
    assert rules(f"Dear Petra,\n\n{BLAME}\n", member) == []


def test_plain_text_has_no_conversation_and_no_client(asked: Message, member: Member) -> None:
    GlossaryTerm.objects.create(client=Client.objects.get(), wrong="leaflet", right="folder", at=NOW)
    avoid("Friday", instead="", choice="warn", by=member, now=NOW)
    draft, result = check_text(SYSTEM, f"{COOL}\n> the leaflet\n", by=None, now=NOW)
    assert (draft.at, [each.rule for each in result.findings]) == (NOW, ["own-words"])


# -- queries ------------------------------------------------------------------------------------------------------


def many(count: int, member: Member) -> None:
    """So many clients with people, terms, words, examples and weights, and a long conversation."""
    chain = ["wrong@hartwell.example"]
    for number in range(count):
        client = Client.objects.create(name=f"House {number}", standing=Standing.CLIENT, created_at=NOW)
        Domain.objects.create(client=client, value=f"house{number}.example")
        contact = Contact.objects.create(client=client, name=f"Kim {number}")
        ContactAddress.objects.create(contact=contact, email=f"kim@house{number}.example")
        GlossaryTerm.objects.create(client=Client.objects.earliest("pk"), wrong=f"word{number}", right="x", at=NOW)
        avoid(f"avoided {number}", instead="", choice="warn", by=member, now=NOW)
        teach("blame-should-have", f"Sentence number {number} here.", fires=False, by=member, now=NOW)
        chain.append(f"more{number}@hartwell.example")
        more = letter(
            f"Dear Ada,\n\nmore {number}.\n", at=NOW - timedelta(hours=12 - number / 10), references=chain[:-1],
            message_id=chain[-1], subject="Re: The brochure", cc=f"Jo{number} <jo{number}@hartwell.example>",
        )  # fmt: skip
        bring(more, now=NOW)
    for name in ("blame", "excuse", "insult")[:count]:
        choose(name, "warn", by=member, now=NOW)


QUERIES = {
    "cold": 21,
    "warm": 18,
    "new": 13,
    "eml": 19,
}  # one: what the role may give; three: favours
FOR_THE_RESTRICTED = 4  # what they may know of the domains and people at hand


@pytest.mark.parametrize("shut", [False, True], ids=["all read", "some is closed"])
def test_as_many_queries_whatever_is_stored(
    shut: bool, asked: Message, member: Member, django_assert_num_queries: Any
) -> None:
    if shut:
        Mailbox.objects.create(address="shut@studio.example", visibility=Visibility.METADATA, created_at=NOW)

    def ask(what: str) -> None:
        last = Message.objects.filter(thread=asked.thread).latest("pk")
        with django_assert_num_queries(QUERIES[what] + FOR_THE_RESTRICTED * shut):
            if what == "eml":
                of_message(eml(COOL, references=[last.message_id]), member)
            elif what == "new":
                findings(COOL, member)
            else:
                findings(COOL, member, answering=last.public_id)

    for stage in ("few", "many"):
        if stage == "many":
            many(6, member)
        around._directories.clear()
        for what in QUERIES:
            ask(what)


# -- who may read what --------------------------------------------------------------------------------------------


@pytest.fixture
def closed(asked: Message, member: Member) -> Message:
    """Petra's further letter, and all of Zoe's, in Ada's closed mailbox."""
    Mailbox.objects.update(address="team@studio.example")
    box = Mailbox.objects.create(
        address="ada@studio.example", owner=member, visibility=Visibility.METADATA, created_at=NOW
    )
    letters = [
        letter("Dear Ada,\n\nthe Xanthippe parcel is lost again and I am furious.\n", at=NOW - days(0.5),
               message_id="shut@hartwell.example", subject="Re: The brochure", references=["wrong@hartwell.example"]),
        letter("Dear Ada,\n\nplease look.\n", at=NOW - days(0.4), sender="Zoe Xanthippe <zoe@hidden-xq.example>",
               message_id="zoe@hidden-xq.example", subject="Zoe"),
    ]  # fmt: skip
    bring(*letters, now=NOW, address=box.address)
    from amends.flows.judge import judge_new

    judge_new(now=NOW)
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True)
    shut = stored("shut@hartwell.example")
    signal = complaint(shut)
    respond([signal.public_id], action=Action.OWN, member=member, at=NOW)
    promise(shut)
    return shut


def test_closed_mail_is_not_looked_at(closed: Message, member: Member) -> None:
    staff = person("Sam", Role.STAFF)
    owned = "Dear Petra,\n\nI am sorry, the mistake is ours. You have the corrected invoice on Friday.\n"
    vague = "Dear Petra,\n\nthe mistake is ours, sorry. We will send you the corrected brochure.\n"
    references = ["wrong@hartwell.example", "shut@hartwell.example"]
    for text in (owned, vague, COOL, "Dear Zoe,\n\nI will send it on Friday.\n"):
        theirs = check_message(Reader(staff), eml(text, references=references), by=staff, now=NOW)[1].findings
        assert "anthippe" not in str(theirs)
    mine = check_message(Reader(member), eml(owned, references=references), by=member, now=NOW)[1].findings
    assert "Xanthippe" in str(mine)  # else that would prove nothing
    kept = {each: of_message(eml(vague, references=references), each) for each in (staff, member)}
    assert "promise-without-date" in kept[staff]
    assert "promise-without-date" not in kept[member]
    with pytest.raises(Message.DoesNotExist):
        rules(COOL, staff, answering=closed.public_id)
    with pytest.raises(Message.DoesNotExist):
        rules(COOL, staff, answering=stored("zoe@hidden-xq.example").public_id)


def test_people_and_domains_that_only_closed_mail_knows_are_not_told(closed: Message, member: Member) -> None:
    staff = person("Sam", Role.STAFF)
    near = Audience((Person("", "someone@hiden-xq.example"),))
    for by, told in ((member, True), (staff, False)):
        found = findings("Good morning,\n\nhere is the plan.\n", by, audience=near)
        assert ("hidden-xq.example" in str(found)) is told
    here = Audience((Person("", "zoe@hidden-xq.example"), *PETRA.to))
    assert "two-clients" in rules("Good morning,\n\nhere is the plan.\n", member, audience=here)
    assert "two-clients" not in rules("Good morning,\n\nhere is the plan.\n", staff, audience=here)
    assert around.directory(Reader(member), None, now=NOW) != around.directory(Reader(staff), None, now=NOW)
