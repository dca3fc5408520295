"""Writes of issues: add, reword, merge, split, remove, reorder, link; each gives back what undoes it.

What was merged or removed stays, and can be brought back. An `Undo` names for each issue that changed its version after
the change and what it was before: it takes back only what nobody has changed since.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from amends.clients.models import Engagement
from amends.firm.models import Member
from amends.recovery.actions.work import NotNow, TooLate
from amends.recovery.models import Issue, Recovery
from amends.recovery.queries import standing_points

_LONGEST = 4000  # characters of a quote or of our words for it
_MOST = 200  # issues of one recovery
FEELINGS = ("anger", "frustration", "disappointment", "worry", "confusion", "gratitude", "joy", "neutral")


@dataclass(frozen=True, slots=True)
class Change:
    """One issue, its version after the change, and what its fields were before."""

    issue: uuid.UUID
    version: int
    before: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Undo:
    """What takes a change back."""

    changes: tuple[Change, ...] = field(default=())


def add_all(issues: Sequence[Issue], *, after: Recovery | None = None) -> int:
    """Write new issues; `after` puts them behind those that are there, but those that quote what is quoted already."""
    rows = list(issues)
    if after is not None:
        known = set(Issue.objects.filter(recovery=after).values_list("message_id", "start"))
        rows = [one for one in rows if (one.message_id, one.start) not in known]
        first = _last_place(after) + 1
        for place, one in enumerate(rows, start=first):
            one.place = place
    Issue.objects.bulk_create(rows)
    return len(rows)


def add(
    recovery: Recovery, *, quote: str, words: str, feeling: str, said_at: datetime, engagement: Engagement | None,
    by: Member | None, now: datetime,
) -> tuple[Issue, Undo]:  # fmt: skip
    """Add a point by hand: what they said, on the telephone perhaps. Raises `NotNow`."""
    quote, words = _text(quote), _text(words)
    if not quote:
        raise NotNow("An issue needs their words: write down what they say is wrong, as they say it.")
    if said_at > now:
        raise NotNow("They cannot have said it yet: give the day on which they did.")
    with transaction.atomic():
        _lock(recovery)
        if standing_points().filter(recovery=recovery).count() >= _MOST:
            raise NotNow(f"There are {_MOST} points already: merge those that are one.")
        made = Issue.objects.create(
            recovery=recovery, place=_last_place(recovery) + 1, quote=quote, words=words, feeling=_known(feeling),
            said_at=said_at, engagement=engagement, by=by, at=now,
        )  # fmt: skip
    return made, Undo((Change(made.public_id, 1, {"removed_at": now.isoformat()}),))


def reword(issue: Issue, *, version: int, **values: Any) -> Undo:
    """Change how we put it, its feeling, or its engagement, where nobody did since `version`. Raises `TooLate`."""
    given = {name: value for name, value in values.items() if getattr(issue, name) != value}
    if "words" in given:
        given["words"] = _text(given["words"])
    if "feeling" in given:
        given["feeling"] = _known(given["feeling"])
    return Undo((_write(issue, version, given),)) if given or issue.version != version else Undo()


def merge(target: Issue, others: Sequence[Issue], *, now: datetime) -> Undo:
    """Make other points a part of this one: they are one issue. Raises `NotNow` and `TooLate`."""
    rest = [one for one in others if one.pk != target.pk]
    if not rest:
        raise NotNow("Choose two points at least: those that are one.")
    with transaction.atomic():
        _lock(target.recovery)
        if not standing_points().filter(pk=target.pk).exists():
            raise TooLate
        changes = [_write(one, one.version, {"merged_into": target}) for one in rest]
        parts = Issue.objects.filter(merged_into__in=rest)
        changes += [_write(one, one.version, {"merged_into": target}) for one in parts]
    return Undo(tuple(changes))


def split(issue: Issue, *, at: int, by: Member | None, now: datetime) -> Undo:
    """Cut a quote in two after `at` characters of it: each part is an issue of its own. Raises `NotNow`, `TooLate`."""
    first, second = issue.quote[:at].rstrip(), issue.quote[at:].lstrip()
    if not first or not second:
        raise NotNow("Choose where to cut: both parts need words.")
    offset = len(issue.quote) - len(second)
    placed = issue.start is not None
    with transaction.atomic():
        _lock(issue.recovery)
        values: dict[str, Any] = {"quote": first}
        if placed:
            values["end"] = (issue.start or 0) + len(first)
        changed = _write(issue, issue.version, values)
        behind = Issue.objects.filter(recovery=issue.recovery_id, place__gt=issue.place)
        behind.update(place=F("place") + 1)
        made = Issue.objects.create(
            recovery=issue.recovery, place=issue.place + 1, quote=second, message=issue.message,
            start=(issue.start or 0) + offset if placed else None,
            end=(issue.start or 0) + offset + len(second) if placed else None,
            said_at=issue.said_at, feeling=issue.feeling, engagement=issue.engagement, by=by, at=now,
        )  # fmt: skip
    return Undo((changed, Change(made.public_id, 1, {"removed_at": now.isoformat()})))


def part(issue: Issue) -> Undo:
    """Take a point out of the one that it was merged into. Raises `NotNow`, `TooLate`."""
    if issue.merged_into_id is None:
        raise NotNow("It stands by itself already.")
    return Undo((_write(issue, issue.version, {"merged_into": None}),))


def remove(issue: Issue, *, now: datetime) -> Undo:
    """Take a point off the page; it can be brought back. Raises `TooLate`."""
    if issue.removed_at is not None:
        raise NotNow("It is off the page already.")
    return Undo((_write(issue, issue.version, {"removed_at": now}),))


def bring_back(issue: Issue) -> Undo:
    """Put a removed point back. Raises `NotNow`, `TooLate`."""
    if issue.removed_at is None:
        raise NotNow("It is on the page already.")
    return Undo((_write(issue, issue.version, {"removed_at": None}),))


def place(issue: Issue, *, number: int) -> Undo:
    """Make it point `number` (from 1) of those that stand. Raises `NotNow` where it does not stand."""
    with transaction.atomic():
        _lock(issue.recovery)
        rows = list(standing_points().filter(recovery=issue.recovery_id))
        here = next((one for one in rows if one.pk == issue.pk), None)
        if here is None:
            raise NotNow("It is not on the page any more: reload it.")
        rows.remove(here)
        rows.insert(max(0, min(number - 1, len(rows))), here)
        changes = []
        for place_now, one in enumerate(rows, start=1):
            if one.place != place_now:
                changes.append(_write(one, one.version, {"place": place_now}))
    return Undo(tuple(changes))


def link(issue: Issue, earlier: Issue | None) -> Undo:
    """Say that it is the same as an earlier issue of this client, or that it is not. Raises `NotNow`, `TooLate`.

    It is linked to the first occurrence, so that recurrences count.
    """
    first = earlier.recurs if earlier is not None and earlier.recurs is not None else earlier
    if first is not None and (first.pk == issue.pk or first.recovery_id == issue.recovery_id):
        raise NotNow("An issue comes back from an earlier recovery: choose one of those.")
    if issue.recurs_id == (first.pk if first else None):
        return Undo()
    return Undo((_write(issue, issue.version, {"recurs": first}),))


def take_back(recovery: Recovery, undo: Undo) -> None:
    """Undo a change, all of it or nothing. Raises `TooLate` where somebody changed one of the issues since."""
    with transaction.atomic():
        _lock(recovery)
        for change in undo.changes:
            rows = Issue.objects.filter(recovery=recovery, public_id=change.issue, version=change.version)
            values = {name: _restored(name, value) for name, value in change.before.items()}
            if not rows.update(version=F("version") + 1, **values):
                raise TooLate("It was changed since: look at how it stands now.")


def _restored(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name == "removed_at" and isinstance(value, str) else value


def _write(issue: Issue, version: int, values: Mapping[str, Any]) -> Change:
    """Write these fields where nobody wrote since `version`; returns how to take it back."""
    before = {name: _plain(issue, name) for name in values}
    if not Issue.objects.filter(pk=issue.pk, version=version).update(version=version + 1, **values):
        raise TooLate
    for name, value in values.items():
        setattr(issue, name, value)
    issue.version = version + 1
    return Change(issue.public_id, version + 1, before)


def _plain(issue: Issue, name: str) -> Any:
    """A field's value as it can be kept in a link: keys as numbers, moments as text."""
    value = (
        getattr(issue, f"{name}_id", None) if name in {"engagement", "recurs", "merged_into"} else getattr(issue, name)
    )
    return value.isoformat() if isinstance(value, datetime) else value


def _last_place(recovery: Recovery) -> int:
    return int(Issue.objects.filter(recovery=recovery).aggregate(last=Max("place"))["last"] or 0)


def _lock(recovery: Recovery) -> None:
    """One at a time changes the points of a recovery. SQLite's IMMEDIATE transaction does that by itself."""
    Recovery.objects.select_for_update().only("pk").get(pk=recovery.pk)


def _text(value: str) -> str:
    plain = value.strip()
    if len(plain) > _LONGEST:
        raise NotNow(f"That is longer than {_LONGEST:,} characters: keep the sentence that says it.")
    return plain


def _known(feeling: str) -> str:
    if feeling and feeling not in FEELINGS:
        raise NotNow("That is no feeling of the list: choose one, or none.")
    return feeling
