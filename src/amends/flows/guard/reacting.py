"""What people make of findings: taken, dismissed with a reason, sent all the same. Of it `rules --report` tells."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.judgement.guard import Finding, rules
from amends.outbox.models import Made, Reaction, Reason


class NoReason(AmendsError):
    """A dismissal without its reason."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding that a page has shown: its rule and its mark."""

    rule: str
    mark: str


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
