"""What programs and the command line do with recoveries: everything by its id, and only what is said is changed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.flows.recovery import answering, asking, points, stages
from amends.flows.recovery.reading import day_of
from amends.flows.recovery.within import point, within
from amends.insights.recovery.door import readable_recovery
from amends.mail.queries import Reader
from amends.recovery.actions.issues import Undo
from amends.recovery.models import Closing, Finding, Recovery
from amends.recovery.queries import find


class SayMore(AmendsError):
    """What was said does not fit together; the text says what belongs to what."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a finding; None: as it is. `by_when` is a date or words, "" for none; `version` that which was
    seen, None for whatever it is now."""

    happened: str | None = None
    why: str | None = None
    responsibility: str | None = None
    sure: str | None = None
    we_do: str | None = None
    by_when: str | None = None
    hard_part: str | None = None
    version: int | None = None


def find_out(
    reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID, said: Said, *, by: Member | None, now: datetime
) -> Finding:
    """Write what was found about a point. Raises as `answering.find_out`, and `BadRemedy` for a day that is none."""
    issue = point(reader, recovery_id, issue_id)
    there = Finding.objects.filter(issue=issue).first() or Finding(issue=issue, version=0)
    names = ("happened", "why", "responsibility", "sure", "we_do", "hard_part")
    values: dict[str, Any] = {
        name: getattr(there, name) if getattr(said, name) is None else getattr(said, name) for name in names
    }
    values["by_when"] = there.by_when if said.by_when is None else day_of(said.by_when, firm_in_scope(), now=now)
    version = there.version if said.version is None else said.version
    return answering.find_out(reader, recovery_id, issue_id, values, version=version, by=by, now=now)


@dataclass(frozen=True, slots=True)
class OnIssue:
    """One deed on a point, and what belongs to it; None: as it is, or not said."""

    do: str
    words: str | None = None
    feeling: str | None = None
    engagement: uuid.UUID | None = None
    no_engagement: bool = False
    at: int | None = None
    number: int | None = None
    earlier: uuid.UUID | None = None
    version: int | None = None

    def without(self, *names: str) -> None:
        """Raises `SayMore` where more was said than belongs to this deed."""
        given = [
            name
            for name in ("words", "feeling", "engagement", "at", "number", "earlier", "version")
            if name not in names and getattr(self, name) is not None
        ]
        if given or (self.no_engagement and "engagement" not in names):
            raise SayMore(f"`{(given or ['engagement'])[0]}` does not go with `{self.do}`: leave it out.")


DEEDS = ("reword", "split", "part", "remove", "back", "place", "same", "other")


def on_issue(
    reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID, deed: OnIssue, *, by: Member | None, now: datetime
) -> Undo:
    """Change one point. Raises `SayMore`, and as `flows.recovery.points` does."""
    belongs = {"reword": ("words", "feeling", "engagement", "version"), "split": ("at",), "place": ("number",),
               "same": ("earlier",)}  # fmt: skip
    deed.without(*belongs.get(deed.do, ()))
    match deed.do:
        case "reword":
            return _reword(reader, recovery_id, issue_id, deed)
        case "split" if deed.at is not None:
            return points.split(reader, recovery_id, issue_id, at=deed.at, by=by, now=now)
        case "place" if deed.number is not None:
            return points.place(reader, recovery_id, issue_id, number=deed.number)
        case "same" if deed.earlier is not None:
            return points.same_as(reader, recovery_id, issue_id, earlier=deed.earlier)
        case "other":
            return points.same_as(reader, recovery_id, issue_id, earlier=None)
        case "part":
            return points.part(reader, recovery_id, issue_id)
        case "remove":
            return points.remove(reader, recovery_id, issue_id, now=now)
        case "back":
            return points.bring_back(reader, recovery_id, issue_id)
        case "split" | "place" | "same":
            raise SayMore(f"`{deed.do}` needs `{belongs[deed.do][0]}`: say it too.")
    raise SayMore(f"“{deed.do}” is nothing that can be done with a point: {', '.join(DEEDS)}.")


def _reword(reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID, deed: OnIssue) -> Undo:
    issue = point(reader, recovery_id, issue_id)
    there = issue.engagement.public_id if issue.engagement else None
    return points.reword(
        reader, recovery_id, issue_id, version=issue.version if deed.version is None else deed.version,
        words=issue.words if deed.words is None else deed.words,
        feeling=issue.feeling if deed.feeling is None else deed.feeling,
        engagement=None if deed.no_engagement else deed.engagement or there,
    )  # fmt: skip


def want(reader: Reader, recovery_id: uuid.UUID, words: str, *, version: int | None, now: datetime) -> Recovery:
    """Record what would put it right. Raises as `points.want`."""
    seen = within(reader, recovery_id).version if version is None else version
    return points.want(reader, recovery_id, words, version=seen, now=now)


def change(
    reader: Reader, recovery_id: uuid.UUID, *, wanted: str | None, root_cause: str | None, failure_mode: str | None,
    kept_word: bool | None, version: int | None, by: Member, now: datetime,
) -> None:  # fmt: skip
    """What they want and what was learned, all of it or nothing. Raises as `want` and `learn`."""
    with transaction.atomic():
        if wanted is not None:
            want(reader, recovery_id, wanted, version=version, now=now)
            version = None
        if root_cause is not None or failure_mode is not None or kept_word is not None:
            learn(
                reader, recovery_id, root_cause=root_cause, failure_mode=failure_mode, kept_word=kept_word,
                version=version, by=by, now=now,
            )  # fmt: skip
        else:
            readable_recovery(reader, recovery_id)


def learn(
    reader: Reader, recovery_id: uuid.UUID, *, root_cause: str | None, failure_mode: str | None,
    kept_word: bool | None, version: int | None, by: Member, now: datetime,
) -> Recovery:  # fmt: skip
    """Keep what was learned; what is None stays as it is. Raises as `asking.learn`."""
    there = readable_recovery(reader, recovery_id)
    learned = asking.Learned(
        there.root_cause if root_cause is None else root_cause,
        there.failure_mode if failure_mode is None else failure_mode,
        there.kept_word if kept_word is None else kept_word,
    )
    seen = there.version if version is None else version
    return asking.learn(reader, recovery_id, learned, version=seen, by=by, now=now)


def close(
    reader: Reader, recovery_id: uuid.UUID, *, how: str, message: uuid.UUID | None = None, phone: str = "",
    why: str = "", by: Member, now: datetime,
) -> Recovery:  # fmt: skip
    """End a recovery: with the client's yes, unconfirmed, or as opened by mistake. Raises `SayMore`, `NoYes`, ..."""
    if how != Closing.YES and (message is not None or phone):
        raise SayMore("`message` and `phone` say what the client's yes rests on: they go with `yes` alone.")
    match how:
        case Closing.YES:
            if why or (message is not None and phone):
                raise SayMore("Their yes rests on one thing: a `message`, or who said it on the `phone`.")
            return asking.say_yes(reader, recovery_id, message=message, phone=phone, by=by, now=now)
        case Closing.UNCONFIRMED:
            return asking.close_unconfirmed(reader, recovery_id, why=why, by=by, now=now)
        case Closing.MISTAKEN:
            return stages.close_as_mistaken(reader, recovery_id, why=why, by=by, now=now)
    raise SayMore(f"“{how}” is no way in which a recovery ends: {', '.join(Closing.values)}.")


def reopen(reader: Reader, recovery_id: uuid.UUID, *, why: str = "", by: Member, now: datetime) -> Recovery:
    """Open it again, however it was closed. Raises `TooLate` or `AlreadyClosed` where it is open."""
    if find(recovery_id).closing == Closing.MISTAKEN:
        return stages.reopen_mistaken(reader, recovery_id, by=by, now=now)
    return asking.open_again(reader, recovery_id, why=why, by=by, now=now)


def said_at(day: str, *, now: datetime) -> datetime:
    """The noon of a day on which something was said, now where that is today or nothing is given. Raises `SayMore`."""
    if not day.strip():
        return now
    zone = ZoneInfo(firm_in_scope().timezone)
    try:
        noon = datetime.fromisoformat(day.strip()).replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=zone)
    except ValueError:
        raise SayMore(f"{day[:40]!r} is no day: write it as 2026-03-19.") from None
    return now if noon.date() == now.astimezone(zone).date() else noon
