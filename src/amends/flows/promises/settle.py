"""What people do with promises: confirm, correct, refuse; kept, broken, renegotiated, withdrawn; and take it back.

Each is one transaction: the change, made once (`signals.actions.promises`), the signals that follow from it, a line in
the audit log. Nothing of what was promised goes into that line.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from amends.clients.models import Client, Engagement
from amends.core.errors import AmendsError
from amends.core.ids import uuid7
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.flows.capital.posting import settle
from amends.flows.capital.sources.promises import of_promises
from amends.flows.judge.promised import keys_of, signals_of
from amends.flows.judge.threads import settle_said
from amends.flows.promises.when import Due, due_in_words
from amends.flows.webhooks.announce import signals_may_be_raised
from amends.mail.actions.threads import lock_firm
from amends.mail.queries import Reader, readable
from amends.signals.actions import promises as write
from amends.signals.actions import record
from amends.signals.models import Agreed, Origin, Promise, PromiseBy, PromiseState, Recurs
from amends.signals.queries.promises import readable_promise
from amends.signals.rules import due_again

LONGEST = 1000  # characters of what is promised
UNDO = timedelta(minutes=1)  # the page offers it for ten seconds, and longer while somebody points at it
_KEPT, _BROKEN = PromiseState.KEPT, PromiseState.BROKEN


class PromiseRefused(AmendsError):
    """What was said of a promise does not fit; the sentence says what does."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says of a promise; None: as it is. `due` is in words, "" for no date; `due_at` a known moment."""

    text: str | None = None
    due: str | None = None
    due_at: Due | None = None
    owner: Member | None = None
    no_owner: bool = False
    engagement: Engagement | None = None
    no_engagement: bool = False
    recurs: str | None = None


NOTHING_SAID = Given()


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does something to a promise, and when."""

    reader: Reader
    now: datetime
    address: str | None = None

    @property
    def member(self) -> Member | None:
        """None: the command line."""
        return self.reader.member


def confirm(promise_id: uuid.UUID, deed: Deed, *, given: Given = NOTHING_SAID) -> Promise:
    """It is a promise, as it was read or as it is corrected: from now on it is waited for.

    Raises `Promise.DoesNotExist`, `AlreadySettled`, `DateRefused` and `PromiseRefused`, as all here do.
    """
    promise = readable_promise(deed.reader, promise_id)
    values = _values(promise, given, deed)
    if promise.engagement_id is None and "engagement" not in values:
        values["engagement"] = write.only_open_engagement(promise.client)
    values |= {"confirmed_by": deed.member, "confirmed_at": deed.now, "as_read": write.as_read(promise)}
    return _become(promise, PromiseState.PENDING, deed, did="confirmed", **values)


def correct(promise_id: uuid.UUID, deed: Deed, *, given: Given, version: int | None = None) -> Promise:
    """It was read or written down wrongly. A candidate is confirmed with it; a date that moves is renegotiated."""
    promise = readable_promise(deed.reader, promise_id)
    if promise.state == PromiseState.CANDIDATE:
        return confirm(promise_id, deed, given=given)
    values = _values(promise, given, deed)
    if not values:
        return promise
    with transaction.atomic():
        lock_firm()
        states = (PromiseState.PENDING,)
        done = write.change(promise, states=states, version=version, **values)
        _follow(done, deed)
        _note(done, "corrected", deed, {"changed": sorted(values)})
    return done


def refuse(promise_id: uuid.UUID, deed: Deed, *, why: str = "") -> Promise:
    """It is no promise."""
    promise = readable_promise(deed.reader, promise_id)
    return _become(promise, PromiseState.REFUSED, deed, did="refused", **_settled(deed, why))


def keep(promise_id: uuid.UUID, deed: Deed, *, evidence: uuid.UUID | None = None, why: str = "") -> Promise:
    """It was kept; `evidence` is a message of the client's that shows it."""
    promise = readable_promise(deed.reader, promise_id)
    values = _settled(deed, why)
    if evidence is not None:
        if not readable(deed.reader).filter(public_id=evidence, client=promise.client).exists():
            raise PromiseRefused("That message is not one of this client's that you may read: choose another.")
        values["evidence"] = evidence
    return _become(promise, _KEPT, deed, did="kept", **values)


def break_(promise_id: uuid.UUID, deed: Deed, *, why: str = "") -> Promise:
    """It was not kept."""
    promise = readable_promise(deed.reader, promise_id)
    return _become(promise, _BROKEN, deed, did="broken", **_settled(deed, why))


