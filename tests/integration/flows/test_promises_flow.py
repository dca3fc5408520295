"""Promises from the mail that holds them to what became of them: found once, settled once, true by the clock."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.at_once import at_once, on_disk
from tests.conftest import NOW
from tests.letters import OURS, THEIRS, bring, days, judged, letter

from amends.clients.models import Client, Engagement, Standing
from amends.firm.models import AuditEntry, Firm, Member
from amends.flows.judge import judge_new
from amends.flows.promises import settle
from amends.flows.promises.settle import Deed, Given
from amends.flows.promises.when import DateRefused
from amends.insights.today import live_signals
from amends.judgement.model import use
from amends.mail.models import Message
from amends.mail.queries import SYSTEM, Reader
from amends.signals.actions.promises import AlreadySettled
from amends.signals.models import Promise, Signal
from amends.signals.queries.promises import promises_for

ON_POSTGRESQL = os.environ.get("AMENDS_TEST_DATABASE") == "postgresql"
OUR_WORD = "Dear Petra,\n\nwe will send you the new price list by Thursday noon.\n\nAda\n"
THEIR_WORD = "Dear Ada,\n\nI will send you the photographs by Thursday.\n\nPetra\n"
UNDATED = "Dear Petra,\n\nI will correct the brochure.\n\nAda\n"
SENT = NOW - timedelta(hours=1)  # a Monday, 9:00
THURSDAY_NOON = datetime(2026, 3, 19, 12, tzinfo=NOW.tzinfo)


@pytest.fixture(autouse=True)
def _rules_alone() -> Iterator[None]:
    with use(None):
        yield


def ours(
    text: str = OUR_WORD, *, at: datetime = SENT, message_id: str = "word@studio.example", **more: object
) -> bytes:
    return letter(text, at=at, sender=OURS, to=THEIRS, message_id=message_id, **more)  # type: ignore[arg-type]


@pytest.fixture
def deed(member: Member) -> Deed:
    return Deed(Reader(member), NOW)


@pytest.fixture
def found(firm: Firm, member: Member) -> Promise:
    """A candidate of ours."""
    judged(ours(), now=NOW)
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True)
    return Promise.objects.get()


def live(firm: Firm, at: datetime) -> list[tuple[str, bool]]:
    return sorted((one.kind, bool(one.detail.get("unconfirmed"))) for one in live_signals(SYSTEM, firm, at=at))


# -- found -----------------------------------------------------------------------------------------------------------


def test_candidates_are_found_once_with_owner_date_and_evidence(found: Promise, member: Member) -> None:
    assert (found.state, found.by, found.owner) == ("candidate", "firm", member)
    assert (found.due, found.due_exact, found.made_at) == (THURSDAY_NOON, True, SENT)
    assert found.quote == "we will send you the new price list by Thursday noon."
    before = list(Promise.objects.values())
    Message.objects.update(judged=0)
    judge_new(now=NOW + days(1))
    assert list(Promise.objects.values()) == before


def test_what_the_client_owes_us_is_found_in_their_mail_and_is_nobodys(firm: Firm, member: Member) -> None:
    judged(letter(THEIR_WORD, at=SENT), now=NOW)
    found = Promise.objects.get()
    assert (found.by, found.owner, found.due_exact) == ("client", None, False)
    assert found.due == datetime(2026, 3, 19, 17, 30, tzinfo=NOW.tzinfo)


def test_old_mail_makes_no_candidates_but_reasons_of_its_time(firm: Firm) -> None:
    judged(ours(at=NOW - days(120)), letter("Thank you.\n", at=NOW - days(1)), now=NOW)
    assert Promise.objects.count() == 0
    assert Signal.objects.get(kind="promise_due").detail["unconfirmed"] is True


def test_in_an_old_archive_lately_goes_by_its_newest_message(firm: Firm) -> None:
    judged(ours(at=NOW - days(420)), letter("Thank you.\n", at=NOW - days(400)), now=NOW)
    assert Promise.objects.count() == 1


@pytest.mark.parametrize("text", ["Dear Petra,\n\nthank you for the plan.\n", "We will not charge you for it.\n"])
def test_what_is_no_promise_is_none(firm: Firm, text: str) -> None:
    judged(ours(text), now=NOW)
    assert Promise.objects.count() == 0


def test_candidates_that_nobody_looked_at_fade(firm: Firm, found: Promise) -> None:
    bring(ours(UNDATED, message_id="undated@studio.example"), now=NOW)
    judge_new(now=NOW)
    undated = Promise.objects.exclude(pk=found.pk).get()

    def shown(at: datetime) -> set[int]:
        return set(promises_for(SYSTEM, at=at).values_list("pk", flat=True))

    assert shown(NOW) == {found.pk, undated.pk}
    tenth_working_day = datetime(2026, 4, 2, 9, tzinfo=NOW.tzinfo)
    assert shown(tenth_working_day - timedelta(minutes=1)) == {found.pk, undated.pk}
    assert shown(tenth_working_day) == {undated.pk}
    assert shown(SENT + days(30)) == set()


# -- settled ---------------------------------------------------------------------------------------------------------


def test_a_confirmed_promise_is_due_then_broken_by_the_clock_alone(firm: Firm, found: Promise, deed: Deed) -> None:
    wednesday, thursday = NOW + days(2), THURSDAY_NOON
    assert live(firm, wednesday) == [("promise_due", True)]
    signal = Signal.objects.get(kind="promise_due")
    settle.confirm(found.public_id, deed)
    assert Signal.objects.get(kind="promise_due").pk == signal.pk  # with what people answered to it
    assert live(firm, NOW) == []
    assert live(firm, wednesday) == [("promise_due", False)]
    assert live(firm, thursday + timedelta(minutes=1)) == [("promise_broken", False)]
    assert live(firm, thursday + days(30)) == [("promise_broken", False)]
    Message.objects.update(judged=0)
    judge_new(now=NOW)
    assert live(firm, wednesday) == [("promise_due", False)]
    assert live(firm, thursday + days(1)) == [("promise_broken", False)]


@pytest.mark.parametrize("did", ["keep", "withdraw"])
def test_what_is_settled_in_time_is_no_reason_any_more(firm: Firm, found: Promise, deed: Deed, did: str) -> None:
    settle.confirm(found.public_id, deed)
    later = Deed(deed.reader, NOW + days(2))
    done = getattr(settle, did)(found.public_id, later, why="Petra said so.")
    assert (done.state, done.settled_by, done.settled_why) == (
        {"keep": "kept", "withdraw": "withdrawn"}[did], deed.member, "Petra said so.",
    )  # fmt: skip
    assert live(firm, later.now + timedelta(minutes=1)) == []
    assert live(firm, THURSDAY_NOON + days(1)) == []
    assert live(firm, later.now - timedelta(minutes=1)) == [("promise_due", False)]


def test_kept_late_it_was_broken_until_then(firm: Firm, found: Promise, deed: Deed) -> None:
    settle.confirm(found.public_id, deed)
    settle.keep(found.public_id, Deed(deed.reader, THURSDAY_NOON + days(2)))
    assert live(firm, THURSDAY_NOON + days(1)) == [("promise_broken", False)]
    assert live(firm, THURSDAY_NOON + days(3)) == []


def test_broken_stays_a_reason(firm: Firm, found: Promise, deed: Deed) -> None:
    settle.confirm(found.public_id, deed)
    settle.break_(found.public_id, Deed(deed.reader, NOW + days(1)))
    assert live(firm, NOW + days(2)) == [("promise_broken", False)]


def test_what_is_no_promise_is_gone_and_stays_away(firm: Firm, found: Promise, deed: Deed) -> None:
    settle.refuse(found.public_id, deed, why="A figure of speech.")
    assert live(firm, NOW + days(2)) == []
    Message.objects.update(judged=0)
    judge_new(now=NOW + days(1))
    assert Promise.objects.get().state == "refused"
    assert live(firm, NOW + days(2)) == []


def test_what_we_wait_for_is_a_reason_from_the_working_day_after(firm: Firm, deed: Deed) -> None:
    judged(letter(THEIR_WORD, at=SENT), now=NOW)
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True)
    settle.confirm(Promise.objects.get().public_id, deed)
    friday = datetime(2026, 3, 20, 9, tzinfo=NOW.tzinfo)
    assert [kind for kind, _ in live(firm, friday)] == ["waiting_on_client"]
    assert live(firm, friday - timedelta(minutes=1)) == []
    settle.keep(Promise.objects.get().public_id, Deed(deed.reader, friday + days(1)))
    assert live(firm, friday + days(2)) == []


def test_renegotiated_the_new_date_stands_in_its_place(firm: Firm, found: Promise, deed: Deed) -> None:
    settle.confirm(found.public_id, deed)
    later = settle.renegotiate(found.public_id, deed, due="30 March", why="The printer is ill.")
    found.refresh_from_db()
    assert (found.state, later.replaces, later.text, later.agreed) == ("renegotiated", found, found.text, "")
    assert (later.due, later.due_exact) == (datetime(2026, 3, 30, 17, 30, tzinfo=NOW.tzinfo), False)
    assert live(firm, THURSDAY_NOON + days(1)) == []
    assert later.due is not None
    assert live(firm, later.due) == [("promise_broken", False)]
    done = settle.answered(later.public_id, deed, agreed="yes", words="Fine with us.")
    assert (done.agreed, done.agreed_words) == ("yes", "Fine with us.")
    with pytest.raises(settle.PromiseRefused, match="replaces no other"):
        settle.answered(found.public_id, deed, agreed="yes")


def test_a_recurring_one_is_pending_again_once_it_was_kept(firm: Firm, found: Promise, deed: Deed) -> None:
    settle.confirm(found.public_id, deed, given=Given(recurs="monthly"))
    settle.keep(found.public_id, deed)
    following = Promise.objects.get(state="pending")
    assert (following.due, following.recurs) == (datetime(2026, 4, 19, 12, tzinfo=NOW.tzinfo), "monthly")
    assert (following.replaces_id, following.owner) == (found.pk, found.owner)


def test_a_recurring_one_keeps_its_hour_when_the_clocks_change(firm: Firm, found: Promise, deed: Deed) -> None:
    firm.timezone = "Europe/Berlin"
    firm.save()
    settle.confirm(found.public_id, deed, given=Given(recurs="weekly", due="Friday 27 March at 12:00"))
    settle.keep(found.public_id, deed)
    assert Promise.objects.get(state="pending").due == datetime(2026, 4, 3, 10, tzinfo=NOW.tzinfo)


def test_each_step_can_be_taken_back_and_leaves_a_line(firm: Firm, found: Promise, deed: Deed) -> None:
    def steps() -> list[str]:
        return [one.did for one in AuditEntry.objects.filter(about=f"promise {found.public_id}").order_by("pk")]

    wednesday = NOW + days(2)
    done = settle.confirm(found.public_id, deed)
    assert settle.take_back(found.public_id, deed, version=done.version).state == "candidate"  # type: ignore[union-attr]
    assert live(firm, wednesday) == [("promise_due", True)]
    settle.confirm(found.public_id, deed, given=Given(recurs="weekly"))
    done = settle.keep(found.public_id, deed)
    assert settle.take_back(found.public_id, deed, version=done.version).state == "pending"  # type: ignore[union-attr]
    assert Promise.objects.count() == 1  # the next one is gone
    assert live(firm, wednesday) == [("promise_due", False)]
    later = settle.renegotiate(found.public_id, deed, due="30 March")
    assert later.replaces is not None
    settle.take_back(found.public_id, deed, version=later.replaces.version)
    assert (Promise.objects.get().state, live(firm, wednesday)) == ("pending", [("promise_due", False)])
    assert steps() == [
        "promise.confirmed", "promise.taken_back", "promise.confirmed", "promise.kept", "promise.taken_back",
        "promise.renegotiated", "promise.taken_back",
    ]  # fmt: skip
    with pytest.raises(AlreadySettled, match="no longer be taken back"):
        settle.take_back(found.public_id, Deed(deed.reader, NOW + timedelta(minutes=2)), version=9)
    assert "price list" not in str(list(AuditEntry.objects.values()))


def test_nothing_is_settled_twice_and_no_step_is_left_out(found: Promise, deed: Deed) -> None:
    for did in ("keep", "break_", "withdraw"):
        with pytest.raises(AlreadySettled, match="changed meanwhile: it waits to be confirmed"):
            getattr(settle, did)(found.public_id, deed)
    settle.confirm(found.public_id, deed)
    settle.keep(found.public_id, deed)
    with pytest.raises(AlreadySettled, match="changed meanwhile, by Ada Moss: it was kept"):
        settle.break_(found.public_id, deed)
    with pytest.raises(AlreadySettled):
        settle.refuse(found.public_id, deed)


def test_a_candidate_is_corrected_and_confirmed_in_one_step(found: Promise, deed: Deed, member: Member) -> None:
    given = Given(text="The price list, with VAT", due="Friday", no_owner=True)
    done = settle.correct(found.public_id, deed, given=given)
    assert (done.state, done.text, done.owner) == ("pending", "The price list, with VAT", None)
    assert (done.due, done.due_exact) == (datetime(2026, 3, 20, 17, 30, tzinfo=NOW.tzinfo), False)
    version = done.version
    settle.correct(found.public_id, deed, given=Given(text="The list"), version=version)
    with pytest.raises(AlreadySettled):
        settle.correct(found.public_id, deed, given=Given(text="Another list"), version=version)
    assert Promise.objects.get().quote == found.quote


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("yesterday", "Sunday 15 March 2026 lies in the past"),
        ("0000-00-00", "There is no day 0000-00-00"),
        ("2026-02-30", "There is no day 2026-02-30"),
        ("tomorrow at 25:00", "There is no hour 25:00"),
        ("some day", "“some day” names no day"),
        ("12/04", "Sunday 12 April 2026 or Friday 4 December 2026"),
        ("Friday or Monday", "Friday 20 March 2026 or Monday 23 March 2026"),
        ("next Friday", "Friday 20 March 2026 or Friday 27 March 2026"),
        ("12 March 2040", "more than three years ahead"),
        ("x" * 300, "too long for a date"),
    ],
)
def test_a_date_that_is_none_or_two_changes_nothing(found: Promise, deed: Deed, words: str, says: str) -> None:
    with pytest.raises(DateRefused, match=says):
        settle.correct(found.public_id, deed, given=Given(due=words))
    assert Promise.objects.get().state == "candidate"


def test_what_is_said_must_fit(found: Promise, deed: Deed) -> None:
    for given in (Given(text="  "), Given(text="x" * 1001), Given(recurs="daily")):
        with pytest.raises(settle.PromiseRefused):
            settle.confirm(found.public_id, deed, given=given)
    settle.confirm(found.public_id, deed)
    with pytest.raises(settle.PromiseRefused, match="new date"):
        settle.renegotiate(found.public_id, deed, due=" ")
    with pytest.raises(settle.PromiseRefused, match="not one of this client's"):
        settle.keep(found.public_id, deed, evidence=found.public_id)
    assert Promise.objects.get().state == "pending"


def test_taking_a_confirmation_back_puts_back_what_was_there(found: Promise, deed: Deed, member: Member) -> None:
    as_it_was = {name: getattr(found, name) for name in ("text", "due", "due_exact", "owner", "engagement", "recurs")}
    only = Engagement.objects.create(client=found.client, name="Shop", created_at=NOW)
    given = Given(text="Two lists", due="30 March at 9 am", no_owner=True, recurs="weekly")
    done = settle.confirm(found.public_id, deed, given=given)
    assert (done.engagement, done.owner, done.recurs) == (only, None, "weekly")
    done = settle.correct(found.public_id, deed, given=Given(due="31 March"), version=done.version)
    back = settle.take_back(found.public_id, deed, version=done.version)
    assert back is not None
    assert {name: getattr(back, name) for name in as_it_was} == as_it_was
    assert (back.state, back.as_read, back.confirmed_at) == ("candidate", None, None)


def test_added_by_hand_it_is_pending_and_undone_it_is_gone(found: Promise, deed: Deed) -> None:
    client = Client.objects.get()
    made = settle.add(client, deed, by="firm", given=Given(text="Call Petra", due="Friday noon"))
    assert (made.state, made.origin, made.due_exact) == ("pending", "person", True)
    assert settle.take_back(made.public_id, deed, version=made.version) is None
    assert Promise.objects.get() == found
    with pytest.raises(settle.PromiseRefused, match="Say what is promised"):
        settle.add(client, deed, by="firm", given=Given(due="Friday"))


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_one_settles_it(firm: Firm, found: Promise, deed: Deed, tmp_path: Path) -> None:
    settle.confirm(found.public_id, deed, given=Given(recurs="weekly"))
    how = [settle.keep, settle.break_, settle.withdraw]
    with on_disk(tmp_path):
        came = at_once(50, lambda number: str(how[number % 3](found.public_id, deed).state))
        told = Counter(one if isinstance(one, str) else type(one).__name__ for one in came)
        found.refresh_from_db()
        assert told == {found.state: 1, "AlreadySettled": 49}
        assert Promise.objects.count() == (1 if found.state == "withdrawn" else 2)
        done = AuditEntry.objects.filter(did__in=["promise.kept", "promise.broken", "promise.withdrawn"])
        assert done.count() == 1
