"""Files of clients in the database: who is found again, what is made, and that nothing is stored twice or overruled."""

from __future__ import annotations

import os
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.conftest import NOW
from tests.letters import bring, days, judged, letter

from amends.clients.actions.books import open_address_book
from amends.clients.actions.curate import rename
from amends.clients.addressbooks import read_book
from amends.clients.models import Client, Contact, ContactAddress, Domain, Engagement, KnownRecord, Standing
from amends.firm.models import Firm, Member
from amends.firm.scope import firm_scope
from amends.flows import client_files
from amends.flows.client_files import ClientReport, import_clients, preview_clients
from amends.flows.curate import merge
from amends.flows.set_up import found_firm

COMPANIES = "Record ID,Company name,Website URL,Lifecycle Stage"
CONTACTS = "Record ID,First Name,Last Name,Email,Phone Number,Associated Company,Associated Company IDs"
DEALS = "Record ID,Deal Name,Deal Stage,Amount,Associated Company IDs,Associated Contact IDs"
TABLE = "Company,Website,Person,Email"


def bring_in(*lines: str, member: Member | None = None, **options: Any) -> ClientReport:
    book = read_book("\n".join(lines).encode())
    return import_clients((book, options), source="x.csv", member=member, clock=lambda: NOW)


def counts(report: ClientReport) -> tuple[int, int, int]:
    assert report.seen == report.imported + report.duplicates + len(report.set_aside)
    return report.imported, report.duplicates, len(report.set_aside)


def state() -> list[Any]:
    models: tuple[Any, ...] = (Client, Domain, Contact, ContactAddress, Engagement, KnownRecord)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_companies_contacts_and_deals_find_each_other(firm: Firm, member: Member) -> None:
    assert counts(
        bring_in(COMPANIES, "9001,Hartwell & Sons,https://www.hartwell.example,Customer", "9002,Pelham,,Lead")
    ) == (2, 0, 0)
    hartwell, pelham = Client.objects.order_by("name")
    assert (hartwell.name, hartwell.standing, hartwell.standing_fixed) == ("Hartwell & Sons", Standing.CLIENT, True)
    assert (pelham.standing, pelham.standing_fixed) == (Standing.UNSURE, False)
    assert Domain.objects.get().client == hartwell
    report = bring_in(
        CONTACTS,
        "101,Petra,Hartwell,petra@hartwell.example,+44 1,Somebody Else,",
        "102,Jo,Pelham,jo@gmail.com,,,9002",
        "103,Zoë,,zoe@new.example,,Brand New,",
    )
    assert counts(report) == (3, 0, 0)
    homes = {str(one): one.contact.client.name for one in ContactAddress.objects.select_related("contact__client")}
    assert homes == {
        "petra@hartwell.example": "Hartwell & Sons",
        "jo@gmail.com": "Pelham",
        "zoe@new.example": "Brand New",
    }
    assert {one.value: one.client.name for one in Domain.objects.select_related("client")} == {
        "hartwell.example": "Hartwell & Sons", "jo@gmail.com": "Pelham", "new.example": "Brand New",
    }  # fmt: skip
    report = bring_in(
        DEALS,
        "201,Website,Closed Won,12500.50,9999;9001,",
        "202,Print,Closed Won,,,102",
        "203,Film,Contract sent,900,9001,",
        "204,Nobody's,Closed Won,1,7777,",
    )
    assert counts(report) == (2, 0, 2)
    assert [one.reason for one in report.set_aside] == [
        "the deal is not won (stage: Contract sent); import it again when it is",
        "none of its companies or contacts is known here (7777): import these first",
    ]
    website, printed = Engagement.objects.order_by("-name")
    assert (website.client, website.value, website.yearly_value, website.currency) == (
        hartwell,
        Decimal("12500.50"),
        None,
        "",
    )
    pelham.refresh_from_db()
    assert (printed.client, pelham.standing, pelham.standing_why) == (
        pelham,
        Standing.CLIENT,
        "A deal was won (HubSpot)",
    )


@pytest.mark.parametrize(
    "lines",
    [
        (COMPANIES, "9001,Hartwell,hartwell.example,Customer", "9002,Hartwell Ltd,,", "9003,Oak,oak.example,"),
        (CONTACTS, "101,Petra,Hartwell,p@hartwell.example,1,Hartwell,9001", "102,,,jo@gmail.com,,,", "103,A,B,,,Oak,"),
        (TABLE, "Hartwell,hartwell.example,Petra,p@hartwell.example", "Oak,,,", ",,Jo,jo@gmail.com"),
        ("BEGIN:VCARD", "VERSION:3.0", "FN:Petra", "ORG:Hartwell", "EMAIL:p@hartwell.example", "UID:1", "END:VCARD"),
        ("BEGIN:VCARD", "VERSION:4.0", "KIND:org", "FN:Oak", "EMAIL:i@oak.example", "UID:2", "END:VCARD"),
    ],
    ids=["companies", "contacts", "table", "vcard", "vcard of a company"],
)
def test_importing_again_changes_nothing(firm: Firm, lines: tuple[str, ...]) -> None:
    first = bring_in(*lines)
    assert first.imported >= 1
    assert first.set_aside == []
    before = state()
    again = bring_in(*lines)
    assert (again.imported, again.duplicates) == (0, first.seen)
    assert state() == before


