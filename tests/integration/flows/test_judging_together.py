"""Judging that several workers share: what is in other hands is left alone, and what was taken away is not written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import NOW
from tests.letters import bring, days, letter

from amends.firm.models import Firm
from amends.flows import judge
from amends.flows.judge import judge_new, messages
from amends.flows.judge.stages import Judge, Keep, Write
from amends.jobs import holders
from amends.jobs.actions.portions import Hand, PortionLost
from amends.jobs.models import Portion
from amends.judgement.model import use
from amends.mail.models import Message, Thread
from amends.mail.queries import left_to_judge
from amends.signals.models import Signal

ELSEWHERE = "another-kernel/1/2"


@pytest.fixture(autouse=True)
def _rules_alone() -> Iterator[None]:
    with use(None):
        yield


@pytest.fixture
def mail(firm: Firm) -> list[int]:
    """Complaints in conversations of their own; the keys of the messages, newest first."""
    bring(*(letter("I am furious that it is wrong again.\n", at=NOW - days(number), subject=f"No {number}",
                   message_id=f"{number}@x.example") for number in range(1, 7)), now=NOW)  # fmt: skip
    return list(Message.objects.order_by("-id").values_list("pk", flat=True))


def _held(keys: Sequence[int], *, seconds: float, holder: str = ELSEWHERE) -> Portion:
    until = NOW + timedelta(seconds=seconds)
    return Portion.objects.create(stage="messages", keys=list(keys), holder=holder, until=until)


def test_what_others_hold_is_left_to_them_and_waited_for(mail: list[int]) -> None:
    """And taken over when their lease runs out: nothing is lost."""
    _held(mail[:2], seconds=1)
    judged: list[int] = []

    def note(done: int, total: int) -> None:
        judged.append(Message.objects.exclude(judged=0).count())
        if len(judged) == 1:
            assert not Message.objects.filter(pk__in=mail[:2]).exclude(judged=0).exists()
            assert not Signal.objects.filter(kind="unanswered").exists(), "no thread before every message"

    assert judge_new(now=NOW, progress=note) == 6
    assert judged[0] == 4
    assert (left_to_judge(), Portion.objects.count()) == (0, 0)
    assert Signal.objects.filter(kind="complaint").count() == 6


def test_shares_of_a_process_that_is_gone_are_free_at_once(mail: list[int]) -> None:
    kernel, number, _ = holders.me().rsplit("/", 2)
    _held(mail, seconds=1000, holder=f"{kernel}/{number}/1")
    assert judge_new(now=NOW) == 6


def test_what_was_taken_away_meanwhile_is_not_written(mail: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that was taken for dead finds that it lost its batch: what it found is thrown away, and found again."""
    begun = 0

    def begin(now: Any) -> Judge:
        real = messages.STAGE.begin(now)

        def slow(rows: Sequence[Any], keep: Keep) -> Write:
            nonlocal begun
            begun += 1
            write = real(rows, keep)
            if begun == 1:
                Portion.objects.all().delete()  # as somebody does who takes it over

                def never() -> None:
                    pytest.fail("this was somebody else's by then")

                return never
            return write

        return slow

    stage = replace(messages.STAGE, begin=begin)
    monkeypatch.setattr(judge, "STAGES", (stage, *judge.STAGES[1:]))
    judge_new(now=NOW)
    assert begun == 2
    assert Signal.objects.filter(kind="complaint").count() == 6


def test_a_failure_lets_go_of_what_was_in_hand(mail: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(now: Any) -> Judge:
        raise ZeroDivisionError

    monkeypatch.setattr(judge, "STAGES", (replace(messages.STAGE, begin=broken), *judge.STAGES[1:]))
    with pytest.raises(ZeroDivisionError):
        judge_new(now=NOW)
    assert not Portion.objects.exists()
    assert Message.objects.filter(judged=0).count() == 6


def test_a_thread_is_looked_at_again_where_mail_was_read_meanwhile(mail: list[int]) -> None:
    """Somebody looks at a thread while another one reads a new letter of it: it must not count as done."""
    from amends.mail.actions.judged import settle, touch

    loaded = list(Thread.objects.order_by("pk"))
    touch(Message.objects.filter(thread=loaded[0]), now=NOW, again=True)
    settle(loaded)
    assert list(Thread.objects.exclude(touched_at=None)) == loaded[:1]


def test_a_share_is_kept_while_its_holder_lives(firm: Firm, settings: Any) -> None:
    settings.LEASE_SECONDS = 0
    hand = Hand(now=NOW)
    hand.take("messages", [1])
    before = Portion.objects.get().until
    hand.keep()
    assert Portion.objects.get().until > before
    Portion.objects.all().delete()
    with pytest.raises(PortionLost):
        hand.keep()


def test_help_is_asked_for_where_there_is_much(mail: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    judge_new(now=NOW, share=lambda: asked.append(1))
    assert asked == []
    Message.objects.update(judged=0)
    monkeypatch.setattr(judge, "MANY", 6)
    judge_new(now=NOW, share=lambda: asked.append(1))
    assert asked == [1]
