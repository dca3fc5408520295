"""What is known at the halfway point, as one number a conversation: the higher, the worse it looks."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from statistics import fmean

import numpy as np

from amends.capital.fold import folded
from amends.capital.policy import Policy, read, shipped
from amends.capital.rules import Event, Speaker
from bench.foretell.conversations import Conversation
from bench.foretell.noticed import Noticed, Reader
from bench.judgement.figures import Numbers
from bench.judgement.peers import lexicon

BALANCE, MOOD, VADER, VADER_ALL, COUNT = (
    "amends: the balance", "amends: mood of the last message", "VADER, their messages averaged",
    "VADER, all messages averaged", "number of messages so far",
)  # fmt: skip
_AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""The sets say no times: everything of a conversation happened on one day, and nothing has faded."""
_NOBODY = uuid.UUID(int=0)


def scored(conversations: Sequence[Conversation], reader: Reader) -> dict[str, Numbers]:
    """Every score of these conversations; VADER's are left out where it is not installed."""
    policy = read(shipped())
    found = {
        BALANCE: [-balance([reader[text] for text in theirs(each)], policy) for each in conversations],
        MOOD: [-reader[last].mood if (last := _last(each)) else 0.0 for each in conversations],
    }
    if lexicon():
        found[VADER] = [-_compound(theirs(each)) for each in conversations]
        if not all(said.client for each in conversations for said in each.before):
            found[VADER_ALL] = [-_compound([said.text for said in each.before]) for each in conversations]
    found[COUNT] = [float(len(each.before)) for each in conversations]
    return {name: np.array(values, float) for name, values in found.items()}


def theirs(conversation: Conversation) -> list[str]:
    """What the client wrote before the halfway point."""
    return [said.text for said in conversation.before if said.client]


def balance(noticed: Sequence[Noticed], policy: Policy) -> int:
    """The client's balance, in hundredths of a point, from nothing but what was noticed in these messages."""
    posted = ((policy.amount(event), event.at, policy.half_life_days) for event in _events(noticed))
    return folded(posted, _AT)


def _events(noticed: Sequence[Noticed]) -> Iterator[Event]:
    for place, one in enumerate(noticed):
        for kind, p in one.kinds.items():
            yield Event(
                f"message:{place}:{kind}", kind, client=0, at=_AT, evidence=("message", _NOBODY), strength=p,
                speaker=Speaker.CONTACT,
            )  # fmt: skip


def _last(conversation: Conversation) -> str:
    return next((said.text for said in reversed(conversation.before) if said.client), "")


def _compound(texts: Sequence[str]) -> float:
    return fmean(lexicon().polarity_scores(text)["compound"] for text in texts) if texts else 0.0
