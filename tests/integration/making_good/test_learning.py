"""Learning: the ask after seven days, only a yes closes, unconfirmed after two asks, the same cause elsewhere."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.conftest import NOW
from tests.integration.making_good.conftest import Bring, make_recovery, person
from tests.letters import days, judged, letter
from tests.smtp import Sink, sink

from amends.clients.models import Client, Engagement, TimeEntry
from amends.core.errors import AmendsError
from amends.firm.models import AuditEntry, Firm, Member, Role
from amends.flows import engagements
from amends.flows.recovery import asking, disclosing, drafting, remedies
from amends.flows.recovery.asking import Enough, Learned, NoYes
from amends.flows.recovery.disclosing import NobodyElse
from amends.flows.recovery.remedies import Typed
from amends.flows.send import Answer, LookAgain, reply, settle
from amends.flows.send.deliver import send_next
from amends.insights.hiccups import Period
from amends.insights.recovery.learning import hours_of, left_of
from amends.mail.models import Mailbox, Thread, Visibility
from amends.mail.queries import SYSTEM, Reader
from amends.outbox.models import Draft, SmtpAccount, State
from amends.outbox.rules import Offer
from amends.outbox.smtp import Patience
from amends.recovery.actions.learning import AlreadyClosed, EditedMeanwhile
from amends.recovery.models import Finding, Issue, Recovery, RecoveryStep

WEEK = timedelta(days=7)


@pytest.fixture
def server() -> Any:
    with sink() as made:
        yield made


@pytest.fixture
def account(firm: Firm, server: Sink) -> SmtpAccount:
    return SmtpAccount.objects.create(
        host="127.0.0.1", port=server.port, security="plain", from_address="hello@studio.example", changed_at=NOW
    )


@pytest.fixture
def mended(recovery: Recovery, ben: Member) -> Recovery:
    """Made good at NOW."""
    given = Typed("fix", "A right invoice", due="2026-03-20")
    remedy = remedies.give(SYSTEM, recovery.public_id, given, by=ben, now=NOW)
    remedies.done(SYSTEM, recovery.public_id, remedy.public_id, by=ben, now=NOW)
    recovery.refresh_from_db()
    return recovery


def _words(recovery: Recovery, by: Member) -> str:
    place = drafting.place_of(SYSTEM, recovery, by=by)
    return asking.words(recovery, place, number=asking.asks_of(recovery).number + 1, by=by)


def _ask(recovery: Recovery, by: Member, now: datetime) -> Draft:
    return asking.send_ask(SYSTEM, recovery.public_id, _words(recovery, by), by=by, now=now)


def _leave(account: SmtpAccount, now: datetime) -> None:
    quick = Patience(connect=2, command=1, dot=1, whole=8)
    assert send_next(account.pk, sender=uuid.uuid4(), clock=lambda: now + timedelta(seconds=11), patience=quick)


def test_seven_days_after_making_good_the_ask_is_prepared_and_not_sent(
    mended: Recovery, ben: Member, account: SmtpAccount
) -> None:
    assert asking.prepare_due(now=NOW + WEEK - timedelta(seconds=1)) == 0
    assert asking.prepare_due(now=NOW + WEEK) == 1
    assert asking.prepare_due(now=NOW + WEEK) == 0, "once"
    draft = Draft.objects.get()
    assert (draft.state, draft.author, draft.thread) == (State.DRAFT, ben, Thread.objects.get())
    assert draft.text.startswith("Dear Petra,")
    assert "- A right invoice" in draft.text
    mended.refresh_from_db()
    assert mended.asks == 0


def test_the_words_pass_the_check(mended: Recovery, ben: Member, account: SmtpAccount) -> None:
    draft = _ask(mended, ben, NOW + WEEK)
    assert draft.state == State.QUEUED
    assert {each["severity"] for each in draft.findings} <= {"advice"}
    mended.refresh_from_db()
    assert (mended.asks, mended.asked_at, mended.ask_at) == (1, NOW + WEEK, NOW + 2 * WEEK)


def test_what_the_check_warns_of_is_not_sent_unseen(mended: Recovery, ben: Member, account: SmtpAccount) -> None:
    with pytest.raises(LookAgain):
        asking.send_ask(
            SYSTEM, mended.public_id, "Dear Petra,\n\nyou should have read the contract. Is it right now?\n", by=ben,
            now=NOW + WEEK,
        )  # fmt: skip
    mended.refresh_from_db()
    assert (mended.asks, Draft.objects.exclude(state=State.DRAFT).count()) == (0, 0)


def test_what_somebody_else_prepared_is_sent_by_whoever_presses(
    mended: Recovery, ben: Member, eve: Member, account: SmtpAccount
) -> None:
    asking.prepare_due(now=NOW + WEEK)
    draft = _ask(mended, eve, NOW + WEEK)
    assert (Draft.objects.count(), draft.author, draft.state) == (1, eve, State.QUEUED)


def test_only_what_left_counts_as_asked(mended: Recovery, ben: Member, eve: Member, account: SmtpAccount) -> None:
    draft = _ask(mended, ben, NOW + WEEK)
    settle(draft.public_id, Offer.TAKE_BACK, seen="", by=ben, now=NOW + WEEK)
    assert asking.asks_of(mended).number == 0
    again = _ask(mended, ben, NOW + WEEK)
    assert again.pk == draft.pk
    mended.refresh_from_db()
    assert mended.asks == 1


def test_after_two_asks_and_time_to_answer_a_partner_closes_it_as_unconfirmed(
    mended: Recovery, ben: Member, eve: Member, account: SmtpAccount
) -> None:
    def close(by: Member, now: datetime) -> Recovery:
        return asking.close_unconfirmed(SYSTEM, mended.public_id, why="No answer.", by=by, now=now)

    first, second = NOW + WEEK, NOW + 2 * WEEK
    with pytest.raises(NoYes, match="The client was asked 0 of 2 times"):
        close(eve, first)
    _ask(mended, ben, first)
    _leave(account, first)
    _ask(mended, ben, second)
    with pytest.raises(NoYes, match="asked 1 of 2 times"):
        close(eve, second + WEEK)
    _leave(account, second)
    mended.refresh_from_db()
    assert (mended.asks, mended.ask_at) == (2, None)
    with pytest.raises(Enough, match="asked twice"):
        asking.send_ask(SYSTEM, mended.public_id, "Is it right?", by=ben, now=second + WEEK)
    with pytest.raises(NoYes, match=r"Give them until 6 April to answer"):
        close(eve, second + WEEK)
    with pytest.raises(NoYes, match="Partners and administrators"):
        close(ben, second + WEEK + timedelta(minutes=1))
    close(eve, second + WEEK + timedelta(minutes=1))
    mended.refresh_from_db()
    assert (mended.closing, mended.closed_by, mended.closed_why) == ("unconfirmed", eve, "No answer.")


def test_their_message_is_the_evidence_of_a_yes(mended: Recovery, ben: Member, answered: Bring) -> None:
    early = answered("Dear Ada,\n\nthank you.\n", at=NOW - days(2), message_id="early@hartwell.example")
    yes = answered("Dear Ada,\n\nyes, it is right now. Thank you.\n", at=NOW + days(1))
    assert [one.pk for one in asking.answers_of(SYSTEM, mended)] == [yes.pk]

    def say(**given: Any) -> Recovery:
        said = {"message": None, "phone": "", **given}
        return asking.say_yes(SYSTEM, mended.public_id, by=ben, now=NOW + days(2), **said)

    for given in ({}, {"phone": "  "}, {"message": early.public_id}, {"message": uuid.uuid4()}):
        with pytest.raises(NoYes):
            say(**given)
    mended.refresh_from_db()
    assert mended.closed_at is None
    say(message=yes.public_id)
    mended.refresh_from_db()
    assert (mended.closing, mended.closed_why, mended.ask_at) == ("yes", f"message {yes.public_id}", None)
    assert RecoveryStep.objects.get().after == ""
    with pytest.raises(AlreadyClosed):
        say(phone="Petra said yes")
    asking.open_again(SYSTEM, mended.public_id, why="A slip", by=ben, now=NOW + days(2))
    say(phone="Petra said yes")
    mended.refresh_from_db()
    assert mended.closed_why == "phone: Petra said yes"


def test_while_a_remedy_waits_for_approval_nothing_is_closed(recovery: Recovery, ben: Member, eve: Member) -> None:
    given = Typed("credit", "Credit", cost="200", due="2026-03-20")
    remedies.give(SYSTEM, recovery.public_id, given, by=ben, now=NOW)
    with pytest.raises(AlreadyClosed, match="waits for approval"):
        asking.say_yes(SYSTEM, recovery.public_id, message=None, phone="Petra", by=ben, now=NOW)


def test_two_who_learn_do_not_overwrite_each_other(recovery: Recovery, ben: Member) -> None:
    first = Learned("Nobody read it twice", " wrong  invoice ", kept_word=False)
    asking.learn(SYSTEM, recovery.public_id, first, version=1, by=ben, now=NOW)
    with pytest.raises(EditedMeanwhile):
        asking.learn(SYSTEM, recovery.public_id, Learned("x", "y", None), version=1, by=ben, now=NOW)
    recovery.refresh_from_db()
    assert (recovery.failure_mode, recovery.kept_word, recovery.version) == ("wrong invoice", False, 2)


def test_the_hours_cost_what_is_known(recovery: Recovery, ben: Member, firm: Firm) -> None:
    work = Engagement.objects.create(client=recovery.client, name="Retainer", created_at=NOW)
    recovery.engagement = work
    recovery.save()
    for number, (day, cost) in enumerate([(NOW - days(7), "40.5"), (NOW, None), (NOW - days(9), "99")]):
        TimeEntry.objects.create(
            engagement=work, person="Ben", day=day.date(), seconds=3600, cost=cost, source="toggl",
            fingerprint=f"{number:064}", created_at=NOW,
        )  # fmt: skip
    found = hours_of(recovery, firm, now=NOW, money=True)
    assert found is not None
    assert (found.hours, found.cost) == (2.0, Decimal("40.5"))
    without = hours_of(recovery, firm, now=NOW, money=False)
    assert without is not None
    assert without.cost is None


# -- the same cause elsewhere -------------------------------------------------------------------------------------


def _elsewhere(name: str, *, cause: str = "wrong invoice", ago: int = 30) -> Recovery:
    """A recovery at another client, whose last message we have."""
    judged(
        letter("Dear Ada,\n\nhere is the list.\n", at=NOW - days(20), sender=f"Jo {name} <jo@{name}.example>",
               message_id=f"list@{name}.example", subject="The list"),
        now=NOW - days(20),
    )  # fmt: skip
    thread = Thread.objects.get(client__domains__value=f"{name}.example")
    made = make_recovery(thread, owner=None)
    Recovery.objects.filter(pk=made.pk).update(failure_mode=cause, opened_at=NOW - days(ago))
    return made


def test_a_disclosure_without_a_plan_is_not_let_out_and_with_one_is(
    recovery: Recovery, ben: Member, account: SmtpAccount
) -> None:
    Recovery.objects.filter(pk=recovery.pk).update(failure_mode="wrong invoice", root_cause="nobody read it twice")
    _elsewhere("pelham")
    _elsewhere("kestrel", cause="late")
    _elsewhere("delacroix", ago=366)
    drafts, without = disclosing.disclose(SYSTEM, recovery.public_id, [], by=ben, now=NOW)
    assert ([draft.client.name for draft in drafts if draft.client], without) == (["Pelham"], [])
    bare = drafts[0]
    assert (bare.state, bare.text.startswith("Dear Jo,")) == (State.DRAFT, True)
    assert disclosing.disclose(SYSTEM, recovery.public_id, [], by=ben, now=NOW)[0] == [bare], "pressed twice, one"
    with pytest.raises(LookAgain) as stopped:
        _send(bare, bare.text, ben)
    assert ("placeholder", "stop") in {(each.family, each.severity) for each in stopped.value.findings}
    with pytest.raises(LookAgain) as stopped:
        _send(bare, bare.text.replace("This is how we put it right:\n- [what we do, by which day]", ""), ben)
    assert {each.family for each in stopped.value.findings} & {"bad_news_without_plan", "admits_without_solution"}

    Finding.objects.create(
        issue=Issue.objects.get(recovery=recovery), we_do="we check every invoice of this year and send a right one",
        by_when=(NOW + days(4)).date(), at=NOW,
    )  # fmt: skip
    place = drafting.place_with(SYSTEM, Client.objects.get(name="Pelham"), by=ben)
    recovery.refresh_from_db()
    sent = _send(bare, disclosing.words(recovery, place, by=ben, today=NOW.date()), ben)
    assert (sent.state, [each for each in sent.findings if each["severity"] == "stop"]) == (State.QUEUED, [])


def test_a_disclosure_names_nobody_of_those_it_happened_to_first(recovery: Recovery, ben: Member) -> None:
    Recovery.objects.filter(pk=recovery.pk).update(failure_mode="wrong invoice", root_cause="Petra sent it twice")
    _elsewhere("pelham")
    issue, day = Issue.objects.get(recovery=recovery), NOW.date() - timedelta(days=1)
    finding = Finding.objects.create(issue=issue, we_do="We ring Petra and check it", by_when=day, at=NOW)
    place = drafting.place_with(SYSTEM, Client.objects.get(name="Pelham"), by=ben)
    recovery.refresh_from_db()
    said = disclosing.words(recovery, place, by=ben, today=NOW.date())
    assert "Petra" not in said
    assert "- [what we do, by which day]" in said
    Finding.objects.filter(pk=finding.pk).update(we_do="We check every invoice")
    said = disclosing.words(recovery, place, by=ben, today=NOW.date())
    assert "- We check every invoice\n" in said, "a day that is over is nobody's plan"


def _send(draft: Draft, text: str, by: Member) -> Draft:
    place = drafting.place_with(SYSTEM, Client.objects.get(pk=draft.client_id or 0), by=by)
    answer = Answer(draft.public_id, place.answered.public_id, place.audience, text, quotes=False)
    return reply(SYSTEM, place.answered.thread.public_id, answer, by=by, now=NOW)


def test_where_nobody_else_had_it_there_is_nobody_to_tell(recovery: Recovery, ben: Member) -> None:
    with pytest.raises(NobodyElse):
        disclosing.disclose(SYSTEM, recovery.public_id, [], by=ben, now=NOW)


def test_whom_one_does_not_read_one_does_not_write_to(recovery: Recovery, eve: Member) -> None:
    ben = person("bob")
    Recovery.objects.filter(pk=recovery.pk).update(failure_mode="wrong invoice")
    judged(
        letter(at=NOW - days(20), sender="Jo <jo@pelham.example>", to="eve@studio.example"), now=NOW,
    )  # fmt: skip
    _elsewhere("pelham2")
    Mailbox.objects.update(visibility=Visibility.METADATA, owner=eve)
    with pytest.raises(Recovery.DoesNotExist):
        disclosing.disclose(Reader(ben), recovery.public_id, [], by=ben, now=NOW)


# -- the end of an engagement -------------------------------------------------------------------------------------


def test_closing_an_engagement_lists_what_is_open_or_unconfirmed(recovery: Recovery, ben: Member, firm: Firm) -> None:
    work = Engagement.objects.create(
        client=recovery.client, name="Retainer", starts_on=(NOW - days(60)).date(), created_at=NOW
    )
    other = make_recovery(Thread.objects.get(), owner=ben)
    Recovery.objects.filter(pk=other.pk).update(closed_at=NOW, closing="yes")
    period = Period(work.starts_on, NOW.date())
    assert [one.recovery for one in left_of(SYSTEM, work, period, zone=ZoneInfo("UTC"))] == [recovery]
    with pytest.raises(AmendsError, match="Say why you close it while something is open"):
        engagements.close(SYSTEM, firm, work, why="", version=1, member=ben, now=NOW)
    Recovery.objects.filter(pk=other.pk).update(closing="unconfirmed")
    assert len(left_of(SYSTEM, work, period, zone=ZoneInfo("UTC"))) == 2
    engagements.close(SYSTEM, firm, work, why="They moved.", version=1, member=ben, now=NOW)
    assert AuditEntry.objects.get(did="engagement.closed").detail["recoveries"] == 2


def test_the_question_at_the_end_is_prepared_once(recovery: Recovery, account: SmtpAccount) -> None:
    amy = person("amy", Role.ACCOUNT_MANAGER)
    work = Engagement.objects.create(client=recovery.client, name="Retainer", created_at=NOW)
    draft = disclosing.ask_how_it_was(SYSTEM, work, by=amy, now=NOW)
    assert disclosing.ask_how_it_was(SYSTEM, work, by=amy, now=NOW) == draft
    assert "Retainer is coming to its end" in draft.text
    assert _send(draft, draft.text, amy).state == State.QUEUED
