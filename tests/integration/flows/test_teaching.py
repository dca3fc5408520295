"""What a person corrects holds at once, holds when mail is judged again, teaches, and is undone without a trace."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import NOW
from tests.letters import OURS, THEIRS, bring, days, judged, letter

from amends.firm.models import Firm, Member
from amends.firm.scope import firm_scope
from amends.flows import teach
from amends.flows.judge import judge_new
from amends.flows.set_up import found_firm
from amends.insights.conversation import read_thread
from amends.insights.relationship import relationship
from amends.insights.today import today
from amends.judgement.corrections import Taught
from amends.judgement.model import use
from amends.mail.models import Message, Thread
from amends.mail.queries import SYSTEM, new_text_of
from amends.signals.actions import NoSuchSignal, drop_misplaced, respond
from amends.signals.models import BY_PERSON, Action, Correction, Response, Signal
from amends.signals.queries import lessons, nearly_identical, standing, taught

SAID = "The price in the brochure is wrong."
MISSED = "We sat by the telephone on Tuesday."


@pytest.fixture(autouse=True)
def _rules_alone() -> Iterator[None]:
    """What is noticed here must not change with the model."""
    with use(None):
        yield


@pytest.fixture
def mail(firm: Firm) -> Message:
    """Two clients who say the same, and a sentence in which nothing is found."""
    judged(
        letter(f"Dear Ada,\n\n{SAID} {MISSED}\n\nPetra\n", at=NOW - days(3), message_id="1@x"),
        letter(f"Dear Ada,\n\n{SAID}\n\nKim\n", at=NOW - days(2), sender="Kim <kim@elm.example>", message_id="2@x"),
        now=NOW,
    )
    assert _kinds() == {"1@x": {"complaint"}, "2@x": {"complaint"}}
    return Message.objects.get(message_id="1@x")


def _kinds() -> dict[str, set[str]]:
    """What stands of each message, without what waits for an answer."""
    found: dict[str, set[str]] = {}
    for key, kind in standing().exclude(kind="unanswered").values_list("message__message_id", "kind"):
        found.setdefault(key, set()).add(kind)
    return found


def _signal(message: Message, kind: str = "complaint") -> Signal:
    return Signal.objects.get(message=message, kind=kind)


def _correct(message: Message, right: str, kind: str = "complaint", member: Member | None = None) -> teach.Corrected:
    return teach.correct(
        SYSTEM, message.public_id, right=right, signal=_signal(message, kind).public_id, member=member, now=NOW
    )


def _mark(message: Message, words: str, right: str) -> teach.Corrected:
    start = new_text_of(message.body).index(words)
    return teach.correct(
        SYSTEM, message.public_id, right=right, start=start, end=start + len(words), member=None, now=NOW
    )


def _judge_again() -> None:
    Message.objects.update(judged=0)
    Thread.objects.update(touched_at=NOW)
    judge_new(now=NOW)


def _everywhere(firm: Firm, message: Message) -> tuple[set[str], set[str], set[str]]:
    """Kinds that *Today*, the conversation and the client's year show of a message's client."""
    thread, turns = read_thread(SYSTEM, firm, message.thread.public_id, now=NOW)
    assert thread.client is not None
    rows = today(SYSTEM, firm, now=NOW).rows
    year = relationship(SYSTEM, firm, thread.client.public_id, now=NOW).events
    return (
        {reason.kind for row in rows if row.public_id == thread.client.public_id for reason in row.reasons}
        - {"unanswered"},
        {one.kind for turn in turns for one in turn.noticed} - {"unanswered"},
        {event.kind for event in year},
    )


def test_not_a_complaint_is_gone_everywhere_and_so_is_the_same_elsewhere(
    firm: Firm, member: Member, mail: Message
) -> None:
    assert _everywhere(firm, mail) == ({"complaint"}, {"complaint"}, {"complaint"})
    assert [one.message.message_id for one in nearly_identical(SYSTEM, _signal(mail))] == ["2@x"]
    done = _correct(mail, "", member=member)
    assert (done.said, done.right, done.others) == ("complaint", "", 1)
    assert _everywhere(firm, mail) == (set(), set(), set())
    assert _kinds() == {}
    [kept] = Correction.objects.all()
    assert (kept.said, kept.right, kept.quote, kept.member, kept.sure) == ("complaint", "", SAID, member, True)
    assert new_text_of(mail.body)[kept.start : kept.end] == SAID


def test_judging_again_brings_nothing_back_and_undo_everything(firm: Firm, mail: Message) -> None:
    before = list(Signal.objects.order_by("pk").values())
    done = _correct(mail, "")
    _judge_again()
    assert _kinds() == {}
    assert teach.undo(done.batch, now=NOW) == 2
    assert _everywhere(firm, mail) == ({"complaint"}, {"complaint"}, {"complaint"})
    assert _kinds() == {"1@x": {"complaint"}, "2@x": {"complaint"}}
    assert list(Signal.objects.order_by("pk").values()) == before
    assert not taught()


def test_another_kind_stands_in_its_place_here_and_elsewhere(firm: Firm, member: Member, mail: Message) -> None:
    done = _correct(mail, "frustration", member=member)
    assert _kinds() == {"1@x": {"frustration"}, "2@x": {"frustration"}}
    assert _everywhere(firm, mail)[0] == {"frustration"}
    made = _signal(mail, "frustration")
    assert (made.rule, made.confidence, made.quote) == (BY_PERSON, 1.0, SAID)
    assert made.detail["why"] == "Ada Moss said so."
    _judge_again()
    assert _kinds() == {"1@x": {"frustration"}, "2@x": {"frustration"}}
    teach.undo(done.batch, now=NOW)
    assert _kinds() == {"1@x": {"complaint"}, "2@x": {"complaint"}}
    assert not Signal.objects.filter(rule=BY_PERSON).exists()


def test_what_was_missed_is_there_until_it_is_taken_back(firm: Firm, mail: Message) -> None:
    done = _mark(mail, f" {MISSED}\n", "anger")
    assert _kinds()["1@x"] == {"complaint", "anger"}
    made = _signal(mail, "anger")
    assert (made.quote, new_text_of(mail.body)[made.start : made.end]) == (MISSED, MISSED)
    again = _mark(mail, MISSED, "anger")
    teach.undo(done.batch, now=NOW)
    assert _kinds()["1@x"] == {"complaint", "anger"}  # somebody else still says so
    teach.undo(again.batch, now=NOW)
    assert _kinds()["1@x"] == {"complaint"}


def test_judging_does_not_overwrite_what_a_person_said(firm: Firm, mail: Message) -> None:
    Signal.objects.filter(message=mail).delete()
    _mark(mail, SAID, "complaint")
    _judge_again()
    assert _signal(mail).rule == BY_PERSON


def test_the_last_word_on_a_sentence_counts(firm: Firm, mail: Message) -> None:
    away = _correct(mail, "")
    assert taught().adjust("complaint", SAID, None, 0.9)[0] < 0.5
    back = _mark(mail, SAID, "complaint")
    assert _kinds()["1@x"] == {"complaint"}
    assert _everywhere(firm, mail)[0] == {"complaint"}
    assert taught().adjust("complaint", SAID, None, 0.6)[0] > 0.9
    teach.undo(back.batch, now=NOW)
    assert _kinds() == {}
    teach.undo(away.batch, now=NOW)
    assert _kinds()["1@x"] == {"complaint"}


def test_a_signal_that_a_person_made_knows_our_answer(firm: Firm, mail: Message) -> None:
    reply = letter("Dear Petra,\n\nhere it is.\n", sender=OURS, to=THEIRS, at=NOW - days(1), references=["1@x"])
    judged(reply, now=NOW)
    _mark(mail, MISSED, "anger")
    assert _signal(mail, "anger").answered_at == NOW - days(1)


def test_a_signal_that_a_person_made_goes_with_its_message(firm: Firm, mail: Message) -> None:
    _mark(mail, MISSED, "anger")
    elm = Message.objects.get(message_id="2@x").client
    Message.objects.filter(pk=mail.pk).update(client=elm)
    drop_misplaced()
    assert list(Signal.objects.filter(message=mail).values_list("kind", "client")) == [("anger", elm.pk if elm else 0)]


def test_not_an_issue_teaches_a_hint_and_misread_a_word_and_settled_nothing(firm: Firm, mail: Message) -> None:
    ids = [_signal(mail).public_id]

    def answered(*, teaches: bool = True, sure: bool = False) -> float:
        batch = teach.answer(
            SYSTEM, ids, action=Action.NOT_AN_ISSUE, member=None, now=NOW, teaches=teaches, sure=sure
        )  # fmt: skip
        p = taught().adjust("complaint", SAID, None, 0.97)[0]
        assert _kinds() == {"1@x": {"complaint"}, "2@x": {"complaint"}}  # it stays in the conversation, struck out
        assert _everywhere(firm, mail)[0] == set()
        teach.undo(batch, now=NOW)
        assert _everywhere(firm, mail)[0] == {"complaint"}
        assert taught().adjust("complaint", SAID, None, 0.97) == (0.97, "")
        return p

    assert answered(teaches=False) == 0.97
    assert 0.5 < answered() < 0.9
    assert answered(sure=True) < 0.1


def test_what_is_no_sentence_teaches_nothing(firm: Firm) -> None:
    judged(letter("Could you send us the new price list? Thanks\n", at=NOW - days(9)), now=NOW)
    waiting = Signal.objects.get(kind="unanswered")
    teach.answer(SYSTEM, [waiting.public_id], action=Action.NOT_AN_ISSUE, member=None, now=NOW, sure=True)
    assert not Correction.objects.exists()
    with pytest.raises(teach.NothingSaid):
        teach.correct(SYSTEM, waiting.message.public_id, right="", signal=waiting.public_id, member=None, now=NOW)


def test_corrections_that_say_nothing_are_refused(firm: Firm, mail: Message) -> None:
    text = new_text_of(mail.body)
    signal = _signal(mail).public_id
    for wrong in (
        {"right": "complaint", "signal": signal}, {"right": "silence", "signal": signal}, {"right": ""},
        {"right": "", "start": 0, "end": 4}, {"right": "anger", "start": 4, "end": 4},
        {"right": "anger", "start": 0, "end": len(text) + 1}, {"right": "anger", "start": 9, "end": 11},
    ):  # fmt: skip
        with pytest.raises(teach.NothingSaid):
            teach.correct(SYSTEM, mail.public_id, member=None, now=NOW, **wrong)
    with pytest.raises(NoSuchSignal):
        teach.correct(SYSTEM, mail.public_id, right="", signal=uuid.uuid4(), member=None, now=NOW)
    bring(letter("Here it is.\n", sender=OURS, to=THEIRS, at=NOW - days(1), message_id="3@x"), now=NOW)
    ours = Message.objects.get(message_id="3@x")
    with pytest.raises(teach.NothingSaid):
        teach.correct(SYSTEM, ours.public_id, right="anger", start=0, end=4, member=None, now=NOW)
    assert not Correction.objects.exists()
    assert not Response.objects.exists()


def test_owning_is_kept_through_a_correction(firm: Firm, member: Member, mail: Message) -> None:
    respond([_signal(mail).public_id], action=Action.OWN, member=member, at=NOW)
    teach.undo(_correct(mail, "").batch, now=NOW)
    row = next(row for row in today(SYSTEM, firm, now=NOW).rows if row.client_id == mail.client_id)
    assert row.reasons[0].owner == "Ada Moss"


def test_what_was_taught_is_each_firms_own_and_kept_until_it_changes(firm: Firm, mail: Message) -> None:
    done = _correct(mail, "")
    assert taught() is taught()
    other = found_firm(["rival.example"], now=NOW, name="Rivals")
    with firm_scope(other):
        assert not taught()
        assert list(lessons(SYSTEM)) == []
    before: Taught = taught()
    teach.undo(done.batch, now=NOW)
    assert taught() is not before
    assert not taught()


class _Card:
    version = "fake-1"


class _Model:
    """Says that sentences are alike as far as their first letters are."""

    card = _Card()

    def vectors(self, texts: list[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), 26), np.float32)
        rows[range(len(texts)), [ord(text[0].lower()) - ord("a") for text in texts]] = 1
        return rows


def test_vectors_are_kept_with_the_model_that_made_them(firm: Firm, mail: Message) -> None:
    _correct(mail, "")
    assert Correction.objects.get().vector is None
    model = _Model()
    with use(model):  # type: ignore[arg-type]
        assert teach.give_vectors() == 1
        assert teach.give_vectors() == 0
        assert Correction.objects.get().vector_by == "fake-1"
        [like] = model.vectors(["Tomorrow"])
        assert taught().adjust("complaint", "Tomorrow", like, 0.9)[0] < 0.05
        _Card.version = "fake-2"
        assert taught().adjust("complaint", "Tomorrow", like, 0.9) == (0.9, "")
        _mark(mail, MISSED, "anger")
        assert set(Correction.objects.values_list("vector_by", flat=True)) == {"fake-1", "fake-2"}


def test_lessons_leave_only_with_consent(firm: Firm, mail: Message) -> None:
    _correct(mail, "frustration")
    teach.undo(_mark(mail, MISSED, "anger").batch, now=NOW)
    with pytest.raises(teach.NoConsent, match="in clear"):
        teach.lessons_to_give(SYSTEM, consent=False)
    [lesson] = teach.lessons_to_give(SYSTEM, consent=True)
    assert lesson._asdict() == {
        "text": SAID, "kind_said": "complaint", "kind_right": "frustration", "at": NOW.isoformat(), "sure": True,
    }  # fmt: skip
