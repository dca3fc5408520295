"""Files of clients: HubSpot's three exports and tables of any tool, whatever their encoding and separator."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.clients.addressbooks import (
    Book,
    BookError,
    Company,
    Deal,
    Person,
    Unmapped,
    columns_of,
    is_won,
    read_book,
)
from amends.clients.addressbooks.entries import domain_in, emails_in
from amends.clients.addressbooks.reader import LARGEST
from amends.clients.timesheets import Decimals, Unclear

CONTACTS = (
    "Record ID,First Name,Last Name,Email,Phone Number,Lead Status,Create Date,Associated Company,Country/Region,"
    "Contact owner"
)
COMPANIES = "Record ID,Company name,Website URL,Company owner,Create Date"
DEALS = "Record ID,Deal Name,Deal Stage,Amount,Deal owner,Associated Company IDs,Associated Contact IDs"


def book(*lines: str) -> Book:
    return read_book(("\r\n".join(lines) + "\r\n").encode())


# -- HubSpot ------------------------------------------------------------------------------------------------------


def test_hubspot_companies() -> None:
    found = book(
        COMPANIES,
        '9001,"Hartwell & Sons, Ltd.",https://www.Hartwell.example/en?x=1,Ada Moss,2026-01-02 10:00',
        "9002,Pelham,facebook.com/pelham,,2026-01-02 10:00",
        "9003,,kestrel.example,,",
    )
    assert (found.source, found.format, found.set_aside) == ("hubspot", "HubSpot companies", ())
    assert [entry.company for entry in found.entries] == [
        Company("Hartwell & Sons, Ltd.", record="9001", domain="hartwell.example"),
        Company("Pelham", record="9002"),
        Company("", record="9003", domain="kestrel.example"),
    ]


def test_hubspot_says_who_is_a_customer() -> None:
    found = book(
        "Record ID,Company name,Company Domain Name,Lifecycle Stage", "1,A,a.example,Customer", "2,B,,Lead", "3,C,,"
    )
    assert [entry.company and entry.company.customer for entry in found.entries] == [True, False, None]


def test_hubspot_contacts() -> None:
    found = book(
        CONTACTS,
        "101,Petra,Hartwell,Petra@Hartwell.example,+44 20 1234,OPEN,2026-01-02 10:00,Hartwell & Sons,UK,Ada Moss",
        "102,,,jo@gmail.com,,,,,,",
        "103,No,Address,,,,,Hartwell & Sons;Pelham,,",
        "104,Bad,Address,petra at hartwell,,,,,,",
    )
    assert [entry.person for entry in found.entries] == [
        Person("Petra Hartwell", record="101", emails=("petra@hartwell.example",), phone="+44 20 1234",
               company="Hartwell & Sons"),
        Person("", record="102", emails=("jo@gmail.com",)),
        Person("No Address", record="103", company="Hartwell & Sons"),
    ]  # fmt: skip
    assert [(one.line, one.reason) for one in found.set_aside] == [(5, "“petra at hartwell” is no e-mail address")]


def test_hubspot_deals_with_several_ids() -> None:
    found = book(
        DEALS,
        '201,Website,Closed Won,12500.50,Ada,9002;9999,"101; 102"',
        "202,Print,Contract sent,,Ada,9002,",
        "203,,Closed Won,1,Ada,9002,",
        "204,Odd,Closed Won,lots,Ada,9002,",
        "205,Spoiled,Closed Won,1,Ada,1.23457E+11,",
    )
    assert [entry.deal for entry in found.entries] == [
        Deal("Website", "Closed Won", record="201", amount=Decimal("12500.50"), companies=("9002", "9999"),
             contacts=("101", "102")),
        Deal("Print", "Contract sent", record="202", companies=("9002",)),
    ]  # fmt: skip
    assert [one.line for one in found.set_aside] == [4, 5, 6]
    assert "no amount" in found.set_aside[1].reason
    assert "a spreadsheet has changed its record id" in found.set_aside[2].reason
    assert found.stages == {"Closed Won": 1, "Contract sent": 1}


def test_an_amount_with_two_readings_stops() -> None:
    with pytest.raises(Unclear, match=r"1,500 is 1500 or 1\.5"):
        book(DEALS, '201,Website,Won,"1,500",Ada,9002,')
    data = f'{DEALS}\n201,Website,Won,"1,500",Ada,9002,\n'.encode()
    [entry] = read_book(data, decimals_as=Decimals.COMMA).entries
    assert entry.deal is not None
    assert entry.deal.amount == Decimal("1.5")


@pytest.mark.parametrize("stage", ["Closed Won", "closedwon", "Won", "Gewonnen", "Gagné", "CIERRE GANADO"])
def test_stages_that_mean_won(stage: str) -> None:
    assert is_won(stage, won=None)
    assert not is_won(stage, won=frozenset({"Signed"}))


@pytest.mark.parametrize("stage", ["Closed Lost", "closedlost", "Contract sent", "", "Not won", "Won back"])
def test_stages_that_do_not(stage: str) -> None:
    assert not is_won(stage, won=None)
    assert is_won(stage.upper(), won=frozenset({stage}))


# -- tables -------------------------------------------------------------------------------------------------------


def test_a_plain_table_with_its_columns_guessed() -> None:
    found = book(
        "Company,Web,First name,Surname,E-Mail,Mobile,Job title,Notes",
        "Hartwell Ltd,www.hartwell.example,Petra,Hartwell,petra@hartwell.example,0123,Head of print,nice",
        "Pelham,,,,,,,",
        ",,,,,,,only notes",
        "Oak,,,,nothing,,,",
    )
    assert (found.source, found.format) == ("csv", "table")
    first, second = found.entries
    assert first.company == Company("Hartwell Ltd", domain="hartwell.example")
    assert first.person == Person(
        "Petra Hartwell",
        emails=("petra@hartwell.example",),
        phone="0123",
        title="Head of print",
        company="Hartwell Ltd",
    )
    assert (second.company, second.person) == (Company("Pelham"), None)
    assert [(one.line, one.reason) for one in found.set_aside] == [
        (4, "it names neither a client nor an e-mail address"), (5, "“nothing” is no e-mail address"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "row"),
    [
        ("Firma;Vorname;Name;E-Mail-Adresse", "Möller & Söhne GmbH;Jörg;Müller;joerg@moeller.example"),
        ("Entreprise;Prénom;Nom;Courriel", "Möller & Söhne GmbH;Jörg;Müller;joerg@moeller.example"),
        ("Empresa;Nombre;Apellidos;Correo electrónico", "Möller & Söhne GmbH;Jörg;Müller;joerg@moeller.example"),
        ("Bedrijf;Voornaam;Achternaam;E-mailadres", "Möller & Söhne GmbH;Jörg;Müller;joerg@moeller.example"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_languages_encodings_and_separators(headers: str, row: str, encoding: str, separator: str) -> None:
    data = f"{headers}\r\n{row}\r\n".replace(";", separator).encode(encoding)
    [entry] = read_book(data).entries
    assert entry.company == Company("Möller & Söhne GmbH")
    assert entry.person == Person("Jörg Müller", emails=("joerg@moeller.example",), company="Möller & Söhne GmbH")


def test_a_name_that_may_be_either_stops_with_both_readings() -> None:
    with pytest.raises(Unmapped) as caught:
        book("Name,E-mail", "Delacroix,info@studio-d.example", "Pelham,post@pel.example")
    assert str(caught.value) == (
        "“Name” may be the client or a person there, and nothing in the file decides: say which with --map name=Name or"
        " --map person=Name."
    )


def test_the_cells_decide_whose_name_it_is() -> None:
    firms = book("Name,E-mail", "Hartwell Ltd,info@hw.example", "Pelham Street,post@pelhamstreet.example")
    assert [entry.company for entry in firms.entries] == [Company("Hartwell Ltd"), Company("Pelham Street")]
    people = book("Name,E-mail", "Petra Hartwell,petra@hw.example", "Jo Smith,j.smith@gmail.com")
    assert [entry.person and entry.person.name for entry in people.entries] == ["Petra Hartwell", "Jo Smith"]
    assert people.entries[0].company is None


def test_two_columns_for_one_thing_stop_unless_they_say_the_same() -> None:
    with pytest.raises(Unmapped, match="“Company” and “Account name” may both be the client's name: say which with"):
        book("Company,Account name,Email", "Hartwell,Hartwell Group,p@hartwell.example")
    [entry] = book("Company,Account name,Email", "Hartwell,Hartwell,p@hartwell.example").entries
    assert entry.company == Company("Hartwell")


def test_a_person_says_what_the_columns_are() -> None:
    data = b"Wer,Was,Name\nHartwell,x,Petra\n"
    with pytest.raises(Unmapped, match="“Name” may be the client or a person"):
        read_book(data)
    [entry] = read_book(data, named_columns=[("name", "wer"), ("person", "3")]).entries
    assert (entry.company, entry.person and entry.person.name) == (Company("Hartwell"), "Petra")
    [entry] = read_book(data, columns={0: "skip", 1: "skip", 2: "name"}).entries
    assert entry.company == Company("Petra")
    with pytest.raises(Unmapped, match="There is no column “When”; there are: Wer, Was, Name"):
        read_book(data, named_columns=[("name", "When")])
    with pytest.raises(Unmapped, match="There is no field 'colour'"):
        read_book(data, named_columns=[("colour", "Wer")])


def test_a_table_without_headers_and_one_column_of_addresses() -> None:
    found = read_book(b"Petra Hartwell;petra@hartwell.example\nJo;jo@pelham.example\n", columns={0: "person"})
    assert [entry.person and entry.person.emails for entry in found.entries] == [
        ("petra@hartwell.example",), ("jo@pelham.example",),
    ]  # fmt: skip
    assert len(read_book(b"a@hartwell.example\nb@pelham.example\n").entries) == 2


def test_nothing_that_tells_a_client_stops() -> None:
    with pytest.raises(Unmapped, match="No column is known to hold the client's name or an e-mail address"):
        book("Colour,Size", "red,4", "blue,5")


def test_the_guess_is_shown_with_some_cells() -> None:
    guess = columns_of(b"Company,Hue\nHartwell,red\nPelham,red\nOak,blue\n")
    assert guess is not None
    assert [(one.header, one.field, one.samples) for one in guess.columns] == [
        ("Company", "name", ("Hartwell", "Pelham", "Oak")), ("Hue", "", ("red", "blue")),
    ]  # fmt: skip
    assert columns_of(f"{DEALS}\n1,a,won,,,,\n".encode()) is None
    assert columns_of(b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nEND:VCARD\r\n") is None


def test_a_stray_comma_sets_its_row_aside() -> None:
    found = book("Company,Email", "Hartwell,p@hartwell.example", "Pelham, Sons,x@pelham.example")
    assert len(found.entries) == 1
    assert found.set_aside[0].reason == "it has 3 cells under 2 headers: a comma without quotes?"


@pytest.mark.parametrize("data", [b"", b"\n\n", b"just words", b"\x00\x01\x02\x03" * 50, b"%PDF-1.7 ..."])
def test_what_is_no_table_is_said(data: bytes) -> None:
    with pytest.raises(BookError):
        read_book(data)


def test_files_are_bounded() -> None:
    with pytest.raises(BookError, match="larger than 64 MB"):
        read_book(b" " * (LARGEST + 1))
    with pytest.raises(BookError, match="500 columns"):
        read_book(("Company" + ",x" * 600 + "\nHartwell" + ",1" * 600).encode())
    with pytest.raises(BookError, match="is no CSV"):
        read_book(b'Company,Email\nHartwell,"' + b"x" * 200_000)


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.hartwell.co.uk/about", "hartwell.co.uk"), ("HARTWELL.example", "hartwell.example"),
        ("http://user:pw@hartwell.example:8080/x", "hartwell.example"), ("linkedin.com/company/hartwell", ""),
        ("gmail.com", ""), ("https://gmail.com", ""), ("n/a", ""), ("", ""), ("localhost", ""), ("google.de/maps", ""),
        ("hartwell.example, pelham.example", "hartwell.example"),
    ],
)  # fmt: skip
def test_domains_of_web_addresses(text: str, domain: str) -> None:
    assert domain_in(text) == domain


def test_addresses_in_a_cell() -> None:
    assert emails_in("Petra <P@H.example>; q@h.example, p@h.example") == ("p@h.example", "q@h.example")
    assert emails_in("  ") == ()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_the_bytes_it_reads_or_refuses_in_words(data: bytes) -> None:
    try:
        found = read_book(data)
    except (BookError, Unclear):
        return
    for entry in found.entries:
        assert entry.company or entry.person or entry.deal
