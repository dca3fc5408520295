"""Organisations by domain, names of clients and of people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.clients.rules import client_name, company_key, name_in, organisation, same_person


@pytest.mark.parametrize(
    ("email", "found"),
    [
        ("petra@hartwell.example", "hartwell.example"),
        ("petra@mail.uk.hartwell.co.uk", "hartwell.co.uk"),
        ("Petra@HARTWELL.CO.UK", "hartwell.co.uk"),
        ("x@shop.github.io", "shop.github.io"),
        ("a@b.com.au", "b.com.au"),
        ("jo@gmail.com", "jo@gmail.com"),
        ("jo+news@gmail.com", "jo@gmail.com"),
        ("Jo@GoogleMail.com", "jo@googlemail.com"),
        ("a@localhost", "localhost"),
        ("a@b.example.>", "b.example"),
        ('"odd@name"@b.example', "b.example"),
        ("nobody", ""),
        ("@b.example", ""),
        ("a@", ""),
        ("", ""),
    ],
)
def test_who_stands_behind_an_address(email: str, found: str) -> None:
    assert organisation(email) == found


@given(st.text(max_size=40))
def test_any_text_has_an_organisation_or_none(email: str) -> None:
    assert organisation(email) == organisation(email.lower())


@pytest.mark.parametrize(
    ("key", "person", "name"),
    [
        ("hartwell.example", "Petra", "Hartwell"),
        ("pelham-street_dental.co.uk", "", "Pelham Street Dental"),
        ("jo@gmail.com", "Jo Lim", "Jo Lim"),
        ("jo@gmail.com", "", "jo@gmail.com"),
        ("3m.com", "", "3m"),
        ("-.example", "", "-"),
    ],
)
def test_a_first_name_for_a_client(key: str, person: str, name: str) -> None:
    assert client_name(key, person) == name


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Petra Hartwell", "Hartwell, Petra", True),
        ("Petra Hartwell", "PETRA  HARTWELL", True),
        ("Petra", "Petra", False),
        ("Petra Hartwell", "Petra Hartwell-Jones", False),
        ("", "", False),
    ],
)
def test_the_same_person(first: str, second: str, same: bool) -> None:
    assert same_person(first, second) is same


@pytest.mark.parametrize(
    ("text", "key", "name"),
    [
        ("Yours\nPelham Street Dental, Bath", "pelhamstreetdental.example", "Pelham Street Dental"),
        ("see pelhamstreetdental.example", "pelhamstreetdental.example", ""),
        ("write to a@pelhamstreetdental.example", "pelhamstreetdental.example", ""),
        ("PELHAM STREET DENTAL", "pelhamstreetdental.example", "PELHAM STREET DENTAL"),
        ("Delacroix & Filles", "delacroixfilles.example", "Delacroix & Filles"),
        ("Elm Ltd", "elm.example", ""),
        ("Jo", "jo@gmail.com", ""),
        ("", "pelhamstreetdental.example", ""),
    ],
)
def test_a_name_as_its_own_people_write_it(text: str, key: str, name: str) -> None:
    assert name_in(text, key) == name


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Hartwell & Sons Ltd.", "hartwell and sons"),
        ("Hartwell and Sons", "hartwell and sons"),
        ("Müller GmbH & Co. KG", "müller"),
        ("Groß AG", "gross"),
        ("Elm S.r.l.", "elm"),
        ("Co", "co"),
        ("AS", "as"),
        ("L'Oréal S.A.", "loréal"),
        ("…", "..."),
        ("", ""),
    ],
)
def test_what_spellings_of_a_company_share(name: str, key: str) -> None:
    assert company_key(name) == key


@given(st.text(max_size=60))
def test_a_company_keeps_its_key_whatever_its_case_blanks_and_legal_form(name: str) -> None:
    key = company_key(name)
    assert bool(key) == bool(" ".join(name.split()))
    assert company_key(f"  {name}  ") == key
    if key.replace(" ", "").isalnum():
        assert company_key(f"{key} GmbH & Co. KG") == company_key(key)
