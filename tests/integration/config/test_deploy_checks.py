"""Django's checks for machines that others can reach, over an https configuration; and the numbered ones of sign-in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.processes import environment

from amends.firm.checks import single_sign_on_is_whole

_ASK = """
import django
django.setup()
from django.conf import settings
from django.core.checks import run_checks
print([f"{one.id} {one.msg}" for one in run_checks(include_deployment_checks=True) if not one.is_silenced()])
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE)
"""


def _asked(home: Path, **more: str) -> list[str]:
    known = environment(home, DJANGO_SETTINGS_MODULE="amends.config.settings", **more)
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _ASK], env=known, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_https_is_clean(tmp_path: Path) -> None:
    found, cookies = _asked(tmp_path, AMENDS_URL="https://amends.example.com", AMENDS_BEHIND_PROXY="1")
    assert found == "[]"
    assert cookies == "__Host-amends __Host-csrf True"


def test_the_checks_would_complain(tmp_path: Path) -> None:
    found, cookies = _asked(tmp_path, AMENDS_URL="http://amends.example.com", AMENDS_DEBUG="1")
    for number in ("security.W004", "security.W008", "security.W012", "security.W016", "security.W018", "amends.W002"):
        assert number in found
    assert cookies == "sessionid csrftoken False"


@pytest.mark.parametrize(
    ("issuer", "client_id", "secret", "found"),
    [
        ("", "", "", []),
        ("https://id.example", "amends", "x", []),
        ("http://127.0.0.1:9", "amends", "x", []),
        ("https://id.example", "amends", "", ["amends.E020"]),
        ("", "", "x", ["amends.E020"]),
        ("http://id.example", "amends", "x", ["amends.E021"]),
        ("id.example", "amends", "x", ["amends.E021"]),
    ],
)
def test_single_sign_on_is_set_up_whole_or_not_at_all(
    settings: object, issuer: str, client_id: str, secret: str, found: list[str]
) -> None:
    for name, value in (("ISSUER", issuer), ("CLIENT_ID", client_id), ("CLIENT_SECRET", secret)):
        setattr(settings, f"OIDC_{name}", value)
    assert [one.id for one in single_sign_on_is_whole(None)] == found
