"""The policy: what an event is worth, and which texts are refused."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from amends.capital.policy import KINDS, BadPolicy, read, shipped
from amends.capital.rules import Event, Speaker

AT = datetime(2026, 11, 28, tzinfo=UTC)


def event(kind: str, *, strength: float = 1.0, speaker: Speaker = Speaker.NOBODY) -> Event:
    return Event("key", kind, 1, AT, ("message", uuid.UUID(int=1)), strength=strength, speaker=speaker)


def test_the_shipped_policy_knows_every_kind_and_why() -> None:
    policy = read(shipped())
    assert tuple(policy.lines) == KINDS
    assert all(line.reason.endswith(".") and line.source for line in policy.lines.values())


@pytest.mark.parametrize(
    ("given", "amount"),
    [
        (event("complaint"), -600),
        (event("complaint", strength=0.8), -480),
        (event("complaint", strength=0.1), -300),
        (event("complaint", strength=0.8, speaker=Speaker.DECIDER), -600),
        (event("praise", strength=7), 400),
    ],
)
def test_an_amount_is_its_line_times_strength_times_speaker(given: Event, amount: int) -> None:
    assert read(shipped()).amount(given) == amount


def test_a_kind_without_a_line_is_worth_nothing() -> None:
    text = shipped().replace("[line.praise]", "[line.gesture2]").split("[line.complaint]")[0]
    assert read(text).amount(event("praise")) == 0


@pytest.mark.parametrize(
    ("title", "speaker"),
    [
        ("CEO & founder", Speaker.DECIDER),
        ("Geschäftsführerin", Speaker.DECIDER),
        ("Intern", Speaker.CONTACT),
        ("", Speaker.CONTACT),
    ],
)
def test_who_decides_is_told_by_a_title(title: str, speaker: Speaker) -> None:
    assert read(shipped()).speaker_of(title) == speaker


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("version = 1", "version = ", "not TOML"),
        ("half_life_days = 180", "half_life_days = 0", "half_life_days is a whole number from 7"),
        ("half_life_days = 180", "half_life_days = true", "half_life_days is a whole number"),
        ("least_strength = 0.5", "least_strength = nan", "least_strength is a number from 0 to 1"),
        ("[line.praise]", "[line.prize]", "no kind of event"),
        ("amount = 4\n", "amount = 4.001\n", "more than two decimals"),
        ("amount = 4\n", "amount = 1e9\n", "[line.praise] amount is a number from -1,000"),
        ("amount = 4\n", "amount = inf\n", "[line.praise] amount is a number"),
        ("amount = 4\n", 'amount = "4"\n', "[line.praise] amount is a number"),
        ('reason = "They say that something was good."', 'reason = " "', "has no reason"),
        ("amount = 4\n", "amount = 4\nweight = 2\n", "has weight, which is not known"),
        ("highest = 100", "highest = -5", "highest is a whole number from 0"),
        ("contact = 1.0", "contact = -1", "[speaker] contact is a number from 0"),
    ],
)
def test_what_cannot_be_applied_is_refused_with_its_line(was: str, becomes: str, says: str) -> None:
    assert was in shipped()
    with pytest.raises(BadPolicy, match=r"^[^\n]+$") as refused:
        read(shipped().replace(was, becomes, 1))
    assert says in str(refused.value)


def test_a_policy_has_an_end() -> None:
    with pytest.raises(BadPolicy, match="at most"):
        read("#" * 60_001)
