"""The second step: codes that work once, recovery codes, what is kept of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from amends.firm import totp
from amends.firm.models import AuditEntry, Member, RecoveryCode, TimeCode
from amends.firm.two_factor import (
    WrongCode,
    app_removed,
    codes_left,
    has_two_factor,
    new_codes,
    spend_code,
    turn_on,
)

HALF_MINUTE = timedelta(seconds=30)


def _code(secret: str, moment: datetime) -> str:
    return totp.code_of(secret, totp.step_at(moment))


@pytest.fixture
def secret(member: Member, now: datetime) -> str:
    """Of an app that was added a minute ago."""
    made, before = totp.new_secret(), now - timedelta(minutes=1)
    turn_on(member, made, _code(made, before), now=before)
    return made


def test_an_app_is_added_only_by_its_code(member: Member, now: datetime) -> None:
    secret = totp.new_secret()
    with pytest.raises(WrongCode):
        turn_on(member, secret, _code(totp.new_secret(), now), now=now)
    assert not has_two_factor(member)
    assert len(turn_on(member, secret, _code(secret, now), now=now)) == 10
    assert has_two_factor(member)


def test_a_code_works_once(member: Member, secret: str, now: datetime) -> None:
    assert spend_code(member, _code(secret, now), now=now) == "app"
    assert spend_code(member, _code(secret, now), now=now) == ""
    assert spend_code(member, _code(secret, now - HALF_MINUTE), now=now) == ""  # nor an earlier one after a later
    later = now + HALF_MINUTE
    assert spend_code(member, _code(secret, later), now=later) == "app"


def test_the_code_that_added_the_app_signs_nobody_in(member: Member, now: datetime) -> None:
    secret = totp.new_secret()
    turn_on(member, secret, _code(secret, now), now=now)
    assert spend_code(member, _code(secret, now), now=now) == ""


def test_recovery_codes_work_once_however_they_are_typed(member: Member, secret: str, now: datetime) -> None:
    codes = new_codes(member, now=now)
    assert spend_code(member, codes[0].upper().replace("-", " "), now=now) == "recovery code"
    assert spend_code(member, codes[0], now=now) == ""
    assert spend_code(member, codes[1], now=now) == "recovery code"
    assert codes_left(member) == 8
    assert AuditEntry.objects.filter(did="two_factor.recovery_used").count() == 2
    fresh = new_codes(member, now=now)
    assert spend_code(member, codes[2], now=now) == ""
    assert spend_code(member, fresh[2], now=now) == "recovery code"


def test_codes_are_of_one_member(member: Member, secret: str, now: datetime) -> None:
    other = Member.objects.create_member(email="jo@studio.example", name="Jo", role="staff", now=now)
    codes = new_codes(other, now=now)
    assert spend_code(member, codes[0], now=now) == ""
    assert spend_code(other, _code(secret, now), now=now) == ""


def test_neither_secret_nor_codes_lie_in_the_database(member: Member, now: datetime) -> None:
    secret = totp.new_secret()
    codes = turn_on(member, secret, _code(secret, now), now=now)
    kept = str(list(TimeCode.objects.values())) + str(list(RecoveryCode.objects.values()))
    kept += str(list(AuditEntry.objects.values()))
    assert secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_without_a_factor_no_code_is_left(member: Member, secret: str, now: datetime) -> None:
    app_removed(member, now=now)
    assert not has_two_factor(member)
    assert codes_left(member) == 0


def test_a_code_costs_few_queries(
    member: Member, secret: str, now: datetime, django_assert_max_num_queries: object
) -> None:
    codes = new_codes(member, now=now)
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        spend_code(member, codes[0], now=now)
