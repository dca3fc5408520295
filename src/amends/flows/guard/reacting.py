"""What people make of findings: taken, dismissed with a reason, sent all the same. Of it `rules --report` tells."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.flows.guard.choosing import NoSuchRule
from amends.judgement.guard import Finding, rules
from amends.outbox.models import Made, Reaction, Reason


class NoReason(AmendsError):
    """A dismissal without its reason."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding that a page has shown: its rule and its mark."""

    rule: str
    mark: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a program says was made of a finding."""

    seen: Seen
    made: Made
    reason: str = ""
    why: str = ""


def react(
    seen: Seen, *, draft_key: uuid.UUID, made: Made, by: Member, now: datetime, reason: str = "", why: str = ""
) -> bool:
    """Keep what a member made of one finding; the last word counts. False where there is no such rule.

    Raises `NoReason` where a dismissal has none.
    """
    rule = rules().get(seen.rule)
    if rule is None:
        return False
    if made == Made.DISMISSED and reason not in Reason.values:
        raise NoReason("Say why it is dismissed: what people say is how the check gets better.")
    Reaction.objects.update_or_create(
        draft_key=draft_key, mark=seen.mark[:16],
        defaults={
            "rule": rule.id, "family": rule.family, "severity": rule.severity, "made": made, "reason": reason,
            "why": why.strip()[:500], "member": by, "at": now,
        },
    )  # fmt: skip
    return True


def take_back(draft_key: uuid.UUID, mark: str, *, by: Member) -> bool:
    """Bring back what this member dismissed; False where there is no such dismissal."""
    rows = Reaction.objects.filter(draft_key=draft_key, mark=mark[:16], made=Made.DISMISSED, member=by)
    return bool(rows.delete()[0])


def react_to_all(told: Sequence[Told], *, draft: uuid.UUID, by: Member, now: datetime) -> int:
    """Keep what a program says was made of findings, all or none; returns how many. Raises `NoSuchRule`, `NoReason`.

    `draft` is the program's own id: with its member's it makes the key, so that it meets no draft of anybody else.
    """
    key = uuid.uuid5(by.public_id, str(draft))
    with transaction.atomic():
        for each in told:
            if each.reason and each.made != Made.DISMISSED:
                raise NoReason("Only a dismissal has a reason: leave it out.")
            if not react(each.seen, draft_key=key, made=each.made, by=by, now=now, reason=each.reason, why=each.why):
                message = f"There is no rule {each.seen.rule!r}."
                raise NoSuchRule(message)
    return len({each.seen.mark for each in told})


def dismissed_marks(draft_key: uuid.UUID, *, by: Member | None = None) -> frozenset[str]:
    """The findings of what is being written that were dismissed, by anybody or by this member."""
    rows = Reaction.objects.filter(draft_key=draft_key, made=Made.DISMISSED)
    return frozenset((rows.filter(member=by) if by is not None else rows).values_list("mark", flat=True))


def react_at_sending(
    draft_key: uuid.UUID, *, left: Sequence[Finding], shown: Iterable[Seen], by: Member, now: datetime
) -> None:
    """At the moment of sending: what is still there was sent all the same, what was shown and is gone was reworded."""
    known = set(Reaction.objects.filter(draft_key=draft_key).values_list("mark", flat=True))
    there = {each.mark for each in left}
    for finding in left:
        if finding.mark not in known and finding.severity != "advice":
            react(Seen(finding.rule, finding.mark), draft_key=draft_key, made=Made.SENT, by=by, now=now)
    for each in _once(shown, without=known | there):
        react(each, draft_key=draft_key, made=Made.REWORDED, by=by, now=now)


def _once(shown: Iterable[Seen], *, without: Collection[str]) -> list[Seen]:
    return list({each.mark: each for each in shown if each.mark and each.mark not in without}.values())[:50]