def withdraw(promise_id: uuid.UUID, deed: Deed, *, why: str = "") -> Promise:
    """It holds no more: whoever it was made to let it go."""
    promise = readable_promise(deed.reader, promise_id)
    return _become(promise, PromiseState.WITHDRAWN, deed, did="withdrawn", **_settled(deed, why))


def renegotiate(promise_id: uuid.UUID, deed: Deed, *, due: str = "", due_at: Due | None = None, why: str = "",
                agreed: str = Agreed.UNASKED) -> Promise:  # fmt: skip
    """It moves to another date, before it breaks or after; returns the promise that stands in its place.

    `agreed` is the client's answer, where it is known already; else `answered` notes it later.
    """
    promise, firm = readable_promise(deed.reader, promise_id), firm_in_scope()
    moved = due_at or due_in_words(due, firm=firm, now=deed.now)
    if moved is None:
        raise PromiseRefused("Say the new date, as in “Friday noon”.")
    if promise.due is not None and moved.at == promise.due:
        raise PromiseRefused("That is the date that it has: say another one.")
    with transaction.atomic():
        lock_firm()
        old = write.become(promise, PromiseState.RENEGOTIATED, **_settled(deed, why))
        later = _copy(old, deed, due=moved, agreed=_one_of(agreed, Agreed))
        later.save()
        _follow(old, deed)
        _follow(later, deed)
        detail = {"replaced_by": str(later.public_id), "agreed": str(agreed)}
        _note(old, "renegotiated", deed, detail)
    return write.fresh(later)


def answered(promise_id: uuid.UUID, deed: Deed, *, agreed: str, words: str = "") -> Promise:
    """What the client said of the new date."""
    promise = readable_promise(deed.reader, promise_id)
    if promise.replaces is None or promise.replaces.state != PromiseState.RENEGOTIATED:
        raise PromiseRefused("This date replaces no other: there is nothing that the client could agree to.")
    with transaction.atomic():
        values = {"agreed": _one_of(agreed, Agreed), "agreed_words": " ".join(words.split())[:500]}
        done = write.change(promise, states=(PromiseState.PENDING,), version=None, **values)
        _note(done, "answered", deed, {"agreed": str(agreed)})
    return done


def not_it(promise_id: uuid.UUID, deed: Deed) -> Promise:
    """The message that was suggested does not show that it was kept."""
    promise = readable_promise(deed.reader, promise_id)
    write.drop_hint(promise)
    return write.fresh(promise)


def add(client: Client, deed: Deed, *, by: str, given: Given, origin: str = Origin.PERSON,
        origin_id: uuid.UUID | None = None) -> Promise:  # fmt: skip
    """Write down a promise that no mail holds; from a brief, a call note or a remedy with its `origin_id`."""
    made = Promise(
        public_id=uuid7(), client=client, by=_one_of(by, PromiseBy), origin=_one_of(origin, Origin),
        origin_id=origin_id, made_at=deed.now, state=PromiseState.PENDING, confirmed_by=deed.member,
        confirmed_at=deed.now,
    )  # fmt: skip
    made.key = f"{made.origin}:{made.public_id}"
    if client.merged_into_id is not None:
        raise PromiseRefused("That client is part of another one now: choose that one.")
    values = _values(made, given, deed)
    if "text" not in values:
        raise PromiseRefused("Say what is promised.")
    if "engagement" not in values:
        values["engagement"] = write.only_open_engagement(client)
    for name, value in values.items():
        setattr(made, name, value)
    with transaction.atomic():
        lock_firm()
        made.save()
        _note(made, "added", deed, {"origin": made.origin})
    return write.fresh(made)


def take_back(promise_id: uuid.UUID, deed: Deed, *, version: int) -> Promise | None:
    """Undo the last step, soon after it; None where that was its beginning, and it is gone.

    What followed from it (the next of a recurring one, the new date) goes with it, unless that was settled itself.
    """
    promise = readable_promise(deed.reader, promise_id)
    since = promise.settled_at or promise.confirmed_at
    if promise.state == PromiseState.PENDING and promise.replaces_id is not None:
        raise PromiseRefused("That date follows from another promise: take back the step that made it.")
    if since is None or deed.now - since > UNDO:
        raise write.AlreadySettled("That can no longer be taken back: say what is right now instead.")
    with transaction.atomic():
        lock_firm()
        for later in Promise.objects.filter(replaces=promise).select_related("message"):
            if later.version > 1:
                raise write.AlreadySettled("The date that followed was settled already: settle that one anew.")
            _forget(later)
        if promise.state == PromiseState.PENDING and promise.origin != Origin.MESSAGE:
            if promise.version != version:
                raise write.AlreadySettled("It was corrected meanwhile: withdraw it instead.")
            _note(promise, "taken_back", deed, {"was": promise.state})
            _forget(promise)
            return None
        was = promise.state
        done = write.take_back(promise, version=version)
        _follow(done, deed)
        _note(done, "taken_back", deed, {"was": was})
    return done


