"""Signing in by password and by one-time link, and the pause after too many attempts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client as Browser
from tests.integration.web.conftest import no_firm

from amends.firm.models import Firm, Member, Role
from amends.firm.sign_in import make_link

PASSWORD = "a long password 1"


def test_a_member_signs_in_and_out(client: Browser, member: Member) -> None:
    with no_firm():
        answer = client.post("/sign-in/", {"email": "Ada@studio.example", "password": PASSWORD, "next": "/clients/"})
        assert answer["Location"] == "/clients/"
        assert client.get("/").status_code == 200
        assert client.get("/sign-in/")["Location"] == "/"
        assert client.post("/sign-out/")["Location"] == "/sign-in/"
        assert client.get("/").status_code == 302


def test_a_wrong_password_is_refused_in_words(client: Browser, member: Member) -> None:
    with no_firm():
        answer = client.post("/sign-in/", {"email": "ada@studio.example", "password": "wrong"})
    assert answer.status_code == 422
    assert "do not belong together" in answer.content.decode()


def test_signing_in_leads_to_no_other_site(client: Browser, member: Member) -> None:
    with no_firm():
        answer = client.post(
            "/sign-in/", {"email": "ada@studio.example", "password": PASSWORD, "next": "https://evil.example/"}
        )
    assert answer["Location"] in {"/", "today"} or answer["Location"].startswith("/")


def test_too_many_attempts_make_a_pause(client: Browser, member: Member) -> None:
    with no_firm():
        for _ in range(9):
            answer = client.post("/sign-in/", {"email": "ada@studio.example", "password": "wrong"})
        assert answer.status_code == 429
        assert "A short pause" in answer.content.decode()
        right = {"email": "ada@studio.example", "password": PASSWORD}
        assert client.post("/sign-in/", right).status_code == 429  # nor does the right one end it
        assert client.get("/").status_code == 302


def test_the_pause_is_one_persons(client: Browser, member: Member, now: datetime) -> None:
    """Whoever guesses at one address, from the same place, does not keep the others out."""
    Member.objects.create_member(email="jo@studio.example", name="Jo", role=Role.STAFF, now=now, password=PASSWORD)
    with no_firm():
        for _ in range(9):
            client.post("/sign-in/", {"email": "ada@studio.example", "password": "wrong"})
        assert client.post("/sign-in/", {"email": "jo@studio.example", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_a_link_changes_nothing(client: Browser, firm: Firm, member: Member, method: str) -> None:
    token = make_link(member, now=datetime.now(UTC))
    with no_firm():
        for _ in range(2):
            assert getattr(client, method)(f"/enter/{token}/").status_code == 200
        assert client.get("/").status_code == 302
        page = client.get(f"/enter/{token}/")
        assert "Hello, Ada Moss" in page.content.decode()
        assert page["Referrer-Policy"] == "same-origin"


def test_a_link_signs_in_once(client: Browser, member: Member) -> None:
    token = make_link(member, now=datetime.now(UTC))
    with no_firm():
        assert client.post(f"/enter/{token}/").status_code == 302
        assert client.get("/").status_code == 200
        again = Browser().post(f"/enter/{token}/")
        assert again.status_code == 410
        assert "does not open anything" in again.content.decode()


def test_the_first_administrator_says_who_they_are(client: Browser, firm: Firm) -> None:
    token = make_link(None, now=datetime.now(UTC))
    person = {"name": "Jo Wren", "email": "jo@studio.example", "password": "short"}
    with no_firm():
        refused = client.post(f"/enter/{token}/", person)
        assert refused.status_code == 422
        assert "too short" in refused.content.decode()
        assert client.post(f"/enter/{token}/", {**person, "password": "twelve seams in a bowl"}).status_code == 302
        assert client.get("/settings/").status_code == 200
    made = Member.objects.get()
    assert (made.name, made.role) == ("Jo Wren", Role.ADMINISTRATOR)


def test_only_administrators_change_settings(client: Browser, firm: Firm, now: datetime) -> None:
    staff = Member.objects.create_member(email="sam@studio.example", name="Sam", role=Role.STAFF, now=now)
    client.force_login(staff, backend="amends.firm.sign_in.MemberBackend")
    refused = client.get("/settings/")
    assert refused.status_code == 403
    assert "Only an administrator" in refused.content.decode()
