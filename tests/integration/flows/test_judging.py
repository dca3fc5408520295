"""What a course of letters makes noticed, and what makes it right again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.conftest import NOW
from tests.letters import OURS, THEIRS, bring, days, judged, letter

from amends.clients.models import Client, Standing
from amends.firm.models import Firm
from amends.flows.judge import judge_new
from amends.insights.today import live_signals, today
from amends.mail.models import Message
from amends.mail.queries import SYSTEM, left_to_judge
from amends.signals.models import RhythmPrior, Signal

MONDAY = NOW.replace(hour=9)
QUESTION = "Hi Ada,\n\ncould you send us the new price list?\n\nPetra\n"
COMPLAINT = "Hi Ada,\n\nthis is the third time the brochure is wrong. This is unacceptable.\n\nPetra\n"
REPLY = "Dear Petra,\n\nyou are right, and I am sorry. The corrected brochure is with you by noon.\n\nAda\n"
THANKS = "Hi Ada,\n\nthank you so much, the new brochure is perfect. Brilliant work!\n\nPetra\n"


def _live(firm: Firm, at: datetime) -> list[str]:
    return sorted(signal.kind for signal in live_signals(SYSTEM, firm, at=at))


def _ours(text: str, *, at: datetime, references: list[str], message_id: str = "", to: str = THEIRS) -> bytes:
    return letter(text, sender=OURS, to=to, subject="Re: The brochure", at=at, references=references,
                  message_id=message_id)  # fmt: skip


def test_judging_again_changes_nothing(firm: Firm) -> None:
    judged(letter(COMPLAINT, at=NOW - days(3), message_id="1@x.example"), letter(QUESTION, at=NOW - days(9)), now=NOW)
    before = list(Signal.objects.order_by("pk").values())
    assert before
    assert (left_to_judge(), judge_new(now=NOW)) == (0, 0)
    assert list(Signal.objects.order_by("pk").values()) == before
    Message.objects.update(judged=0)
    assert judge_new(now=NOW + days(1)) == 2
    assert list(Signal.objects.order_by("pk").values()) == before


def test_a_question_waits_from_the_firms_usual_time_in_business_hours(firm: Firm) -> None:
    friday = MONDAY - days(3) + timedelta(hours=7)  # 16:00; the firm works 9:00 to 17:30, and usually 8 hours
    judged(letter(QUESTION, at=friday, message_id="q@x.example"), now=NOW)
    [signal] = Signal.objects.filter(kind="unanswered")
    assert signal.raised_at == MONDAY + timedelta(hours=6.5)
    assert (signal.cleared_at, signal.quote) == (None, "could you send us the new price list?")
    assert _live(firm, MONDAY + timedelta(hours=6)) == []
    assert _live(firm, MONDAY + timedelta(hours=7)) == ["unanswered"]


def test_holidays_and_the_time_zone_count(firm: Firm) -> None:
    firm.country, firm.timezone = "GB", "America/New_York"
    firm.save()
    christmas_eve = datetime(2025, 12, 24, 21, 0, tzinfo=UTC)  # 16:00 in New York: an hour and a half are left
    judged(letter(QUESTION, at=christmas_eve), now=NOW)
    [signal] = Signal.objects.filter(kind="unanswered")
    assert signal.raised_at == datetime(2025, 12, 29, 20, 30, tzinfo=UTC)  # Monday 15:30: 25 and 26 are holidays


def test_our_answer_ends_the_wait_and_one_in_time_prevents_it(firm: Firm) -> None:
    asked = MONDAY - days(7)
    late = _ours(REPLY, at=asked + days(2), references=["q@x.example"])
    judged(letter(QUESTION, at=asked, message_id="q@x.example"), late, now=NOW)
    [signal] = Signal.objects.filter(kind="unanswered")
    assert signal.cleared_at == asked + days(2)
    bring(_ours("Dear Petra,\n\nhere it is.\n", at=asked + timedelta(hours=2), references=["q@x.example"]), now=NOW)
    judge_new(now=NOW)
    [signal] = Signal.objects.filter(kind="unanswered")
    assert signal.cleared_at == signal.raised_at  # a late import shows that it was answered in time


def test_an_out_of_office_is_no_answer(firm: Firm) -> None:
    asked = MONDAY - days(7)
    away = letter("I am away until the 20th.\n", sender=OURS, to=THEIRS, subject="Automatic reply: The brochure",
                  at=asked + timedelta(minutes=1), references=["q@x.example"],
                  headers={"Auto-Submitted": "auto-replied"})  # fmt: skip
    judged(letter(QUESTION, at=asked, message_id="q@x.example"), away, now=NOW)
    assert _live(firm, NOW) == ["unanswered"]


def test_thanks_wait_for_nothing(firm: Firm) -> None:
    judged(letter("Thanks, all good.\n\nPetra\n", at=NOW - days(5)), now=NOW)
    assert _live(firm, NOW) == []


def test_a_complaint_is_right_again_after_our_answer_and_their_thanks(firm: Firm) -> None:
    said, answered, thanked = NOW - days(6), NOW - days(5), NOW - days(4)
    mail = [
        letter(COMPLAINT, at=said, message_id="1@x.example"),
        _ours(REPLY, at=answered, references=["1@x.example"], message_id="2@x.example"),
        letter(THANKS, subject="Re: The brochure", at=thanked, references=["1@x.example", "2@x.example"]),
    ]
    judged(*mail, now=NOW)
    wrongs = Signal.objects.exclude(kind__in=["praise", "unanswered"])
    assert {(signal.answered_at, signal.cleared_at) for signal in wrongs} == {(answered, thanked)}
    assert "complaint" in _live(firm, answered + timedelta(hours=1))
    assert [kind for kind in _live(firm, NOW) if kind != "praise"] == []


def test_thanks_without_an_answer_clear_nothing(firm: Firm) -> None:
    judged(
        letter(COMPLAINT, at=NOW - days(6), message_id="1@x.example"),
        letter(THANKS, subject="Re: The brochure", at=NOW - days(4), references=["1@x.example"]),
        now=NOW,
    )
    assert "complaint" in _live(firm, NOW)


def test_a_new_complaint_does_not_undo_what_was_right_before(firm: Firm) -> None:
    """What stood at a moment does not change by what is said later: the new wrong speaks for itself."""
    thanked, again = NOW - days(4), NOW - days(1)
    judged(
        letter(COMPLAINT, at=NOW - days(6), message_id="1@x.example"),
        _ours(REPLY, at=NOW - days(5), references=["1@x.example"], message_id="2@x.example"),
        letter(THANKS, subject="Re: The brochure", at=thanked, references=["1@x.example"], message_id="3@x.example"),
        letter(COMPLAINT, subject="Re: The brochure", at=again, references=["3@x.example"], message_id="4@x.example"),
        now=NOW,
    )
    assert [kind for kind in _live(firm, NOW - days(3)) if kind != "praise"] == []
    assert "complaint" in _live(firm, NOW)
    assert {signal.said_at for signal in live_signals(SYSTEM, firm, at=NOW) if signal.kind == "complaint"} == {again}


def _notes(name: str, every: float, *, since: float, until: float = 0) -> list[bytes]:
    """Notes of one client, from `since` days ago until `until` days ago, and one answer of ours."""
    sender = f"Kim <kim@{name}.example>"
    count = int((since - until) / every)
    notes = [
        letter("Dear Ada,\n\na note on the plan.\n", sender=sender, at=NOW - days(until + every * number))
        for number in range(count)
    ]
    return [*notes, letter("Thank you.\n", sender=OURS, to=sender, subject="Your note", at=NOW - days(since - 1))]


def test_silence_of_a_regular_client_and_not_of_a_rare_one(firm: Firm) -> None:
    """Who wrote twice a week for months is missed after weeks; who wrote twice a year is not."""
    ordinary = [one for name in ("alder", "birch", "cedar", "elm") for one in _notes(name, 5, since=300)]
    judged(
        *ordinary, *_notes("regular", 4, since=200, until=35), *_notes("rarely", 160, since=481, until=40), now=NOW
    )  # fmt: skip
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True, touched_at=NOW)
    Signal.objects.all().delete()
    RhythmPrior.objects.all().delete()
    judge_new(now=NOW)
    assert _silent(firm, NOW) == ["Regular"]
    judged(letter("Dear Ada,\n\nI was on holiday.\n", sender="Kim <kim@regular.example>", at=NOW - days(1)), now=NOW)
    assert (_silent(firm, NOW), _silent(firm, NOW - days(2))) == ([], ["Regular"])


def _silent(firm: Firm, at: datetime) -> list[str]:
    return [signal.client.name for signal in live_signals(SYSTEM, firm, at=at) if signal.kind == "silence"]


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"List-Unsubscribe": "<mailto:off@x.example>", "List-Id": "<news.x.example>", "Precedence": "bulk"}, "bulk"),
        ({"Auto-Submitted": "auto-replied"}, "automatic"),
        ({"Auto-Submitted": "auto-generated", "Return-Path": "<>"}, None),
    ],
)
def test_mail_that_nobody_wrote_is_never_judged(firm: Firm, headers: dict[str, str], kind: str | None) -> None:
    judged(letter(COMPLAINT, at=NOW - days(3), headers=headers), now=NOW)
    message = Message.objects.get()
    assert message.kind == kind or (kind is None and message.kind != "personal")
    assert (Signal.objects.count(), Client.objects.count(), message.client) == (0, 0, None)
    assert (today(SYSTEM, firm, now=NOW).rows, left_to_judge()) == ([], 0)


def test_what_we_write_is_not_judged(firm: Firm) -> None:
    judged(letter(COMPLAINT, sender=OURS, to=THEIRS, at=NOW - days(3)),
           letter(COMPLAINT, sender=OURS, to="Bo <bo@studio.example>", at=NOW - days(2)), now=NOW)  # fmt: skip
    assert Signal.objects.count() == 0
