"""Rights of each role."""

from __future__ import annotations

from amends.firm.models import Role
from amends.firm.rules import Right, may


def test_money_and_mail_are_separate_rights() -> None:
    assert [role for role in Role if may(role, Right.SEE_MONEY) and not may(role, Right.READ_MAIL)] == [
        "finance_viewer"
    ]
    assert [role for role in Role if may(role, Right.READ_MAIL) and not may(role, Right.SEE_MONEY)] == ["staff"]


def test_only_an_administrator_administers_and_nobody_unknown_may_anything() -> None:
    assert [role for role in Role if may(role, Right.ADMINISTER)] == ["administrator"]
    assert not any(may("", right) for right in Right)
