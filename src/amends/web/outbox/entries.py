"""A draft as a page shows it to one member; what is held with its findings, for those who may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from amends.firm.models import Member
from amends.firm.queries import who_may
from amends.firm.rules import Right, may
from amends.flows import send
from amends.mail.queries import Reader
from amends.outbox.models import Draft, DraftFile, Recipient, State
from amends.outbox.rules import SECRETS, Offer
from amends.web import words
from amends.web.check.panel import Panel, Run, kept, panel, runs
from amends.web.check.places import lf
from amends.web.check.views import beside

_NAMED = 3  # people that a sentence names


@dataclass(frozen=True, slots=True)
class Entry:
    """One draft as a page shows it to one member. `deciders` says who may let it go, where it is held."""

    draft: Draft
    recipients: list[Recipient]
    offers: Sequence[Offer]
    step: str
    own: bool
    deciders: str = ""

    @property
    def readable(self) -> bool:
        """Whether its words may be shown: to whoever wrote it, and never a secret."""
        return self.own and self.draft.purpose not in SECRETS

    @property
    def files(self) -> list[DraftFile]:
        """What goes with it."""
        return list(self.draft.files.all())

    @property
    def trouble(self) -> list[Recipient]:
        """Whom the server did not take."""
        return [row for row in self.recipients if row.answer or row.taken == "refused"]

    @property
    def offered(self) -> frozenset[str]:
        """What may be done, by name."""
        return frozenset(str(offer) for offer in self.offers)

    @property
    def judged(self) -> str:
        """Who decided of it while it was held, and why, for its author; "" where nobody did."""
        who = self.draft.settled_by
        if not self.own or not self.draft.decided_why or who is None:
            return ""
        said = {"who": str(who), "why": self.draft.decided_why}
        if self.draft.state == State.DROPPED:
            return _("%(who)s dropped it: “%(why)s”") % said
        return _("%(who)s let it go: “%(why)s”") % said


@dataclass(frozen=True, slots=True)
class Held:
    """What the check holds. Without `words` the member sees only that it is there."""

    entry: Entry
    words: bool
    panel: Panel | None = None
    runs: Sequence[Run] = ()
    editing: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed at a held draft and could not send: it stays in its fields."""

    text: str
    why: str
    problem: str


def entry_of(draft: Draft, member: Member) -> Entry:
    """A draft with what this member may see of it and do with it."""
    own = draft.author == member
    who = deciders(member) if draft.state == State.HELD else ""
    return Entry(draft, list(draft.recipients.all()), send.offered(draft, member), send.step_of(draft), own, who)


def deciders(member: Member) -> str:
    """Who else may let go what is held: "Pat or Quinn"."""
    names = [str(each) for each in who_may(Right.DECIDE) if each.pk != member.pk]
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], _("%(n)s others") % {"n": len(names) - _NAMED + 1}]
    return words.one_of(names)


def held_of(entry: Entry, member: Member, reader: Reader, *, typed: Typed | None = None) -> Held:
    """What is held with its findings, and the field to write on for whoever may decide."""
    draft = entry.draft
    if not send.may_read_words(reader, draft, member):
        return Held(entry, words=False)
    text, findings = lf(draft.text), kept(draft.findings)
    shown = panel(text, findings)
    editing = None
    if may(member.role, Right.DECIDE) and Offer.RELEASE in entry.offers:
        now = typed or Typed(text, "", "")
        again = findings if now.text == text else []
        editing = {**beside(now.text, again), "text": now.text, "why": now.why, "problem": now.problem}
    return Held(entry, words=True, panel=shown, runs=runs(text, shown.cards), editing=editing)
