"""Writes of promises. Every change of state is one conditional UPDATE whose count is checked: it is made once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from amends.clients.models import Client, Engagement
from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.words import holding
from amends.mail.models import Message
from amends.signals.models import Promise, PromiseState, Signal
from amends.signals.rules import before

UNSETTLED: dict[str, Any] = {"settled_by": None, "settled_at": None, "settled_why": "", "evidence": None}
_READ = ("quote", "start", "end", "rule", "why", "confidence", "due", "due_exact", "fades_at")


class AlreadySettled(AmendsError):
    """Somebody else, or another click, was quicker; nothing was changed."""


def keep_candidates(messages: Sequence[Message], found: Iterable[Promise]) -> None:
    """Write what judging found in these messages. What a person has decided on stays; candidates that reading did not
    find again go."""
    wanted = {one.key: one for one in found}
    there = Promise.objects.filter(message__in=[message.pk for message in messages], replaces=None)
    known = {one.key: one for one in there}
    for key, one in known.items():
        if one.state != PromiseState.CANDIDATE:
            continue
        anew = wanted.get(key)
        mine = Promise.objects.filter(pk=one.pk, state=PromiseState.CANDIDATE)
        if anew is None:
            mine.delete()
        elif any(getattr(anew, name) != getattr(one, name) for name in _READ):
            mine.update(text=anew.text, **{name: getattr(anew, name) for name in _READ})
    new = [one for key, one in wanted.items() if key not in known]
    Promise.objects.bulk_create(new, ignore_conflicts=True, batch_size=200)


def become(promise: Promise, state: str, **values: Any) -> Promise:
    """Bring a promise into this state, if it is in one from which it may get there; returns it anew.

    Raises `AlreadySettled` where it is not (any more).
    """
    mine = Promise.objects.filter(pk=promise.pk, state__in=before(state))
    if not mine.update(state=state, version=F("version") + 1, **values):
        raise AlreadySettled(_how_it_stands(promise))
    return fresh(promise)


def change(promise: Promise, *, states: Collection[str], version: int | None, **values: Any) -> Promise:
    """Change what an open promise says; `version` is the one that was on the screen. Raises `AlreadySettled`."""
    mine = Promise.objects.filter(pk=promise.pk, state__in=states)
    if version is not None:
        mine = mine.filter(version=version)
    if not mine.update(version=F("version") + 1, **values):
        raise AlreadySettled(_how_it_stands(promise))
    return fresh(promise)


def take_back(promise: Promise, *, version: int) -> Promise:
    """Bring a promise back from the state that the change to `version` gave it. Raises `AlreadySettled`."""
    was = PromiseState.PENDING if promise.confirmed_at is not None else PromiseState.CANDIDATE
    values: dict[str, Any] = dict(UNSETTLED)
    if promise.state == PromiseState.PENDING:
        was = PromiseState.CANDIDATE
        values |= {"confirmed_by": None, "confirmed_at": None, **_as_it_was(promise)}
    mine = Promise.objects.filter(pk=promise.pk, version=version, state=promise.state)
    if not mine.update(state=was, version=F("version") + 1, **values):
        raise AlreadySettled(_how_it_stands(promise))
    return fresh(promise)


def as_read(promise: Promise) -> dict[str, Any]:
    """What of a candidate a person may change who confirms it; its words are in its quote."""
    due = promise.due.isoformat() if promise.due else None
    return {"due": due, "due_exact": promise.due_exact, "owner": promise.owner_id}


def _as_it_was(promise: Promise) -> dict[str, Any]:
    """What a candidate said before it was confirmed: no engagement, no rhythm, the words of its quote."""
    values: dict[str, Any] = {
        "engagement": None, "recurs": "", "text": " ".join(promise.quote.split()), "as_read": None,
    }  # fmt: skip
    if (was := promise.as_read) is not None:
        values["due"] = datetime.fromisoformat(was["due"]) if was["due"] else None
        values["due_exact"] = was["due_exact"]
        values["owner"] = Member.objects.filter(pk=was["owner"]).first()
    return values


def fresh(promise: Promise) -> Promise:
    """The row as it stands now."""
    rows = Promise.objects.select_related("client", "engagement", "owner", "message__thread", "replaces")
    return rows.select_related("confirmed_by", "settled_by").get(pk=promise.pk)


def suggest(promise: Promise, *, message: Message, start: int, end: int) -> None:
    """Note a later message that seems to keep an open promise, unless there is one already."""
    mine = Promise.objects.filter(pk=promise.pk, hint=None)
    mine.update(hint=message, hint_start=start, hint_end=end)


def drop_hint(promise: Promise) -> None:
    """The message that was suggested does not keep it: a later one may."""
    until = promise.hint.sent_at if promise.hint is not None else None
    mine = Promise.objects.filter(pk=promise.pk, hint=promise.hint_id)
    mine.update(hint=None, hint_start=None, hint_end=None, heard_until=until)


def renew_signals(promise: Promise, wanted: Sequence[Signal], *, keys: Collection[str]) -> list[Signal]:
    """Drop those of a promise's signals (`keys`: all that it may ever have) that are not `wanted`; returns those."""
    Signal.objects.filter(key__in=set(keys) - {one.key for one in wanted}).delete()
    return list(wanted)