def _become(promise: Promise, state: str, deed: Deed, *, did: str, **values: Any) -> Promise:
    with transaction.atomic():
        lock_firm()
        done = write.become(promise, state, **values)
        if done.recurs and state in {_KEPT, _BROKEN}:
            _again(done, deed)
        _follow(done, deed)
        _note(done, did, deed, {"by": done.by})
    return done


def _again(done: Promise, deed: Deed) -> None:
    """The next one of a promise that recurs."""
    firm = firm_in_scope()
    start = done.due or deed.now
    following = Due(due_again(start, done.recurs, timezone=firm.timezone), done.due_exact)
    later = _copy(done, deed, due=following)
    later.made_at = done.made_at
    later.save()
    _follow(later, deed)


def _copy(old: Promise, deed: Deed, *, due: Due, agreed: str = "") -> Promise:
    later = Promise(
        public_id=uuid7(), client=old.client, engagement=old.engagement, by=old.by, owner=old.owner, text=old.text,
        due=due.at, due_exact=due.exact, recurs=old.recurs, made_at=deed.now, origin=old.origin,
        origin_id=old.origin_id, message=old.message, quote=old.quote, start=old.start, end=old.end, rule=old.rule,
        why=old.why, confidence=old.confidence, state=PromiseState.PENDING, confirmed_by=deed.member,
        confirmed_at=deed.now, replaces=old, agreed=agreed,
    )  # fmt: skip
    later.key = f"after:{later.public_id}"
    return later


def _forget(promise: Promise) -> None:
    write.renew_signals(promise, [], keys=keys_of(promise))
    Promise.objects.filter(pk=promise.pk).delete()


def _follow(promise: Promise, deed: Deed) -> None:
    """Bring the signals of a promise up to what its row says."""
    firm = firm_in_scope()
    record(write.renew_signals(promise, signals_of(promise, firm), keys=keys_of(promise)))
    settle(of_promises([promise.pk]), now=deed.now)
    if promise.confirmed_at is None and promise.message is not None:
        settle_said([promise.message.thread])  # one that nobody confirmed ends with the next letter
    signals_may_be_raised(now=deed.now)


def _settled(deed: Deed, why: str) -> dict[str, Any]:
    return {"settled_by": deed.member, "settled_at": deed.now, "settled_why": " ".join(why.split())[:500]}


def _values(promise: Promise, given: Given, deed: Deed) -> dict[str, Any]:
    """What is to be written of what was given: only what differs."""
    found: dict[str, Any] = {}
    if given.text is not None:
        found["text"] = _text(given.text)
    if given.due_at is not None:
        found |= {"due": given.due_at.at, "due_exact": given.due_at.exact}
    elif given.due is not None:
        due = due_in_words(given.due, firm=firm_in_scope(), now=deed.now)
        found |= {"due": due.at if due else None, "due_exact": bool(due and due.exact)}
    if given.owner is not None or given.no_owner:
        found["owner"] = given.owner
    if given.engagement is not None or given.no_engagement:
        if given.engagement is not None and given.engagement.client_id != promise.client_id:
            raise PromiseRefused("That engagement is with another client: choose one of this client's.")
        found["engagement"] = given.engagement
    if given.recurs is not None:
        found["recurs"] = _one_of(given.recurs, Recurs)
    return {name: value for name, value in found.items() if getattr(promise, name) != value}


def _text(text: str) -> str:
    text = " ".join(text.replace("\x00", "").split())
    if not text:
        raise PromiseRefused("Say what is promised.")
    if len(text) > LONGEST:
        raise PromiseRefused(f"That is longer than {LONGEST} characters: say it in a sentence.")
    return text


def _one_of(value: str, choices: Any) -> str:
    if value not in choices.values:
        offered = ", ".join(one for one in choices.values if one)
        raise PromiseRefused(f"“{value}” is none of these: {offered}.")
    return value


def _note(promise: Promise, did: str, deed: Deed, detail: dict[str, Any]) -> None:
    about = f"promise {promise.public_id}"
    note(f"promise.{did}", member=deed.member, about=about, detail=detail, now=deed.now, address=deed.address)
