"""What a person decides about a draft on the page of the outbox, or in the conversation."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.flows.guard import Written, check_written
from amends.flows.send.reply import chain_for, undo_time
from amends.judgement.guard import Finding
from amends.mail.models import Message
from amends.mail.privacy import may_read_from
from amends.mail.queries import Reader, one_message
from amends.outbox.actions import settle as do
from amends.outbox.actions.deliver import NO_ACCOUNT
from amends.outbox.actions.write import NO_CHAIN, Chain, NotReady, queue
from amends.outbox.compose import Person
from amends.outbox.models import Draft, Purpose, State
from amends.outbox.queries import in_reach
from amends.outbox.recipients import Audience
from amends.outbox.rules import Offer, offers

TooLate = do.TooLate


def offered(draft: Draft, member: Member) -> list[Offer]:
    """What this member may do with a draft now."""
    return offers(
        draft.state, purpose=draft.purpose, own=draft.author == member, partly=draft.sent_at is not None,
        account=draft.account is not None, decides=may(member.role, Right.DECIDE),
    )  # fmt: skip


def settle(
    draft_id: uuid.UUID, offer: Offer, *, seen: str, by: Member, now: datetime, why: str = "",
    reader: Reader | None = None,
) -> Draft:  # fmt: skip
    """Do one of the things offered. `seen` is `step_of` the draft as the person saw it, "" where that does not matter;
    `why` is needed to let go what the check holds, and kept. With a `reader` nobody decides of what they may not read.

    Raises `Draft.DoesNotExist` where the member has no such draft in reach, `NotReady` where no reason is given, and
    `TooLate` where it has moved on.
    """
    draft = _in_hand(draft_id, offer, seen=seen, by=by)
    if reader is not None and draft.state == State.HELD and not may_read_words(reader, draft, by):
        raise NotReady("You may not read what it answers, so somebody else decides about it.")
    match offer:
        case Offer.RELEASE:
            do.release(draft, by=by, why=why, now=now, delay=undo_time())
        case Offer.TAKE_BACK:
            do.take_back(draft, by=by, now=now)
        case Offer.AGAIN:
            do.send_again(draft, by=by, now=now)
        case Offer.MARK_SENT:
            do.mark_sent(draft, by=by, now=now)
        case Offer.DROP:
            do.drop(draft, by=by, now=now, why=why)
    draft.refresh_from_db()
    return draft


def check_held(reader: Reader, draft: Draft, text: str, *, now: datetime) -> tuple[Finding, ...]:
    """What the check says of a held draft with another text. Raises `Message.DoesNotExist` for what is not theirs."""
    chain, place = _chain(reader, draft), _place(draft)
    people = {role: tuple(_people(draft, role)) for role in ("to", "cc", "bcc")}
    written = Written(
        text, Audience(**people), subject=draft.subject, files=list(draft.files.values_list("name", flat=True)),
        quoted=chain.quoted, sender=draft.from_address, **place,
    )  # fmt: skip
    return check_written(reader, written, by=draft.author, now=now)[1].findings


def rewrite(reader: Reader, draft_id: uuid.UUID, text: str, *, seen: str, why: str, by: Member, now: datetime) -> Draft:
    """Let a held draft go with another text, for which whoever may decide answers; its author stays its author.

    Raises as `settle`, and `Message.DoesNotExist` where `reader` may not read what it answers.
    """
    draft = _in_hand(draft_id, Offer.RELEASE, seen=seen, by=by)
    if not text.strip():
        raise NotReady("There is nothing in it any more: write something, or drop it.")
    if not why.strip():
        raise NotReady("Say what you changed, and why: the reason is kept beside it.")
    if draft.account is None:
        raise NotReady(NO_ACCOUNT)
    findings = check_held(reader, draft, text, now=now)
    chain = _chain(reader, draft)
    account = draft.account
    with transaction.atomic():
        do.take_back(draft, by=by, now=now)
        rows = Draft.objects.filter(pk=draft.pk, state=State.DRAFT)
        kept = {"text": text, "findings": [asdict(each) for each in findings], "decided_why": why.strip()[:500]}
        if not rows.update(**kept):
            raise TooLate
        draft.refresh_from_db()
        if not queue(draft, account=account, now=now, delay=undo_time(), chain=chain):
            raise TooLate
    return draft


def may_read_words(reader: Reader, draft: Draft, member: Member) -> bool:
    """Whether a member may read a draft's words: its author, and whoever may decide and reads what it answers."""
    if draft.author == member:
        return True
    if draft.state != State.HELD or not may(member.role, Right.DECIDE):
        return False
    return _reads(reader, draft)


def decided_by(reader: Reader, draft_id: uuid.UUID, *, for_whom: Member) -> Draft | None:
    """A draft that the check held and of which somebody else has decided meanwhile, for its author and for whoever
    might have decided; None where there is none. `settled_by` says who, `state` what, and `decided_why` why, to those
    who may read what it answers."""
    found = Draft.objects.filter(public_id=draft_id).select_related("settled_by", "author", "answers").first()
    if found is None or not found.findings or found.state == State.HELD or found.settled_by in {None, for_whom}:
        return None
    if found.author == for_whom:
        return found
    if not may(for_whom.role, Right.DECIDE):
        return None
    if not _reads(reader, found):
        found.decided_why = ""
    return found


def step_of(draft: Draft) -> str:
    """What a page remembers of a draft, to notice that somebody else was quicker."""
    return f"{draft.state} {draft.changed_at.isoformat()}"


def _in_hand(draft_id: uuid.UUID, offer: Offer, *, seen: str, by: Member) -> Draft:
    draft = in_reach(by).select_related("account", "author", "answers").get(public_id=draft_id)
    if offer not in offered(draft, by) or (seen and seen != step_of(draft)):
        raise TooLate
    return draft


def _reads(reader: Reader, draft: Draft) -> bool:
    if draft.purpose == Purpose.LETTER:
        return may_read_from(reader, draft.from_address)
    try:
        _answered(reader, draft)
    except Message.DoesNotExist:
        return False
    return True


def _chain(reader: Reader, draft: Draft) -> Chain:
    if draft.purpose != Purpose.LETTER:
        return chain_for(reader, _answered(reader, draft), quotes=draft.quotes)
    if not may_read_from(reader, draft.from_address):
        raise Message.DoesNotExist
    return NO_CHAIN


def _place(draft: Draft) -> dict[str, uuid.UUID | None]:
    if draft.answers is not None:
        return {"answering": draft.answers.public_id}
    return {"client": draft.client.public_id if draft.client else None}


def _answered(reader: Reader, draft: Draft) -> Message:
    if draft.answers is None:
        raise Message.DoesNotExist
    return one_message(reader, draft.answers.public_id)


def _people(draft: Draft, role: str) -> list[Person]:
    return [Person(each.name, each.email) for each in draft.recipients.filter(role=role).order_by("pk")]