def test_deals_again_change_nothing_even_when_they_were_renamed(firm: Firm) -> None:
    bring_in(COMPANIES, "9001,Hartwell,hartwell.example,")
    bring_in(DEALS, "201,Website,won,100,9001,")
    before = state()
    assert counts(bring_in(DEALS, "201,Website (2026),won,200,9001,")) == (0, 1, 0)
    assert state() == before


def test_mail_and_file_meet_in_one_client(firm: Firm) -> None:
    """Whoever wrote before the import, and whoever writes after it."""
    judged(letter(at=NOW - days(3), message_id="a@hartwell.example"), now=NOW)
    known = Client.objects.get()
    assert known.name == "Hartwell"
    report = bring_in(TABLE, "Hartwell & Sons Ltd,,Petra H,petra@hartwell.example", "Oak,,Elm,elm@gmail.com")
    assert counts(report) == (2, 0, 0)
    known.refresh_from_db()
    assert (known.name, known.name_fixed, known.standing) == ("Hartwell & Sons Ltd", True, Standing.CLIENT)
    assert Contact.objects.get(client=known).name == "Petra Hartwell"  # as she signs herself
    oak = Client.objects.get(name="Oak")
    bring(
        letter(at=NOW - days(2), sender="Elm <elm@gmail.com>", message_id="b@x"),
        letter(at=NOW - days(1), sender="Else <else@gmail.com>", message_id="c@x"),
        now=NOW,
    )
    assert Contact.objects.get(addresses__email="elm@gmail.com").client == oak
    oak.refresh_from_db()
    assert oak.received == 1
    assert Client.objects.count() == 3


def test_what_a_person_said_is_not_overruled(firm: Firm, member: Member) -> None:
    judged(letter(at=NOW - days(3)), now=NOW)
    known = Client.objects.get()
    rename(known, "The Hartwells", member=member)
    Client.objects.update(standing=Standing.VENDOR, standing_fixed=True, standing_by=member)
    Contact.objects.update(name="P.", named_by=member)
    bring_in(COMPANIES, "9001,Hartwell PLC,hartwell.example,Customer")
    bring_in(CONTACTS, "101,Petra,Hartwell,petra@hartwell.example,+44,,")
    known.refresh_from_db()
    assert (known.name, known.standing) == ("The Hartwells", Standing.VENDOR)
    contact = Contact.objects.get()
    assert (contact.name, contact.phone) == ("P.", "+44")


def test_standing_and_won_stages_as_they_are_said(firm: Firm) -> None:
    bring_in(TABLE, "Hartwell,,,", standing="unsure")
    assert Client.objects.get().standing == Standing.UNSURE
    bring_in(COMPANIES, "9001,Hartwell,,", "9002,Oak,,Lead", standing="client")
    assert dict(Client.objects.values_list("name", "standing")) == {"Hartwell": "client", "Oak": "unsure"}
    report = bring_in(DEALS, "1,Site,Signed,1,9001,", "2,Print,Closed Won,1,9001,", won=["Signed"])
    assert [one.reason for one in report.set_aside] == [
        "the deal is not won (stage: Closed Won); import it again when it is"
    ]


def test_our_own_people_and_firm_are_set_aside(firm: Firm) -> None:
    report = bring_in(TABLE, "Studio GmbH,,,", "Hartwell,,Ada,ada@studio.example", "X,studio.example,,")
    assert [one.reason for one in report.set_aside] == [
        "it is your own firm", "ada@studio.example is an address of your own firm", "it is your own firm",
    ]  # fmt: skip
    assert not Client.objects.exists()


def test_nobody_knows_whom_somebody_works_for(firm: Firm) -> None:
    report = bring_in("BEGIN:VCARD", "VERSION:3.0", "FN:Grandma", "TEL:1", "END:VCARD")
    assert "nothing tells whom this person works for" in report.set_aside[0].reason


def test_a_merged_client_stands_for_what_it_became(firm: Firm) -> None:
    bring_in(COMPANIES, "9001,Hartwell,hartwell.example,", "9002,Pelham,,")
    old, new = Client.objects.order_by("name")
    merge(old, new, member=None, now=NOW)
    bring_in(COMPANIES, "9001,Hartwell,hartwell.example,", "9003,HARTWELL Ltd,,")
    bring_in(CONTACTS, "101,Petra,H,p@hartwell.example,,,", "102,Jo,H,,,,9001")
    bring_in(DEALS, "201,Site,won,1,9001,")
    assert Client.objects.count() == 2
    assert {one.client for one in Contact.objects.all()} == {one.client for one in Engagement.objects.all()} == {new}


