"""A letter that answers nothing: to somebody outside the conversation, through the same check and the same outbox."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from amends.firm.models import Member
from amends.flows.guard import Written, check_written, dismissed_marks
from amends.flows.send.reply import LookAgain, undo_time
from amends.judgement.guard import Finding, verdict_of
from amends.mail.queries import Reader
from amends.outbox.actions.settle import TooLate
from amends.outbox.actions.write import NotReady, address_to, queue
from amends.outbox.compose import Person, one_line
from amends.outbox.models import Draft, Purpose, State
from amends.outbox.queries import account_for
from amends.outbox.recipients import Audience


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody wrote. `key` is given once to each, `seen` as in `reply.Answer`."""

    key: uuid.UUID
    to: Sequence[Person]
    subject: str
    text: str
    seen: frozenset[str] = frozenset()


def write(reader: Reader, letter: Letter, *, by: Member, now: datetime) -> Draft:
    """Queue a letter; it may leave once the time to take it back is over.

    Nobody else could read what a held one is about, so what the check would stop has to be mended by its author.
    Raises `LookAgain`, `NoSender`, `NoAddress`, `NotReady`, `TooLate`.
    """
    if not letter.text.strip() or not letter.subject.strip():
        raise NotReady("A letter needs a subject and words: write both first.")
    sent = Draft.objects.filter(public_id=letter.key, author=by).exclude(state__in=[State.DRAFT, State.DROPPED]).first()
    if sent is not None:
        return sent
    account = account_for(by)
    audience = Audience(to=tuple(letter.to))
    written = Written(letter.text, audience, subject=letter.subject, sender=account.from_address)
    findings = check_written(reader, written, by=by, now=now)[1].findings
    gone = dismissed_marks(letter.key, by=by)
    left = [each for each in findings if each.mark not in gone or each.severity == "stop"]
    if verdict_of(left) == "hold":
        stop = next(each for each in left if each.severity == "stop")
        raise NotReady(f"It cannot leave as it stands. {stop.why} {stop.suggestion}".strip())
    if any(each.severity != "advice" and each.mark not in letter.seen for each in left):
        raise LookAgain(left)
    try:
        with transaction.atomic():
            draft = _draft(letter, left, by=by, now=now)
            address_to(draft, audience.people)
            if not queue(draft, account=account, now=now, delay=undo_time()):
                raise TooLate
    except IntegrityError:  # the same form came in at the same moment; or its key is somebody else's
        found = Draft.objects.filter(public_id=letter.key, author=by).first()
        if found is None:
            raise TooLate from None
        return found
    return draft


def _draft(letter: Letter, findings: Sequence[Finding], *, by: Member, now: datetime) -> Draft:
    known = Draft.objects.filter(public_id=letter.key, author=by, state=State.DRAFT).first()
    draft = known or Draft(public_id=letter.key, author=by, purpose=Purpose.REPLY, created_at=now, changed_at=now)
    draft.subject, draft.text = one_line(letter.subject)[:500], letter.text
    draft.findings = [asdict(each) for each in findings]
    draft.save()
    return draft
