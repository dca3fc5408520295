"""Sending one draft: claimed, handed in, and what came of it, each a conditional UPDATE that is committed by itself.

Whoever sends has a key of its own (`sender`) and gives signs of life. What it leaves half done after the text was
handed over is *unclear*: nobody knows whether it left, so a person looks, and nothing sends it again by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from amends.firm.secrets import unseal
from amends.outbox.actions.write import SEALED_FOR
from amends.outbox.models import Composed, Draft, DraftFile, Purpose, Recipient, SmtpAccount, State, Taken
from amends.outbox.rules import CORRESPONDENCE, GIVE_UP_AFTER, LATELY, STUCK_AFTER, wait_after
from amends.outbox.smtp import Answers, Envelope, MaybeTaken, NotTaken, Server

PASSWORD_FOR = "smtp account"  # noqa: S105 (a purpose, no password)
_REST = timedelta(minutes=15)  # of an account whose password was refused: many more tries would lock it
NO_ACCOUNT = "The account that it was to leave through was removed: write it anew, or drop it."
_STOPPED = "Amends was stopped while this was leaving"


def claim(account_id: int | None, *, sender: uuid.UUID, now: datetime) -> Draft | None:
    """Take the draft that has waited longest for this account; None where there is none, or another was quicker."""
    durably()
    waiting = due(now).filter(account=account_id).order_by("next_try_at", "pk")
    for pk in list(waiting.values_list("pk", flat=True)[:5]):
        taken = due(now).filter(pk=pk).update(
            state=State.SENDING, sender=sender, beat_at=now, handed_at=None, changed_at=now,
            attempts=F("attempts") + 1,
        )  # fmt: skip
        if taken:
            return Draft.objects.select_related("account", "author").get(pk=pk)
    return None


def due(now: datetime) -> QuerySet[Draft]:
    """Drafts that may leave now, through an account that is not resting."""
    awake = Q(account=None) | Q(account__rests_until=None) | Q(account__rests_until__lte=now)
    ids = Draft.objects.filter(awake, state=State.QUEUED, next_try_at__lte=now).values("pk")
    return Draft.objects.filter(pk__in=ids, state=State.QUEUED, next_try_at__lte=now)


def durably() -> None:
    """Make the claims of this connection outlast a power cut, which SQLite otherwise does not promise in WAL mode."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")


def addressed(draft: Draft) -> tuple[Server, Envelope]:
    """Where a claimed draft goes, and what is handed in there. Raises `NotTaken` where it cannot go anywhere."""
    account = draft.account
    if account is None:
        raise NotTaken(NO_ACCOUNT, retry=False)
    password = unseal(account.password, purpose=PASSWORD_FOR) if account.password else ""
    held = Composed.objects.get(draft=draft)
    data = bytes(held.data)
    if held.sealed:
        data = unseal(data.decode("ascii"), purpose=SEALED_FOR).encode("ascii")
    waiting = Recipient.objects.filter(draft=draft, taken=Taken.WAITING).order_by("pk")
    server = Server(account.host, account.port, account.security, account.user, password)
    return server, Envelope(draft.from_address, list(waiting.values_list("email", flat=True)), data)


def hand_over(draft: Draft, *, sender: uuid.UUID, now: datetime) -> bool:
    """Write down that the text is about to be handed over; False where the draft is this sender's no more."""
    return bool(_mine(draft, sender).filter(state=State.SENDING).update(handed_at=now, beat_at=now))


def took(draft: Draft, answers: Answers, *, sender: uuid.UUID, now: datetime) -> bool:
    """Write down what the server said of each recipient; False where the draft is this sender's no more."""
    with transaction.atomic():
        in_time = draft.purpose != Purpose.TEST and now - (draft.queued_at or now) < GIVE_UP_AFTER
        again = bool(answers.deferred) and in_time
        some = bool(answers.accepted) or draft.sent_at is not None
        state = State.QUEUED if again else State.SENT if some else State.FAILED
        done = _mine(draft, sender).update(
            state=state, changed_at=now, problem=_problem(answers, some), sender=None,
            sent_at=draft.sent_at or (now if answers.accepted else None), next_try_at=now + wait_after(draft.attempts),
        )  # fmt: skip
        if not done:
            return False
        people = Recipient.objects.filter(draft=draft)
        people.filter(email__in=answers.accepted).update(taken=Taken.ACCEPTED, answer="")
        for email, said in answers.refused.items():
            people.filter(email=email).update(taken=Taken.REFUSED, answer=said)
        for email, said in answers.deferred.items():
            people.filter(email=email).update(taken=Taken.WAITING if again else Taken.REFUSED, answer=said)
        if draft.account is not None:
            _well(draft.account, now)
    return True


def not_taken(draft: Draft, error: NotTaken, *, sender: uuid.UUID, now: datetime) -> bool:
    """It did not leave: wait and try again, or stop. A problem of the account makes all that use it wait."""
    wait = wait_after(draft.attempts)
    stays = (error.retry or error.account) and draft.purpose != Purpose.TEST  # whoever tries wants to know now
    with transaction.atomic():
        state = State.QUEUED if stays else State.SENT if draft.sent_at else State.FAILED
        done = _mine(draft, sender).update(
            state=state, changed_at=now, problem=str(error)[:500], sender=None, next_try_at=now + wait
        )
        if done and state != State.QUEUED:
            Recipient.objects.filter(draft=draft, taken=Taken.WAITING).update(
                taken=Taken.REFUSED, answer=str(error)[:300]
            )
        if done and error.account and draft.account is not None:
            _ill(draft.account, str(error), until=now + (wait if error.retry else max(wait, _REST)), now=now)
    return bool(done)


