"""Passwords: long, of any signs, kept as they were typed, and none that everybody uses."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client as Browser
from tests.integration.web.conftest import no_firm

from amends.firm.models import Firm, Member
from amends.web.sign_in.forms import FirstAdministratorForm

ANY = [
    "correct horse battery staple", "twelve signs", "x" * 11 + "é", "пароль который никто не знает", "秘密" * 6,
    " a space before and behind ", "two  spaces   inside it", "🥣" * 12, "q7" * 64,
]  # fmt: skip
KINDS = {
    "UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator",
}  # fmt: skip


@pytest.mark.parametrize("password", ANY)
def test_any_twelve_signs_will_do_and_none_is_cut_off(client: Browser, member: Member, password: str) -> None:
    validate_password(password, member)
    form = FirstAdministratorForm({"name": "Jo", "email": "jo@studio.example", "password": password})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["password"] == password
    member.set_password(password)
    member.save()
    with no_firm():
        for wrong in (password[:-1], password.strip() + "x", f"{password} "):
            assert client.post("/sign-in/", {"email": member.email, "password": wrong}).status_code == 422
        assert client.post("/sign-in/", {"email": member.email, "password": password}).status_code == 302


@pytest.mark.parametrize(
    "password",
    ["short", "elevensigns", "password1234", "123456789012", "qwertyuiop123", "ada@studio.example", "ADA MOSS ada"],
)
def test_short_common_and_own_names_are_refused(member: Member, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, member)


def test_no_rule_asks_for_kinds_of_signs(settings: object) -> None:
    names = [one["NAME"].rpartition(".")[2] for one in settings.AUTH_PASSWORD_VALIDATORS]  # type: ignore[attr-defined]
    assert set(names) == KINDS


def test_password_managers_and_pasting_work(client: Browser, firm: Firm) -> None:
    with no_firm():
        page = client.get("/sign-in/").content.decode()
    field = re.search(r'<input type="password"[^>]*>', page)
    assert field
    assert 'autocomplete="current-password"' in field.group()
    assert 'autocomplete="username"' in page
    assert "onpaste" not in page


def test_what_is_kept_is_a_slow_hash_with_a_salt_of_its_own(member: Member, settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # type: ignore[attr-defined]
    member.set_password("the same password")
    first = member.password
    member.set_password("the same password")
    algorithm, rounds, salt, _ = member.password.split("$")
    assert (algorithm, int(rounds) >= 600_000, len(salt) >= 22) == ("pbkdf2_sha256", True, True)
    assert first != member.password
    assert "same" not in member.password


def test_a_wrong_password_and_a_wrong_address_are_told_alike(client: Browser, member: Member) -> None:
    said = []
    with no_firm():
        for email in (member.email, "nobody@studio.example"):
            page = client.post("/sign-in/", {"email": email, "password": "wrong wrong wrong"}).content.decode()
            said.append(re.sub(r"csrfmiddlewaretoken[^>]*>", "", page).replace(email, ""))
    assert said[0] == said[1]
