"""Remedies: inside authority and budget at once, above by one approval, settled once; bad input changes nothing."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.at_once import at_once, on_disk
from tests.conftest import NOW
from tests.integration.making_good.conftest import person

from amends.core.errors import AmendsError
from amends.firm.allowances import Sum, set_member
from amends.firm.budgets import NotEnough, payer_of, purse_of, take
from amends.firm.models import AuditEntry, Budget, BudgetEntry, Firm, Member, Period, Role, Spending
from amends.flows.recovery import approvals, remedies
from amends.flows.recovery.approvals import NobodyMay, NoReason, NotEntitled, Settled
from amends.flows.recovery.reading import BadRemedy
from amends.flows.recovery.remedies import NotYours, Typed
from amends.flows.recovery.within import NotRead
from amends.insights.recovery.giving import asked
from amends.mail.models import Mailbox, Visibility
from amends.mail.queries import SYSTEM, Reader
from amends.outbox.models import Draft, SmtpAccount
from amends.recovery.actions.remedies import Moved
from amends.recovery.models import Approval, Finding, Issue, Recovery, Remedy

GESTURE = Typed("credit", "Credit for the third invoice", cost="80", due="2026-03-20")


def _give(recovery: Recovery, by: Member, **changes: Any) -> Remedy:
    return remedies.give(SYSTEM, recovery.public_id, replace(GESTURE, **changes), by=by, now=NOW)


def _state(remedy: Remedy) -> str:
    return str(Remedy.objects.get(pk=remedy.pk).state)


def test_inside_authority_and_budget_it_is_agreed_at_once(recovery: Recovery, ben: Member) -> None:
    remedy = _give(recovery, ben)
    assert (_state(remedy), remedy.cost, remedy.due_on) == ("agreed", 80_00, date(2026, 3, 20))
    assert purse_of(ben, now=NOW).left == 170_00
    recovery.refresh_from_db()
    assert recovery.agreed_at == NOW
    assert [entry.did for entry in AuditEntry.objects.filter(did__startswith="remedy")] == ["remedy.agreed"]
    assert not Approval.objects.exists()


@pytest.mark.parametrize(("changes", "spent"), [({"cost": "100.01"}, 0), ({"cost": "100"}, 200_00)])
def test_above_one_of_them_it_is_asked(
    recovery: Recovery, ben: Member, eve: Member, changes: dict[str, str], spent: int
) -> None:
    """A cent above the authority; inside it, and above what remains of the budget."""
    Spending.objects.create(member=ben, begins_on=date(2026, 1, 1), spent=spent)
    remedy = _give(recovery, ben, because="She has waited for three weeks.", **changes)
    approval = Approval.objects.get(remedy=remedy)
    assert (_state(remedy), approval.asked_by, approval.because) == ("asked", ben, "She has waited for three weeks.")
    assert Spending.objects.get().spent == spent
    assert not BudgetEntry.objects.exists()


def test_whoever_may_answer_is_mailed_a_link_and_nobody_else(
    recovery: Recovery, ben: Member, eve: Member, member: Member, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://amends.studio.example/"
    SmtpAccount.objects.create(host="127.0.0.1", port=1, security="plain", from_address="hi@studio.example",
                               changed_at=NOW)  # fmt: skip
    set_member(eve, limit=Decimal(150), budget=None, by=member, now=NOW)
    person("amy", Role.ACCOUNT_MANAGER)
    remedy = _give(recovery, ben, cost="200")
    draft = Draft.objects.get()
    assert [row.email for row in draft.recipients.all()] == ["ada@studio.example"]
    assert f"https://amends.studio.example/approvals/{remedy.approval.public_id}/" in draft.text
    assert "Opening the link changes nothing." in draft.text
    assert "error again" not in draft.text, "the client's words are read on the page alone"
    approvals.decide(remedy.approval.public_id, approve=False, why="Mend it first.", by=member, now=NOW)
    told = Draft.objects.exclude(pk=draft.pk).get()
    assert [row.email for row in told.recipients.all()] == ["ben@studio.example"]
    assert "Mend it first." in told.text


def test_where_nobody_could_approve_nothing_is_changed(recovery: Recovery, ben: Member) -> None:
    with pytest.raises(NobodyMay, match="Settings, Authority and budgets"):
        _give(recovery, ben, cost="200")
    assert not Remedy.objects.exists()


def test_approved_it_is_paid_by_whoever_approves(recovery: Recovery, ben: Member, eve: Member) -> None:
    remedy = _give(recovery, ben, cost="200")
    approval = approvals.decide(remedy.approval.public_id, approve=True, why="", by=eve, now=NOW)
    assert (_state(remedy), approval.decision, approval.decided_by) == ("agreed", "approved", eve)
    assert [(row.member, row.amount) for row in BudgetEntry.objects.all()] == [(eve, 200_00)]
    assert purse_of(ben, now=NOW).spent == 0


def test_refused_it_needs_a_reason(recovery: Recovery, ben: Member, eve: Member) -> None:
    remedy = _give(recovery, ben, cost="200")
    with pytest.raises(NoReason, match="Say why not"):
        approvals.decide(remedy.approval.public_id, approve=False, why=" ", by=eve, now=NOW)
    assert _state(remedy) == "asked"
    approval = approvals.decide(remedy.approval.public_id, approve=False, why="Too much.", by=eve, now=NOW)
    assert (_state(remedy), approval.decision, approval.why) == ("refused", "refused", "Too much.")
    with pytest.raises(Settled, match="Eve Reed refused it already: nothing was changed"):
        approvals.decide(remedy.approval.public_id, approve=True, why="", by=eve, now=NOW)


def test_whoever_approves_pays_also_when_it_is_taken_back_and_given_again(
    recovery: Recovery, ben: Member, eve: Member
) -> None:
    set_member(eve, limit=None, budget=Sum(300_00, Period.QUARTER), by=None, now=NOW)
    remedy = _give(recovery, ben, cost="200")
    page = asked(SYSTEM, remedy.approval.public_id, by=eve, now=NOW)
    assert page.mine_after is not None
    assert (page.mine.left, page.mine_after.units, page.payer) == (300_00, 100_00, None)
    approvals.decide(remedy.approval.public_id, approve=True, why="", by=eve, now=NOW)
    assert (purse_of(eve, now=NOW).left, purse_of(ben, now=NOW).spent) == (100_00, 0)
    assert asked(SYSTEM, remedy.approval.public_id, by=ben, now=NOW).payer == eve
    remedies.withdraw(SYSTEM, recovery.public_id, remedy.public_id, by=ben, now=NOW)
    assert (purse_of(eve, now=NOW).left, payer_of(remedy.public_id)) == (300_00, None)
    step = {"before": "withdrawn", "back_to": "agreed"}
    remedies.undo(SYSTEM, recovery.public_id, remedy.public_id, **step, by=ben, now=NOW)
    assert (_state(remedy), purse_of(eve, now=NOW).left, payer_of(remedy.public_id)) == ("agreed", 100_00, eve)
    second = _give(recovery, ben, cost="150")
    with pytest.raises(NotEntitled, match="Your own budget has not so much left"):
        approvals.decide(second.approval.public_id, approve=True, why="", by=eve, now=NOW)
    remedies.withdraw(SYSTEM, recovery.public_id, remedy.public_id, by=ben, now=NOW)
    set_member(eve, limit=None, budget=Sum(100_00, Period.QUARTER), by=None, now=NOW)
    remedies.undo(SYSTEM, recovery.public_id, remedy.public_id, **step, by=ben, now=NOW)
    assert _state(remedy) == "offered", "the budget that paid has not so much any more"
    remedies.agree(SYSTEM, recovery.public_id, remedy.public_id, by=ben, now=NOW)
    assert (_state(remedy), Approval.objects.get(remedy=remedy).decision) == ("asked", "open"), "it is asked anew"


def test_nobody_approves_their_own(recovery: Recovery, eve: Member, member: Member) -> None:
    set_member(eve, limit=Decimal(100), budget=None, by=member, now=NOW)
    remedy = _give(recovery, eve, cost="200")
    for approve in (True, False):
        with pytest.raises(NotEntitled, match="You asked for it yourself: somebody else decides"):
            approvals.decide(remedy.approval.public_id, approve=approve, why="x", by=eve, now=NOW)
    assert _state(remedy) == "asked"


def test_without_authority_or_budget_nobody_approves(recovery: Recovery, ben: Member, eve: Member) -> None:
    remedy = _give(recovery, ben, cost="200")
    ian = person("ian", Role.PARTNER)
    amy, decide = person("amy", Role.ACCOUNT_MANAGER), approvals.decide
    with pytest.raises(NotEntitled, match="Partners and administrators approve this"):
        decide(remedy.approval.public_id, approve=True, why="", by=amy, now=NOW)
    set_member(ian, limit=Decimal("199.99"), budget=None, by=None, now=NOW)
    with pytest.raises(NotEntitled, match="more than you may give alone too"):
        decide(remedy.approval.public_id, approve=True, why="", by=ian, now=NOW)
    set_member(ian, limit=None, budget=Sum(199_99, Period.YEAR), by=None, now=NOW)
    with pytest.raises(NotEntitled, match="Your own budget has not so much left"):
        decide(remedy.approval.public_id, approve=True, why="", by=ian, now=NOW)
    assert _state(remedy) == "asked"
    assert not BudgetEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_settle_it_once(recovery: Recovery, ben: Member, eve: Member, tmp_path: Path) -> None:
    remedy = _give(recovery, ben, cost="200")
    people = [eve, *(person(name, Role.PARTNER) for name in ("ian", "ivy", "una"))]
    with on_disk(tmp_path):
        came = at_once(
            4,
            lambda number: approvals.decide(
                remedy.approval.public_id, approve=number % 2 == 0, why="x", by=people[number], now=NOW
            ),
        )
        assert sorted(type(each).__name__ for each in came) == ["Approval", "Settled", "Settled", "Settled"]
        approval = Approval.objects.get()
        taken = list(BudgetEntry.objects.values_list("amount", flat=True))
        assert (taken, _state(remedy)) == (([200_00], "agreed") if approval.decision == "approved" else ([], "refused"))


@pytest.mark.django_db(transaction=True)
def test_fifty_remedies_at_once_never_overspend_a_budget(
    recovery: Recovery, ben: Member, eve: Member, tmp_path: Path
) -> None:
    """Those for whom it is not enough ask for approval instead; nobody is refused and nothing is overspent."""
    Budget.objects.create(member=ben, amount=500_00, period=Period.MONTH)
    with on_disk(tmp_path):
        came = at_once(50, lambda number: _give(recovery, ben, cost=f"{30 + number}.17"))
        assert {type(each) for each in came} == {Remedy}
        agreed = list(Remedy.objects.filter(state="agreed").values_list("cost", flat=True))
        assert sum(agreed) == Spending.objects.get().spent <= 500_00
        assert Remedy.objects.filter(state="asked").count() == 50 - len(agreed)
        assert sum(agreed) + 30_17 > 500_00 or len(agreed) > 6


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cost": "-5"}, "An amount cannot be negative: write what it costs, or 0."),
        ({"cost": "−5"}, "An amount cannot be negative: write what it costs, or 0."),
        ({"cost": "99999999"}, "€99,999,999 is more than one remedy can cost: look at the zeros."),
        ({"cost": "1" * 40}, "That is more money than one remedy can cost: look at the zeros."),
        ({"cost": "1.500"}, "'1.500' can be 1500 or 1.500: write it without the mark, or with cents."),
        ({"cost": "NaN"}, "'NaN' is no amount: write it as 500 or 500.50."),
        ({"cost": "1e3"}, "'1e3' is no amount: write it as 500 or 500.50."),
        ({"cost": "0.0051"}, "EUR has 2 decimals, and 0.0051 has more: round it."),
        ({"due": "2026-03-15"}, "15 March 2026 is over: choose today or a later day."),
        ({"due": "04/05/2026"}, "04/05/2026 can be 4 May 2026 or 5 April 2026: write it as 2026-05-04 or 2026-04-05."),
        ({"due": "2036-03-20"}, "20 March 2036 is years away: choose a day within two years."),
        ({"due": "2026-02-30"}, "2026-02-30 is no day of the calendar: write it as 2026-03-20."),
        ({"due": "someday"}, "'someday' names no day: write it as 2026-03-20."),
        ({"due": ""}, "Say by when: what is agreed becomes a promise with a date."),
        ({"what": "  "}, "Say what you give, as the client would put it."),
        ({"what": "x" * 501}, "That is too long to be clear: say it in 500 characters."),
        ({"kind": "bribe"}, ("Choose what is given: a fix, doing it again, credit, refund, replacement, gesture or "
         "person.")),
        ({"issue": uuid.UUID(int=1)}, "That point is no longer there: choose another, or none."),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_changes_nothing(
    recovery: Recovery, ben: Member, eve: Member, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(AmendsError) as raised:
        _give(recovery, ben, **changes)
    assert str(raised.value) == said
    assert not Remedy.objects.exists()
    assert not AuditEntry.objects.filter(did__startswith="remedy").exists()


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("3.4.2026", date(2026, 4, 3)), ("31/03/2026", date(2026, 3, 31)), ("03/31/26", date(2026, 3, 31)),
        ("Thursday", date(2026, 3, 19)), ("2026-03-16", date(2026, 3, 16)),
    ],
)  # fmt: skip
def test_dates_as_people_write_them(recovery: Recovery, ben: Member, typed: str, day: date) -> None:
    assert _give(recovery, ben, due=typed).due_on == day


def test_who_looks_on_gives_nothing(recovery: Recovery) -> None:
    with pytest.raises(NotYours):
        _give(recovery, person("vic", Role.FINANCE_VIEWER))


def test_who_may_not_read_what_it_is_about_does_not_give(recovery: Recovery, ben: Member, eve: Member) -> None:
    Mailbox.objects.update(visibility=Visibility.METADATA, owner=eve)
    with pytest.raises(NotRead):
        remedies.give(Reader(ben), recovery.public_id, GESTURE, by=ben, now=NOW)
    assert remedies.give(Reader(eve), recovery.public_id, GESTURE, by=eve, now=NOW).state == "agreed"


def test_where_the_client_was_wrong_it_is_goodwill(recovery: Recovery, ben: Member) -> None:
    issue = Issue.objects.get()
    Finding.objects.create(issue=issue, responsibility="client", at=NOW)
    assert _give(recovery, ben, issue=issue.public_id).goodwill
    assert not _give(recovery, ben).goodwill
    assert _give(recovery, ben, goodwill=True, cost="10").goodwill


def test_offered_it_costs_nothing_until_it_is_agreed(recovery: Recovery, ben: Member) -> None:
    offered = remedies.offer(SYSTEM, recovery.public_id, replace(GESTURE, due=""), by=ben, now=NOW)
    assert purse_of(ben, now=NOW).spent == 0
    given = remedies.agree(SYSTEM, recovery.public_id, offered.public_id, due="friday", by=ben, now=NOW)
    assert (_state(offered), given.due_on, purse_of(ben, now=NOW).spent) == ("agreed", date(2026, 3, 20), 80_00)
    with pytest.raises(Moved):
        remedies.agree(SYSTEM, recovery.public_id, offered.public_id, by=ben, now=NOW)


def test_done_with_the_last_one_it_is_made_good_and_the_ask_is_due_in_seven_days(
    recovery: Recovery, ben: Member
) -> None:
    first, second = _give(recovery, ben), _give(recovery, ben, kind="fix", what="A right invoice", cost="")
    later = NOW + timedelta(hours=1)
    remedies.done(SYSTEM, recovery.public_id, first.public_id, by=ben, now=NOW)
    recovery.refresh_from_db()
    assert (recovery.made_good_at, recovery.ask_at) == (None, None)
    remedies.done(SYSTEM, recovery.public_id, second.public_id, by=ben, now=later)
    recovery.refresh_from_db()
    assert (recovery.made_good_at, recovery.ask_at) == (later, later + timedelta(days=7))
    undo: dict[str, Any] = {"before": "done", "back_to": "agreed", "by": ben, "now": later + timedelta(seconds=5)}
    remedies.undo(SYSTEM, recovery.public_id, second.public_id, **undo)
    recovery.refresh_from_db()
    assert (recovery.made_good_at, recovery.ask_at, _state(second)) == (None, None, "agreed")


def test_withdrawn_it_gives_the_budget_back_and_undone_it_takes_it_again(recovery: Recovery, ben: Member) -> None:
    remedy = _give(recovery, ben)
    remedies.withdraw(SYSTEM, recovery.public_id, remedy.public_id, by=ben, now=NOW)
    assert (_state(remedy), purse_of(ben, now=NOW).spent) == ("withdrawn", 0)
    undo: dict[str, Any] = {"before": "withdrawn", "back_to": "agreed", "by": ben, "now": NOW}
    remedies.undo(SYSTEM, recovery.public_id, remedy.public_id, **undo)
    assert (_state(remedy), purse_of(ben, now=NOW).spent) == ("agreed", 80_00)
    with pytest.raises(Moved):
        remedies.undo(SYSTEM, recovery.public_id, remedy.public_id, **undo)
    remedies.withdraw(SYSTEM, recovery.public_id, remedy.public_id, by=ben, now=NOW)
    _give(recovery, ben, cost="100")
    _give(recovery, ben, cost="100")
    assert remedies.undo(SYSTEM, recovery.public_id, remedy.public_id, **undo).state == "offered", "no money is left"


def test_a_request_can_be_withdrawn_and_is_not_answered_then(recovery: Recovery, ben: Member, eve: Member) -> None:
    remedy = _give(recovery, ben, cost="200")
    remedies.withdraw(SYSTEM, recovery.public_id, remedy.public_id, by=ben, now=NOW)
    with pytest.raises(Settled, match="It was withdrawn meanwhile"):
        approvals.decide(remedy.approval.public_id, approve=True, why="", by=eve, now=NOW)
    assert (_state(remedy), Approval.objects.get().decision) == ("withdrawn", "withdrawn")


def test_in_another_period_the_budget_is_whole_again(recovery: Recovery, ben: Member) -> None:
    _give(recovery, ben, cost="100")
    spring = datetime(2026, 4, 1, 9, tzinfo=UTC)
    assert purse_of(ben, now=spring).left == 250_00
    with pytest.raises(NotEnough):
        take(ben, 250_01, about=uuid.uuid4(), now=spring)


def test_the_firm_may_count_in_another_currency_by_now(recovery: Recovery, ben: Member, firm: Firm) -> None:
    offered = remedies.offer(SYSTEM, recovery.public_id, GESTURE, by=ben, now=NOW)
    firm.currency = "GBP"
    firm.save()
    with pytest.raises(AmendsError, match="another currency now"):
        remedies.agree(SYSTEM, recovery.public_id, offered.public_id, by=ben, now=NOW)


@pytest.mark.parametrize(
    "typed",
    [Typed("credit", "Half of it", cost="", due="2026-03-20"), Typed("gesture", "A note", cost="5", due="04/05")],
    ids=["no amount", "a day in two ways"],
)
def test_what_could_mean_something_else_is_asked_for(recovery: Recovery, ben: Member, typed: Typed) -> None:
    with pytest.raises(BadRemedy):
        remedies.give(SYSTEM, recovery.public_id, typed, by=ben, now=NOW)
    assert not Remedy.objects.exists()
