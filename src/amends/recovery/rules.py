"""Pure decisions about recoveries: which stage follows, what is still missing, which clock is over.

The stages are those of the essay "When a Relationship with a Client Goes Off the Rails"; how they stand to those of
ISO 10002:2018 is told in docs/explanation/iso-10002.md.
None of them is a cage: `missing` is shown, and only what would make the next step untrue is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

STAGES = ("own", "listen", "answer", "agree", "make_good", "learn")
MOST_ASKS = 2
"""After so many asks without an answer, a partner may close a recovery as unconfirmed."""
ANSWER_TIME = timedelta(days=7)
"""How long an ask waits for its answer before the next."""


class Missing(StrEnum):
    """What stands between a recovery and its next stage; pages put it into words."""

    OWNER = "owner"
    FIRST_REPLY = "first_reply"
    ISSUES = "issues"
    QUOTES = "quotes"
    WANTED = "wanted"
    FINDINGS = "findings"
    RESPONSIBILITY = "responsibility"
    ACTIONS = "actions"
    DATES = "dates"
    TOLD = "told"
    REMEDY = "remedy"
    APPROVAL = "approval"
    DONE = "done"
    PROMISES = "promises"
    ROOT_CAUSE = "root_cause"
    FAILURE_MODE = "failure_mode"
    KEPT_WORD = "kept_word"
    ASK = "ask"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a recovery, counted by `queries.facts`. `points` are its issues that stand."""

    owned: bool = False
    replied: bool = False
    points: int = 0
    without_quote: int = 0
    wanted: bool = False
    without_finding: int = 0
    unknown: int = 0  # whose responsibility
    without_action: int = 0
    without_date: int = 0
    told: bool = False  # the brief was sent, or a call was held
    agreed: int = 0  # remedies agreed or done
    asked_for: int = 0  # remedies that wait for an approval
    undone: int = 0  # agreed and not done
    owed: int = 0  # promises of this recovery that are pending
    root_cause: bool = False
    failure_mode: bool = False
    kept_word: bool = False  # whether it was said, either way
    asks: int = 0


def missing(stage: str, facts: Facts) -> list[Missing]:
    """What is still missing in this stage, in the order in which it is done."""
    return list(_MISSING[stage](facts))


def _own(facts: Facts) -> Iterator[Missing]:
    if not facts.owned:
        yield Missing.OWNER
    if not facts.replied:
        yield Missing.FIRST_REPLY


def _listen(facts: Facts) -> Iterator[Missing]:
    if not facts.points:
        yield Missing.ISSUES
    if facts.without_quote:
        yield Missing.QUOTES
    if not facts.wanted:
        yield Missing.WANTED


def _answer(facts: Facts) -> Iterator[Missing]:
    if facts.without_finding:
        yield Missing.FINDINGS
    if facts.unknown:
        yield Missing.RESPONSIBILITY
    if facts.without_action:
        yield Missing.ACTIONS
    if facts.without_date:
        yield Missing.DATES
    if not facts.told:
        yield Missing.TOLD


def _agree(facts: Facts) -> Iterator[Missing]:
    if facts.asked_for:
        yield Missing.APPROVAL
    if not facts.agreed:
        yield Missing.REMEDY


def _make_good(facts: Facts) -> Iterator[Missing]:
    if facts.undone:
        yield Missing.DONE
    if facts.owed:
        yield Missing.PROMISES


def _learn(facts: Facts) -> Iterator[Missing]:
    if not facts.failure_mode:
        yield Missing.FAILURE_MODE
    if not facts.root_cause:
        yield Missing.ROOT_CAUSE
    if not facts.kept_word:
        yield Missing.KEPT_WORD
    yield Missing.YES if facts.asks else Missing.ASK


_MISSING = {
    "own": _own, "listen": _listen, "answer": _answer, "agree": _agree, "make_good": _make_good, "learn": _learn,
}  # fmt: skip


def goes_back(before: str, after: str) -> bool:
    """Is this a step back, for which a reason is asked."""
    return STAGES.index(after) < STAGES.index(before)


class Clock(StrEnum):
    """What is timed in the firm's business hours."""

    OWN = "own"
    REPLY = "reply"
    ANSWER = "answer"
    MAKE_GOOD = "make_good"


@dataclass(frozen=True, slots=True)
class Hand:
    """One clock of one recovery: until when, and when it was met; `late` as of the moment asked."""

    clock: Clock
    until: datetime
    met_at: datetime | None
    late: bool


def hand(clock: Clock, *, until: datetime, met_at: datetime | None, now: datetime) -> Hand:
    """Where a clock stands at `now`."""
    return Hand(clock, until, met_at, late=(met_at or now) > until)


def may_close_unconfirmed(*, asks: int, asked_at: datetime | None, now: datetime) -> bool:
    """Whether the client had its two asks, and time to answer the last."""
    return asks >= MOST_ASKS and asked_at is not None and now >= asked_at + ANSWER_TIME
