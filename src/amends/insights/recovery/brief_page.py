"""What the page of a brief shows: the text as it stands, whether findings moved on since somebody edited it, and how it
was sent."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Literal

from amends.core.errors import AmendsError
from amends.firm.queries import firm_in_scope
from amends.insights.recovery.brief import content_of
from amends.insights.recovery.brief_text import written
from amends.insights.recovery.door import readable_recovery
from amends.insights.recovery.pdf import Sheet
from amends.mail.queries import Reader
from amends.outbox.models import Draft
from amends.recovery.models import Brief, BriefFor, Evidence, Finding, Issue, Recovery, Remedy

Sign = Literal[" ", "-", "+"]


class NoSuchRecovery(AmendsError):
    """What was named is no recovery; the text says how to name one."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that changed after a brief was edited: of which point (None: none alone), and when."""

    what: str
    point: int | None
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class BriefPage:
    """One version of a brief. `text` is what counts: as a person left it (`edited`), else `fresh`, written now.

    `mark` names what `fresh` was written from; `moved`: it is not what the edited text was written from.
    """

    recovery: Recovery
    whom: str
    text: str
    fresh: str
    mark: str
    points: int
    person: str
    edited: Brief | None
    moved: bool
    changes: list[Change]
    draft: Draft | None
    sheet: Sheet

    @property
    def version(self) -> int:
        """0 where nobody has edited it."""
        return self.edited.version if self.edited else 0

    @property
    def compared(self) -> list[tuple[Sign, str]]:
        """The lines of the text beside those that would be written now."""
        return list(compare(self.text, self.fresh))


def brief_page(reader: Reader, recovery_id: uuid.UUID, whom: str) -> BriefPage:
    """A version of the brief of a recovery. Raises `Recovery.DoesNotExist` as `door.readable_recovery` does."""
    recovery = readable_recovery(reader, recovery_id)
    content = content_of(reader, recovery, whom)
    fresh, mark = written(content), content.mark
    edited = Brief.objects.filter(recovery=recovery, whom=whom).select_related("by").first()
    moved = edited is not None and edited.wrote_from != mark
    firm = firm_in_scope()
    about = f"{firm.name} for {recovery.client.name}" if whom == BriefFor.CLIENT else f"{firm.name}, for the team"
    return BriefPage(
        recovery=recovery, whom=whom, text=edited.text if edited else fresh, fresh=fresh, mark=mark,
        points=len(content.points), person=content.person, edited=edited, moved=moved,
        changes=_changes(recovery, edited) if edited and moved else [],
        draft=_draft(edited),
        sheet=Sheet(
            title=f"{recovery.client.name}: {'brief' if whom == BriefFor.CLIENT else 'brief for the team'}",
            firm=firm.name, foot=f"{about}, {content.as_of.day} {content.as_of:%B %Y}", day=content.as_of,
            country=firm.country,
        ),
    )  # fmt: skip


def recovery_named(name: str) -> uuid.UUID:
    """The public id of the recovery that somebody named: by its id, or by its client where that has one open.

    Raises `NoSuchRecovery`.
    """
    try:
        return uuid.UUID(name)
    except ValueError:
        pass
    rows = list(Recovery.objects.filter(client__name__icontains=name, closed_at=None).select_related("client")[:6])
    if len(rows) == 1:
        return rows[0].public_id
    if not rows:
        message = f"There is no open recovery of a client called {name!r}: name the client, or give the recovery's id."
        raise NoSuchRecovery(message)
    listed = "; ".join(f"{row.public_id} ({row.client.name}: {row.title})" for row in rows)
    message = f"Several recoveries fit {name!r}: give the id of one. {listed}"
    raise NoSuchRecovery(message)


def compare(before: str, after: str) -> Iterator[tuple[Sign, str]]:
    """Line by line what stands in both, only in `before` (-), and only in `after` (+). Pure."""
    old, new = before.splitlines(), after.splitlines()
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from ((" ", line) for line in old[a:b])
            continue
        yield from (("-", line) for line in old[a:b])
        yield from (("+", line) for line in new[c:d])


def _changes(recovery: Recovery, edited: Brief) -> list[Change]:
    """What was changed after somebody edited the brief, the newest first. What is gone leaves no line here."""
    issues = list(Issue.objects.filter(recovery=recovery, merged_into=None, removed_at=None).order_by("place", "pk"))
    numbers = {issue.pk: number for number, issue in enumerate(issues, start=1)}
    found = [
        Change("finding", numbers.get(each.issue_id), each.at, each.by.name if each.by else "")
        for each in Finding.objects.filter(issue__in=issues, at__gt=edited.at).select_related("by")
    ]
    found += [
        Change("evidence", numbers.get(each.issue_id), each.at, each.by.name if each.by else "")
        for each in Evidence.objects.filter(issue__in=issues, at__gt=edited.at).select_related("by")
    ]
    found += [
        Change("point", numbers.get(each.pk), each.at, each.by.name if each.by else "")
        for each in Issue.objects.filter(pk__in=numbers, at__gt=edited.at).select_related("by")
    ]
    found += [
        Change("remedy", numbers.get(each.issue_id or 0), each.changed_at, each.by.name if each.by else "")
        for each in Remedy.objects.filter(recovery=recovery, changed_at__gt=edited.at).select_related("by")
    ]
    if recovery.wanted_at and recovery.wanted_at > edited.at:
        found.append(Change("wanted", None, recovery.wanted_at, ""))
    return sorted(found, key=lambda change: change.at, reverse=True)[:20]


def _draft(edited: Brief | None) -> Draft | None:
    if edited is None or edited.draft is None:
        return None
    return Draft.objects.filter(public_id=edited.draft).prefetch_related("recipients").first()
