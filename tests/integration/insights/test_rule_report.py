"""How good rules are in use: shares, intervals, and when a change is proposed."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from tests.conftest import NOW

from amends.firm.models import Firm, Member
from amends.flows.guard import Seen, choose, react
from amends.insights.rule_report import RuleUse, report, wilson
from amends.outbox.models import Made


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (1, 1, 0.2065, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)  # the last as in Newcombe 1998, table I (method 3)
def test_the_interval_is_wilsons(right: int, of: int, low: float, high: float) -> None:
    assert wilson(right, of) == pytest.approx((low, high), abs=0.0001)


def used(rule: str) -> RuleUse:
    return next(each for each in report() if each.rule == rule)


def decide(rule: str, *, wrong: int, of: int, by: Member) -> None:
    for number in range(of):
        made, reason = (Made.DISMISSED, "wrong") if number < wrong else (Made.ACCEPTED, "")
        react(Seen(rule, f"{number:016x}"), draft_key=uuid.uuid4(), made=made, by=by, now=NOW, reason=reason)


@pytest.mark.parametrize(
    ("wrong", "of", "proposal"),
    [
        (9, 9, ""), (10, 10, "off"), (2, 10, ""), (4, 10, "advice"), (5, 40, ""), (10, 40, "advice"), (30, 40, "off"),
    ],
)  # fmt: skip
def test_a_change_is_proposed_where_it_is_sure(wrong: int, of: int, proposal: str, member: Member) -> None:
    decide("blame-should-have", wrong=wrong, of=of, by=member)
    assert used("blame-should-have").proposal == proposal


def test_one_step_less_than_the_firm_has_it(member: Member) -> None:
    decide("blame-should-have", wrong=10, of=40, by=member)
    for choice, proposal in (("stop", "warn"), ("warn", "advice"), ("advice", "off"), ("off", "")):
        choose("blame", choice, by=member, now=NOW)
        found = used("blame-should-have")
        assert (found.weighs, found.proposal) == (choice, proposal)
    choose("blame-should-have", "stop", by=member, now=NOW)
    assert used("blame-should-have").weighs == "stop"


def test_it_asks_as_often_whatever_is_stored(
    firm: Firm, member: Member, django_assert_num_queries: Callable[..., object]
) -> None:
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        report()
    for rule in ("blame-should-have", "glossary", "placeholder"):
        decide(rule, wrong=1, of=5, by=member)
    choose("glossary", "off", by=member, now=NOW)
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        assert sum(each.decided for each in report(since=NOW)) == 15