def test_a_deal_values_the_engagement_of_that_name_once(firm: Firm) -> None:
    bring_in(COMPANIES, "9001,Hartwell,,")
    client = Client.objects.get()
    work = Engagement.objects.create(client=client, name="Website", created_at=NOW)
    bring_in(DEALS, "201,website,won,100,9001,", "202,WEBSITE,won,900,9001,")
    work.refresh_from_db()
    assert (work.value, work.version) == (Decimal(100), 2)
    assert KnownRecord.objects.filter(engagement=work).count() == 2


def test_a_deal_in_another_currency(firm: Firm) -> None:
    headers = "Record ID,Deal Name,Deal Stage,Amount,Currency,Associated Company"
    bring_in(TABLE, "Hartwell,,,")
    bring_in(headers, "1,Site,won,100,USD,Hartwell", "2,Print,won,100,EUR,Hartwell")
    assert dict(Engagement.objects.values_list("name", "currency")) == {"Site": "USD", "Print": ""}


def test_the_preview_says_what_the_import_then_does(firm: Firm) -> None:
    judged(letter(at=NOW - days(3)), now=NOW)
    lines = (TABLE, "Hartwell,hartwell.example,Petra,petra@hartwell.example", "Oak,,Elm,elm@oak.example",
             "oak ltd,,Ash,ash@oak.example", ",,,nothing")  # fmt: skip
    book = read_book("\n".join(lines).encode())
    before = state()
    seen = preview_clients((book, {}), source="x.csv", now=NOW)
    assert state() == before
    assert [(row.line, [(one.kind, one.name, one.how) for one in row.placed]) for row in seen.rows] == [
        (2, [("client", "Hartwell", "added"), ("person", "Petra Hartwell", "known")]),
        (3, [("client", "Oak", "new"), ("person", "Elm", "new")]),
        (4, [("client", "Oak", "known"), ("person", "Ash", "new")]),
        (5, []),
    ]
    done = import_clients((book, {}), source="x.csv", member=None, clock=lambda: NOW)
    assert done.as_json() == seen.report.as_json()


def test_a_batch_costs_the_same_queries_however_many_rows_it_has(firm: Firm) -> None:
    def cost(rows: list[str]) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert bring_in(TABLE, *rows).imported == len(rows)
        return len(asked)

    few = cost([f"A {n},a{n}.example,P {n},p{n}@a{n}.example" for n in range(2)])
    many = cost([f"B {n},b{n}.example,P {n},p{n}@b{n}.example" for n in range(150)])
    assert few == many


def test_what_was_interrupted_is_finished_by_running_it_again(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"C {n % 7},,P {n},p{n}@c{n % 7}.example" for n in range(40)]
    monkeypatch.setattr(client_files, "BATCH", 10)
    calls = 0

    def dies(firm: Firm, terms: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return open_address_book(firm, terms)

    with monkeypatch.context() as patch:
        patch.setattr(client_files, "open_address_book", dies)
        with pytest.raises(KeyboardInterrupt):
            bring_in(TABLE, *rows)
    assert Contact.objects.count() == 20
    assert counts(bring_in(TABLE, *rows)) == (20, 20, 0)
    assert (Client.objects.count(), Contact.objects.count()) == (7, 40)


def test_each_firm_has_its_own(firm: Firm) -> None:
    bring_in(COMPANIES, "9001,Hartwell,hartwell.example,")
    with firm_scope(found_firm(["rival.example"], now=NOW, name="Rivals")):
        assert counts(bring_in(COMPANIES, "9001,Hartwell,hartwell.example,")) == (1, 0, 0)
        assert Client.objects.count() == Domain.objects.count() == KnownRecord.objects.count() == 1


@pytest.mark.skipif(
    os.environ.get("AMENDS_TEST_DATABASE") != "postgresql",
    reason="the tests' SQLite is in memory, for one thread; two processes on a file are tested in test_import_clients",
)
@pytest.mark.django_db(transaction=True)
def test_two_people_importing_the_same_file_at_once_store_it_once(firm: Firm) -> None:
    rows = [f"C {n % 7},,P {n},p{n}@c{n % 7}.example" for n in range(60)]
    reports: list[ClientReport] = []
    troubles: list[BaseException] = []
    start = threading.Barrier(2)

    def work() -> None:
        try:
            start.wait()
            with firm_scope(firm):
                reports.append(bring_in(TABLE, *rows))
        except BaseException as error:  # a thread's error would be lost
            troubles.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert sorted(report.imported for report in reports) == [0, 60]
    assert (Client.objects.count(), Contact.objects.count()) == (7, 60)