def maybe_taken(draft: Draft, error: MaybeTaken, *, sender: uuid.UUID, now: datetime) -> bool:
    """Nobody knows whether it left: a person decides."""
    return bool(_mine(draft, sender).update(state=State.UNCLEAR, changed_at=now, problem=str(error)[:500]))


def beat(senders: Sequence[uuid.UUID], *, now: datetime) -> None:
    """Say that these senders are alive."""
    Draft.objects.filter(sender__in=senders, state=State.SENDING).update(beat_at=now)


def sweep(*, now: datetime, alone: bool = False) -> int:
    """Settle what a dead sender left half done, and stop what waited too long; returns how many.

    What was handed over, or may have been, is *unclear*; what certainly was not has failed. Neither is sent again by
    itself.
    `alone` says that nobody else sends for this home, so that whatever counts as leaving is left over.
    """
    left = Draft.objects.filter(state=State.SENDING)
    if not alone:
        left = left.filter(Q(beat_at=None) | Q(beat_at__lte=now - STUCK_AFTER))
    before = left.filter(handed_at=None).update(
        state=State.FAILED, changed_at=now, problem=f"{_STOPPED}, before a mail server had it: it was not sent."
    )
    after = left.filter(handed_at__isnull=False).update(
        state=State.UNCLEAR, changed_at=now, problem=f"{_STOPPED}: it may have been sent."
    )
    return before + after + _give_up(now)


def _give_up(now: datetime) -> int:
    """Stop what has waited for a day: what it says may not be true any more."""
    old = Draft.objects.filter(state=State.QUEUED, not_before__lte=now - GIVE_UP_AFTER)
    late = old.filter(sent_at=None)
    given_up = 0
    for draft in late.only("pk", "problem"):
        why = f"It waited for a day. {draft.problem}".strip()
        given_up += late.filter(pk=draft.pk).update(state=State.FAILED, changed_at=now, problem=why[:500])
    partly = list(old.exclude(sent_at=None).values_list("pk", flat=True))
    done = old.filter(pk__in=partly).update(state=State.SENT, changed_at=now)
    Recipient.objects.filter(draft__in=partly, draft__state=State.SENT, taken=Taken.WAITING).update(taken=Taken.REFUSED)
    return given_up + done


def to_file(*, only: Draft | None = None) -> list[Draft]:
    """Drafts (or this one) that left and are not put with the mail yet."""
    left = Draft.objects.filter(sent_at__isnull=False, filed_at=None)
    if only is not None:
        left = left.filter(pk=only.pk)
    ready = Q(state=State.SENT) | Q(message=None, purpose__in=CORRESPONDENCE)
    return list(left.filter(ready).select_related("account", "author").order_by("sent_at")[:50])


def bytes_of(draft: Draft) -> bytes | None:
    """The bytes of a draft that is correspondence; None where it was filed meanwhile."""
    held = Composed.objects.filter(draft=draft).first()
    return bytes(held.data) if held else None


def filed(draft: Draft, *, message_id: int | None, now: datetime) -> None:
    """Note the message that a draft became; once it has left for everybody, its bytes are kept there alone."""
    with transaction.atomic():
        Draft.objects.filter(pk=draft.pk).update(message=message_id)
        if draft.thread_id is None and message_id is not None:  # it began a conversation
            row = Draft.objects.filter(pk=draft.pk)
            row.update(thread=row.values_list("message__thread", flat=True).get())
        if Draft.objects.filter(pk=draft.pk, state=State.SENT).update(filed_at=now):
            forget([draft.pk])
            if draft.purpose not in CORRESPONDENCE:
                Draft.objects.filter(pk=draft.pk).update(text="")


def forget(drafts: Sequence[int]) -> None:
    """Drop the bytes and files of these drafts."""
    Composed.objects.filter(draft__in=drafts).delete()
    DraftFile.objects.filter(draft__in=drafts).delete()


def purge(*, now: datetime) -> int:
    """Forget what was dropped a while ago, whole."""
    return Draft.objects.filter(state=State.DROPPED, changed_at__lte=now - LATELY).delete()[0]


def _mine(draft: Draft, sender: uuid.UUID) -> QuerySet[Draft]:
    """The draft, if it is still this sender's: leaving, or swept while its sender was only slow."""
    return Draft.objects.filter(pk=draft.pk, sender=sender, state__in=[State.SENDING, State.UNCLEAR])


def _problem(answers: Answers, some: bool) -> str:
    count = len(answers.refused)
    if answers.deferred:
        return f"{len(answers.deferred)} of the addresses are not taken now; they are tried again."
    if not count:
        return ""
    return f"{count} of the addresses {'was' if count == 1 else 'were'} refused." if some else "No address was taken."


def _well(account: SmtpAccount, now: datetime) -> None:
    row = SmtpAccount.objects.filter(pk=account.pk)
    if row.exclude(problem="").update(problem="", problem_since=None, rests_until=None):
        waiting = Draft.objects.filter(account=account, state=State.QUEUED, not_before__lte=now)
        waiting.update(next_try_at=now)  # what waited because of it
    row.update(worked_at=now)


def _ill(account: SmtpAccount, problem: str, *, until: datetime, now: datetime) -> None:
    row = SmtpAccount.objects.filter(pk=account.pk)
    row.update(problem=problem[:500], rests_until=until)
    row.filter(problem_since=None).update(problem_since=now)
