"""Codes of authenticator apps, against the test vectors of RFC 6238 and RFC 4226."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from amends.firm import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
     (20000000000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    """Appendix B gives eight digits; six are their end."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert totp.code_of(SECRET, totp.step_at(moment)) == code


@pytest.mark.parametrize(
    ("counter", "code"),
    list(enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583"])),
)
def test_codes_are_those_of_rfc_4226(counter: int, code: str) -> None:
    assert totp.code_of(SECRET, counter) == code


def test_a_clock_may_differ_by_half_a_minute() -> None:
    now = datetime(2026, 3, 16, 10, 0, 15, tzinfo=UTC)
    step = totp.step_at(now)
    for off in (-1, 0, 1):
        assert totp.matching_step(SECRET, totp.code_of(SECRET, step + off), now=now) == step + off
    for off in (-3, -2, 2, 3):
        assert totp.matching_step(SECRET, totp.code_of(SECRET, step + off), now=now) is None


def test_people_part_digits_as_apps_show_them() -> None:
    now = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
    code = totp.code_of(SECRET, totp.step_at(now))
    assert totp.matching_step(SECRET, f" {code[:3]} {code[3:]} ", now=now) == totp.step_at(now)
    for wrong in ("", "12345", "1234567", "abcdef", "１２３４５６"):
        assert totp.matching_step(SECRET, wrong, now=now) is None


def test_secrets_differ_and_are_long() -> None:
    made = {totp.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(base64.b32decode(one)) for one in made} == {20}


def test_the_address_names_whose_it_is() -> None:
    address = totp.address(SECRET, account="ada@studio.example", issuer="Amends Studio: Moss")
    assert address.startswith("otpauth://totp/Amends%20Studio%20%20Moss:ada@studio.example?secret=")
    assert "issuer=Amends%20Studio%3A%20Moss" in address
