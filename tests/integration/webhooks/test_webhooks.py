"""Webhooks from the deed to the receiver: in order, signed, again where it fails, and no words of mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult
from tests.conftest import NOW
from tests.letters import judged, letter
from tests.receiver import Receiver

from amends.clients.models import Client, Engagement
from amends.firm.models import AuditEntry, Firm, Member
from amends.firm.scope import firm_scope
from amends.flows import engagements, teach
from amends.flows.receive import run_import
from amends.flows.set_up import begin_run, found_firm
from amends.flows.webhooks import manage
from amends.flows.webhooks.deliver import HOLD, deliver
from amends.flows.webhooks.tasks import ask_for_all, ask_for_delivery, deliver_webhooks
from amends.judgement.model import use
from amends.mail.models import Message
from amends.mail.queries import SYSTEM, Reader
from amends.mail.reading import ReaderPool
from amends.signals.models import Action, Signal
from amends.webhooks import actions
from amends.webhooks.models import Delivery, DeliveryState, Endpoint, Event
from amends.webhooks.rules import CHOICES, KEPT, TRIES, WAITS, AddressRefused, Kind

COMPLAINT = "I am furious that the third invoice has an error again."
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _here(settings: Any) -> Iterator[None]:
    """The receiver is on this machine; what is noticed must not change with the model."""
    settings.WEBHOOKS_PRIVATE = True
    with use(None):
        yield


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hook(receiver: Receiver, member: Member) -> tuple[Endpoint, str]:
    """An endpoint that wants to hear of everything, a month old, and its secret."""
    return manage.add(receiver.url, kinds=CHOICES, description="", member=member, now=NOW - 30 * DAY)


def _angry(number: int = 0, *, at: datetime = NOW - DAY) -> bytes:
    return letter(f"Dear Ada,\n\n{COMPLAINT}\n\nPetra\n", at=at, message_id=f"{number}@hartwell.example",
                  sender=f"Petra <petra@house{number}.example>", subject="Very secret words")  # fmt: skip


def _change(number: int, member: Member, *, now: datetime = NOW) -> Engagement:
    made, _ = Client.objects.get_or_create(name="Hartwell", defaults={"created_at": NOW, "standing": "client"})
    return engagements.begin_with(made.public_id, {"name": f"Work {number}"}, member=member, now=now)


def test_an_import_tells_what_came_of_it(
    hook: tuple[Endpoint, str], receiver: Receiver, clock: Clock, tmp_path: Path
) -> None:
    archive = tmp_path / "letters.mbox"
    archive.write_bytes(b"".join(b"From x Mon Mar 16 10:00:00 2026\n" + _angry(n) + b"\n" for n in range(3)))
    run = begin_run([archive], now=NOW)
    with ReaderPool() as readers:
        run_import(run, readers=readers, clock=clock)
    deliver(clock=clock)
    told = {letter.said["type"]: letter.said["data"] for letter in receiver.letters}
    assert receiver.kinds[0] == "message.stored"
    assert set(receiver.kinds) == {"message.stored", "client.created", "import.done", "signal.raised"}
    assert told["message.stored"]["count"] == 3
    assert set(told["message.stored"]["messages"]) == {str(one.public_id) for one in Message.objects.all()}
    assert receiver.kinds.count("client.created") == Client.objects.count() == 3
    assert told["import.done"] == {
        "import": str(run.public_id), "state": "done", "seen": 3, "imported": 3, "duplicates": 0, "skipped": 0,
        "set_aside": 0,
    }  # fmt: skip
    signal = Signal.objects.get(public_id=told["signal.raised"]["signal"])
    assert told["signal.raised"]["kind"] == signal.kind
    assert receiver.kinds.count("signal.raised") == Signal.objects.filter(raised_at__lte=NOW).count()
    sent = b"".join(letter.body for letter in receiver.letters)
    for words in (b"furious", b"invoice", b"secret", b"Petra", b"house0"):
        assert words not in sent
    deliver(clock=clock)
    assert receiver.kinds.count("signal.raised") == Signal.objects.filter(raised_at__lte=NOW).count()


def test_a_second_import_tells_that_nothing_came(hook: tuple[Endpoint, str], receiver: Receiver, clock: Clock) -> None:
    judged(_angry(), now=NOW)
    run = begin_run([], now=NOW)
    with ReaderPool() as readers:
        run_import(run, readers=readers, clock=clock)
    deliver(clock=clock)
    assert [kind for kind in receiver.kinds if kind != "signal.raised"] == ["import.done"]


def test_an_answer_is_told_and_so_is_taking_it_back(
    hook: tuple[Endpoint, str], receiver: Receiver, clock: Clock, member: Member
) -> None:
    judged(_angry(), now=NOW)
    deliver(clock=clock)
    receiver.letters.clear()
    ids = list(Signal.objects.filter(kind="complaint").values_list("public_id", flat=True))
    batch = teach.answer(Reader(member), ids, action=Action.OWN, member=member, now=NOW)
    teach.undo(batch, now=NOW, member=member)
    teach.undo(batch, now=NOW, member=member)  # nothing is left to take back, and nothing told
    deliver(clock=clock)
    data = {"batch": str(batch), "signals": [str(one) for one in ids], "member": str(member.public_id)}
    assert [letter.said["data"] for letter in receiver.letters] == [
        {**data, "action": "own"}, {**data, "action": "undone"},
    ]  # fmt: skip
    signal = Signal.objects.get(public_id=ids[0])
    done = teach.correct(SYSTEM, signal.message.public_id, right="", signal=signal.public_id, member=member, now=NOW)
    deliver(clock=clock)
    assert receiver.letters[-1].said["data"]["batch"] == str(done.batch)
    assert receiver.letters[-1].said["data"]["action"] == "corrected"


def test_what_does_not_happen_is_not_told(hook: tuple[Endpoint, str], member: Member) -> None:
    """The event lies in the transaction of the deed."""

    def half() -> None:
        with transaction.atomic():
            _change(0, member)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert not Event.objects.exists()
    assert not Engagement.objects.exists()


def test_everything_is_signed(hook: tuple[Endpoint, str], receiver: Receiver, clock: Clock, member: Member) -> None:
    endpoint, secret = hook
    _change(0, member)
    deliver(clock=clock)
    [first] = receiver.letters
    assert first.signed_by(secret)
    assert not first.signed_by(secret[:-6] + "AAAAA=")
    assert first.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert first.headers["webhook-id"] == f"msg_{Event.objects.get().public_id.hex}"
    assert secret not in str(list(Endpoint.objects.values()))
    _, new = manage.new_secret(endpoint.public_id, member=member, now=NOW)
    _change(1, member)
    deliver(clock=clock)
    assert [receiver.letters[1].signed_by(one) for one in (secret, new)] == [True, True]
    clock.now += actions.OLD_LASTS
    _change(2, member)
    deliver(clock=clock)
    assert [receiver.letters[2].signed_by(one) for one in (secret, new)] == [False, True]


def test_what_fails_is_tried_again_and_the_others_wait_for_it(
    hook: tuple[Endpoint, str], receiver: Receiver, clock: Clock, member: Member
) -> None:
    names = [_change(number, member) for number in range(3)]
    receiver.plan = [204, 503, 500]
    assert deliver(clock=clock) == NOW + WAITS[0]
    assert len(receiver.letters) == 2
    assert deliver(clock=clock) == NOW + WAITS[0]  # too early
    assert len(receiver.letters) == 2
    clock.now += WAITS[0]
    assert deliver(clock=clock) == clock.now + WAITS[1]
    clock.now += WAITS[1]
    assert deliver(clock=clock) is None
    ids = [letter.said["data"]["engagement"] for letter in receiver.letters]
    first, second, third = (str(one.public_id) for one in names)
    assert ids == [first, second, second, second, third]
    assert len({letter.headers["webhook-id"] for letter in receiver.letters[1:4]}) == 1
    assert len({letter.body for letter in receiver.letters[1:4]}) == 1
    assert list(Delivery.objects.order_by("pk").values_list("state", "tries", "status", "problem")) == [
        ("done", 1, 204, ""), ("done", 3, 204, ""), ("done", 1, 204, ""),
    ]  # fmt: skip


def test_who_never_answers_is_paused_and_goes_on_where_it_stopped(
    hook: tuple[Endpoint, str], receiver: Receiver, clock: Clock, member: Member
) -> None:
    endpoint, _ = hook
    _change(0, member)
    receiver.plan = [500] * TRIES
    for wait in WAITS:
        assert deliver(clock=clock) == clock.now + wait
        clock.now += wait
    assert deliver(clock=clock) is None
    endpoint.refresh_from_db()
    assert (endpoint.paused_at, endpoint.paused_why) == (clock.now, "The receiver answered 500.")
    assert len(receiver.letters) == TRIES
    _change(1, member)
    clock.now += DAY
    assert deliver(clock=clock) is None
    assert len(receiver.letters) == TRIES
    manage.resume(endpoint.public_id, member=member, now=clock.now)
    assert deliver(clock=clock) is None
    assert len(receiver.letters) == TRIES + 2
    assert receiver.letters[-2].body == receiver.letters[0].body


def test_gone_is_gone(hook: tuple[Endpoint, str], receiver: Receiver, clock: Clock, member: Member) -> None:
    receiver.plan = [410]
    _change(0, member)
    assert deliver(clock=clock) is None
    assert Endpoint.objects.get().paused_why.endswith("(410) and wants nothing more.")


def test_a_ping_and_a_second_delivery_do_not_wait(
    hook: tuple[Endpoint, str], receiver: Receiver, clock: Clock, member: Member
) -> None:
    endpoint, _ = hook
    _change(0, member)
    receiver.plan = [500, 204, 500, 204]
    deliver(clock=clock)
    manage.pause(endpoint.public_id, member=member, now=NOW)
    manage.ping(endpoint.public_id, member=member, now=NOW)
    deliver(clock=clock)
    assert receiver.kinds == ["engagement.changed", "ping"]
    ping = Delivery.objects.get(event__kind="ping")
    assert ping.state == DeliveryState.DONE
    for state in (DeliveryState.FAILED, DeliveryState.DONE):
        manage.redeliver(endpoint.public_id, ping.public_id, member=member, now=NOW)
        deliver(clock=clock)
        ping.refresh_from_db()
        assert ping.state == state
    assert receiver.letters[-1].body == receiver.letters[1].body
    assert [entry.did for entry in AuditEntry.objects.filter(did__startswith="webhook").order_by("pk")] == [
        "webhook.added", "webhook.paused", "webhook.pinged", "webhook.redelivered", "webhook.redelivered",
    ]  # fmt: skip
    assert "/hook" not in str(list(AuditEntry.objects.values()))


def test_only_what_was_chosen_is_told_and_nothing_is_kept_for_nobody(
    receiver: Receiver, clock: Clock, member: Member
) -> None:
    _change(0, member)
    assert not Event.objects.exists()
    assert not DBTaskResult.objects.filter(task_path=deliver_webhooks.module_path).exists()
    made, _ = manage.add(receiver.url, kinds=[Kind.CLIENT_CREATED], description="", member=member, now=NOW)
    _change(1, member)
    judged(_angry(), now=NOW)
    deliver(clock=clock)
    assert receiver.letters == []
    manage.change(
        made.public_id, url=receiver.url, kinds=[Kind.ENGAGEMENT_CHANGED], description="x", member=member, now=NOW
    )
    _change(2, member)
    deliver(clock=clock)
    assert receiver.kinds == ["engagement.changed"]
    manage.remove(made.public_id, member=member, now=NOW)
    assert not Delivery.objects.exists()


def test_a_silence_is_told_when_the_clock_makes_it_true(
    hook: tuple[Endpoint, str], receiver: Receiver, clock: Clock
) -> None:
    letters = [
        letter("Dear Ada,\n\nthank you.\n", at=NOW - timedelta(days=7 * week), message_id=f"{week}@hartwell.example")
        for week in range(30)
    ]
    judged(*letters, now=NOW)
    silence = Signal.objects.get(kind="silence")
    assert silence.raised_at > NOW
    assert deliver(clock=clock) == silence.raised_at
    assert "silence" not in [letter.said["data"].get("kind") for letter in receiver.letters]
    clock.now = silence.raised_at
    deliver(clock=clock)
    assert receiver.letters[-1].said["data"]["signal"] == str(silence.public_id)
    before = len(receiver.letters)
    deliver(clock=clock)
    assert len(receiver.letters) == before


def test_a_new_endpoint_hears_of_nothing_old(receiver: Receiver, clock: Clock, member: Member) -> None:
    judged(_angry(), now=NOW)
    later = datetime.now(NOW.tzinfo) + timedelta(minutes=1)  # after the signals were made, and came true
    manage.add(receiver.url, kinds=CHOICES, description="", member=member, now=later)
    clock.now = later
    deliver(clock=clock)
    assert receiver.letters == []


def test_two_runners_do_not_send_side_by_side(
    hook: tuple[Endpoint, str], receiver: Receiver, clock: Clock, member: Member
) -> None:
    endpoint, _ = hook
    _change(0, member)
    assert actions.hold(endpoint, now=NOW, until=NOW + HOLD)
    assert deliver(clock=clock) == NOW + HOLD  # somebody else is at it
    assert receiver.letters == []
    clock.now = NOW + HOLD  # and was killed at it
    assert deliver(clock=clock) is None
    assert len(receiver.letters) == 1
    endpoint.refresh_from_db()
    assert endpoint.held_until is None


def test_a_slow_receiver_lets_other_jobs_have_their_turn(
    hook: tuple[Endpoint, str], receiver: Receiver, member: Member, firm: Firm
) -> None:
    for number in range(9):
        _change(number, member)
    ticks = iter(range(10_000))
    slow = deliver(clock=lambda: NOW + timedelta(seconds=4 * next(ticks)))  # each look at the clock takes a while
    assert slow is not None
    assert 0 < len(receiver.letters) < 9
    DBTaskResult.objects.update(status="RUNNING")
    ask_for_delivery(firm.pk, now=NOW, at=slow)
    assert DBTaskResult.objects.get(status="READY").priority < 0
    later = slow + HOLD
    assert deliver(clock=lambda: later) is None
    assert len(receiver.letters) == 9
    assert len({letter.headers["webhook-id"] for letter in receiver.letters}) == 9


def test_one_job_that_waits_is_enough(hook: tuple[Endpoint, str], firm: Firm, member: Member) -> None:
    for number in range(3):
        _change(number, member)
    jobs = DBTaskResult.objects.filter(task_path=deliver_webhooks.module_path)
    assert jobs.count() == 1
    ask_for_delivery(firm.pk, now=NOW, at=NOW + DAY)
    ask_for_all(now=NOW)
    assert jobs.count() == 1
    jobs.update(status="SUCCESSFUL")
    ask_for_delivery(firm.pk, now=NOW, at=NOW + DAY)
    ask_for_delivery(firm.pk, now=NOW)  # sooner
    ask_for_delivery(firm.pk, now=NOW)
    assert jobs.filter(status="READY").count() == 2


def test_another_firm_hears_nothing(
    hook: tuple[Endpoint, str], receiver: Receiver, clock: Clock, member: Member
) -> None:
    other = found_firm(["rival.example"], now=NOW, name="Rivals")
    with firm_scope(other):
        judged(_angry(), now=NOW)
        deliver(clock=clock)
    deliver(clock=clock)
    assert receiver.letters == []


def test_what_is_old_is_forgotten(hook: tuple[Endpoint, str], clock: Clock, receiver: Receiver, member: Member) -> None:
    _change(0, member)
    deliver(clock=clock)
    clock.now += KEPT + DAY
    deliver(clock=clock)
    assert (Event.objects.count(), Delivery.objects.count()) == (0, 0)
    assert Endpoint.objects.count() == 1


def test_a_lost_key_pauses_and_says_so(
    hook: tuple[Endpoint, str], clock: Clock, receiver: Receiver, member: Member, settings: Any
) -> None:
    _change(0, member)
    settings.SECRET_KEY = "another one"
    deliver(clock=clock)
    assert receiver.letters == []
    assert Endpoint.objects.get().paused_why == "Its secret cannot be opened any more: make a new one."


def test_what_cannot_be_an_endpoint_is_refused(member: Member, settings: Any) -> None:
    settings.WEBHOOKS_PRIVATE = False
    with pytest.raises(AddressRefused):
        manage.add("http://example.com/", kinds=CHOICES, description="", member=member, now=NOW)
    with pytest.raises(manage.NothingChosen):
        manage.add("https://example.com/", kinds=[Kind.PING], description="", member=member, now=NOW)
    for number in range(manage.MOST):
        manage.add(f"https://example.com/{number}", kinds=CHOICES, description="", member=member, now=NOW)
    with pytest.raises(manage.TooManyEndpoints):
        manage.add("https://example.com/more", kinds=CHOICES, description="", member=member, now=NOW)


def test_an_address_near_by_is_not_reached_unless_allowed(
    hook: tuple[Endpoint, str], receiver: Receiver, clock: Clock, member: Member, settings: Any
) -> None:
    settings.WEBHOOKS_PRIVATE = False
    _change(0, member)
    deliver(clock=clock)
    assert receiver.letters == []
    assert "not on the open internet" in Delivery.objects.get().problem
    settings.WEBHOOKS_PRIVATE = True
    clock.now += WAITS[0]
    deliver(clock=clock)
    assert len(receiver.letters) == 1


def test_events_are_written_once_when_two_tell_the_same(hook: tuple[Endpoint, str]) -> None:
    endpoint, _ = hook
    told = actions.Told(Kind.SIGNAL_RAISED, endpoint.public_id, {})
    assert [actions.write([told], [endpoint], now=NOW) for _ in range(2)] == [1, 0]
    assert (Event.objects.count(), Delivery.objects.count()) == (1, 1)


def test_the_job_delivers(hook: tuple[Endpoint, str], receiver: Receiver, firm: Firm, member: Member) -> None:
    _change(0, member, now=datetime.now(UTC))
    receiver.plan = [500]
    DBTaskResult.objects.update(status="RUNNING")
    deliver_webhooks.func(firm_id=firm.pk)
    assert len(receiver.letters) == 1
    again = DBTaskResult.objects.get(status="READY")
    assert again.args_kwargs["kwargs"] == {"firm_id": firm.pk}
    assert again.run_after == Delivery.objects.get().next_at
