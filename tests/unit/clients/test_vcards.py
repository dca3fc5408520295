"""vCards of three versions, as Outlook, Apple, Google and others write them; a broken one never stops the rest."""

from __future__ import annotations

import logging

import pytest

from amends.clients.addressbooks import Book, Company, Person, read_book
from amends.clients.addressbooks.vcards import _MOST_CHARS


def cards(*each: str, encoding: str = "utf-8") -> Book:
    return read_book("".join(each).encode(encoding))


def card(*lines: str, version: str = "3.0", end: str = "\r\n") -> str:
    return end.join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def person(*lines: str, version: str = "3.0") -> Person:
    [entry] = cards(card(*lines, version=version)).entries
    assert entry.person is not None
    return entry.person


def test_version_3_with_several_addresses_and_an_organisation() -> None:
    found = person(
        "UID:7f3b", "N:Hartwell;Petra;;Dr.;", "FN:Petra Hartwell", "ORG:Hartwell\\, Sons & Co.;Marketing",
        "TITLE:Head of print", "EMAIL;TYPE=INTERNET,WORK:petra@hartwell.example",
        "EMAIL;TYPE=INTERNET;TYPE=PREF:P.Hartwell@Hartwell.example", "TEL;TYPE=CELL:+44 20 1234",
    )  # fmt: skip
    assert found == Person(
        "Petra Hartwell", record="7f3b", emails=("p.hartwell@hartwell.example", "petra@hartwell.example"),
        phone="+44 20 1234", title="Head of print", company="Hartwell, Sons & Co.",
    )  # fmt: skip


def test_version_4_with_its_quirks() -> None:
    """Preferences as numbers, telephone numbers as URIs, grouped properties, no N, quoted parameters, folded lines."""
    found = person(
        "UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1", "FN;ALTID=1;LANGUAGE=en:Petra Hart",
        " well", "EMAIL;PREF=2:second@hartwell.example", "item1.EMAIL;PREF=1;TYPE=work:first@hartwell.example",
        "item1.X-ABLabel:Work", 'TEL;VALUE=uri;TYPE="voice,home":tel:+1-555-555-5555;ext=5555',
        'ORG;SORT-AS="Hart":Hartwell', "KIND:individual", "RELATED;VALUE=text:somebody",
        version="4.0",
    )  # fmt: skip
    assert found == Person(
        "Petra Hartwell", record="urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
        emails=("first@hartwell.example", "second@hartwell.example"), phone="+1-555-555-5555", company="Hartwell",
    )  # fmt: skip


def test_version_2_quoted_printable_in_an_old_encoding() -> None:
    found = person(
        "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg",
        "FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:J=F6rg M=FCller", "EMAIL;INTERNET:joerg@moeller.example",
        version="2.1",
    )  # fmt: skip
    assert (found.name, found.emails) == ("Jörg Müller", ("joerg@moeller.example",))


@pytest.mark.parametrize("lines", [("KIND:org",), ("X-ABShowAs:COMPANY",), ("ORG:Hartwell Ltd",)])
def test_the_card_of_a_company(lines: tuple[str, ...]) -> None:
    text = card("FN:Hartwell Ltd", "N:;;;;", "URL:https://www.hartwell.example", "EMAIL:info@hartwell.example", *lines)
    [entry] = cards(text).entries
    assert entry.company == Company("Hartwell Ltd", domain="hartwell.example")
    assert entry.person == Person("", emails=("info@hartwell.example",), company="Hartwell Ltd")


def test_a_name_from_its_parts_where_there_is_no_whole_one() -> None:
    assert person("N:Hartwell;Petra;;;", "EMAIL:p@hartwell.example").name == "Petra Hartwell"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_encodings_and_ends_of_lines(encoding: str, end: str) -> None:
    text = card("FN:Jörg Müller", "EMAIL:joerg@möller.example", end=end) + card("FN:Zoë", "ORG:Ünlü", end=end)
    found = cards(text, encoding=encoding)
    assert [entry.person and entry.person.name for entry in found.entries] == ["Jörg Müller", "Zoë"]


def test_a_broken_card_is_set_aside_and_the_next_one_read(caplog: pytest.LogCaptureFixture) -> None:
    good = card("FN:Petra", "EMAIL:petra@hartwell.example")
    with caplog.at_level(logging.DEBUG):
        found = cards(
            good,
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:No end\r\n",
            good.replace("petra@", "jo@"),
            card("FN:Secret Name", "EMAIL:nowhere"),
            card("NOTE:nobody"),
            card("FN:Team", "KIND:group", version="4.0"),
            card("FN:With dirt", "this line is dirt", "EMAIL:dirt@hartwell.example"),
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Broken off",
        )
    assert [entry.person and entry.person.emails for entry in found.entries] == [
        ("petra@hartwell.example",), ("jo@hartwell.example",), ("dirt@hartwell.example",),
    ]  # fmt: skip
    assert [(one.line, one.reason) for one in found.set_aside] == [
        (6, "the card is broken off, or larger than a card ever is"),
        (14, "“nowhere” is no e-mail address"),
        (19, "the card has neither a name nor an e-mail address"),
        (23, "it is the card of a group, not of anybody"),
        (34, "the card is broken off, or larger than a card ever is"),
    ]
    assert caplog.text == ""  # names and addresses are nobody's log


def test_pictures_are_left_out_and_cards_are_bounded() -> None:
    picture = "PHOTO;ENCODING=b;TYPE=JPEG:" + "A" * 70 + "\r\n" + (" " + "A" * 74 + "\r\n") * 5_000
    huge = card(*("NOTE:" + "x" * 4_000 for _ in range(_MOST_CHARS // 4_000 + 2)), "FN:Huge", "EMAIL:h@huge.example")
    found = cards(card(picture.removesuffix("\r\n"), "FN:Petra", "EMAIL:petra@hartwell.example"), huge)
    assert [entry.person and entry.person.name for entry in found.entries] == ["Petra"]
    assert [one.reason for one in found.set_aside] == ["the card is broken off, or larger than a card ever is"]