def move_promises(source: Client, target: Client, *, only_moved: bool = False) -> None:
    """Promises follow their messages to another client, and all of them where all is merged."""
    theirs = Promise.objects.filter(client=source)
    moving = theirs.filter(message__client=target) if only_moved else theirs
    Promise.objects.filter(pk__in=list(moving.values_list("pk", flat=True))).update(client=target)
    strange = Promise.objects.filter(client=target, engagement__isnull=False).exclude(engagement__client=target)
    Promise.objects.filter(pk__in=list(strange.values_list("pk", flat=True))).update(engagement=None)


def drop_misplaced_promises() -> None:
    """Candidates whose message is no longer with their client go, judging makes them again; what a person confirmed
    goes with its message."""
    owner = Message.objects.filter(pk=OuterRef("message"), client__isnull=False).values("client")
    strayed = Promise.objects.filter(message__isnull=False).exclude(message__client=F("client"))
    strayed.filter(Q(state=PromiseState.CANDIDATE) | Q(message__client=None)).delete()
    Promise.objects.filter(pk__in=list(strayed.values_list("pk", flat=True))).update(client=Subquery(owner[:1]))


def forget_evidence(messages: Collection[int]) -> None:
    """Forget that these messages (keys), which go, are evidence of anything."""
    ids = list(Message.objects.filter(pk__in=messages).values_list("public_id", flat=True))
    Promise.objects.filter(evidence__in=ids).update(evidence=None)


def forget_promises(client: Client) -> None:
    """Take away all that was promised to or by a client, and those merged into it."""
    Promise.objects.filter(Q(client=client) | Q(client__merged_into=client)).delete()


def forget_words(client: Client, words: Collection[str]) -> None:
    """Take away what a person wrote of promises of a client, where it names somebody who is erased."""
    spoken = holding(words, text=["text", "quote", "settled_why", "agreed_words"])
    Promise.objects.filter(spoken, client=client).delete()


def only_open_engagement(client: Client) -> Engagement | None:
    """The one engagement with a client that is not closed; None where there is none or a choice."""
    some = list(Engagement.objects.filter(client=client, closed_at=None).order_by("pk")[:2])
    return some[0] if len(some) == 1 else None


_STANDS = {
    PromiseState.CANDIDATE: "it waits to be confirmed",
    PromiseState.PENDING: "it is promised, and still to be done",
    PromiseState.KEPT: "it was kept",
    PromiseState.BROKEN: "it was broken",
    PromiseState.RENEGOTIATED: "it has a new date",
    PromiseState.WITHDRAWN: "it was withdrawn",
    PromiseState.REFUSED: "it is no promise",
}


def _how_it_stands(promise: Promise) -> str:
    now = Promise.objects.filter(pk=promise.pk).select_related("settled_by", "confirmed_by").first()
    if now is None:
        return "That promise is not there any more: reload the page."
    who = now.settled_by or now.confirmed_by
    by = f", by {who.name}" if who is not None else ""
    return f"It was changed meanwhile{by}: {_STANDS[PromiseState(now.state)]}. Reload the page to see it."
