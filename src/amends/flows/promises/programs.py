"""What programs and the command line say of promises: everything by its id, and as values that fit together or not."""

from __future__ import annotations

import uuid
from datetime import datetime

from amends.clients.models import Client, Engagement
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.flows.promises import settle as flow
from amends.flows.promises.settle import Deed, Given, PromiseRefused
from amends.flows.promises.when import Due, moment_given
from amends.signals.models import Promise
from amends.signals.queries.promises import readable_promise


def add(
    client: uuid.UUID,
    deed: Deed,
    *,
    by: str,
    text: str,
    due: str = "",
    due_at: datetime | None = None,
    owner: uuid.UUID | None = None,
    engagement: uuid.UUID | None = None,
    recurs: str = "",
) -> uuid.UUID:
    """Write a promise down; returns its id. Raises as `settle.add` does, and where something that is named is not there
    `Client.DoesNotExist`, `Member.DoesNotExist` or `Engagement.DoesNotExist`."""
    given = Given(
        text=text, due=due or None, due_at=_moment(due, due_at, deed), recurs=recurs,
        owner=Member.objects.get(public_id=owner, is_active=True) if owner else None,
        engagement=Engagement.objects.get(public_id=engagement) if engagement else None,
    )  # fmt: skip
    made = flow.add(Client.objects.get(public_id=client, merged_into=None), deed, by=by, given=given)
    return made.public_id


def settle(
    promise_id: uuid.UUID,
    deed: Deed,
    *,
    do: str,
    text: str | None = None,
    due: str | None = None,
    due_at: datetime | None = None,
    owner: uuid.UUID | None = None,
    no_owner: bool = False,
    recurs: str | None = None,
    why: str = "",
    evidence: uuid.UUID | None = None,
    agreed: str = "",
    words: str = "",
) -> uuid.UUID | None:
    """One decision; returns the id of the promise that stands then, None where taking it back left none. Raises as
    `flows.promises.settle` does, and `Member.DoesNotExist`."""
    moment = _moment(due or "", due_at, deed)
    said = {
        "text": text is not None, "due": due is not None or moment is not None, "owner": owner is not None or no_owner,
        "recurs": recurs is not None, "why": bool(why), "evidence": evidence is not None, "agreed": bool(agreed),
        "words": bool(words),
    }  # fmt: skip
    wrong = [name for name, given in said.items() if given and name not in _BELONGS.get(do, ())]
    if do in _BELONGS and wrong:
        belongs = ", ".join(f"`{name}`" for name in _BELONGS[do]) or "nothing"
        raise PromiseRefused(f"`{wrong[0]}` does not go with `{do}`: with that goes {belongs}.")
    keeper = Member.objects.get(public_id=owner, is_active=True) if owner else None
    given = Given(text=text, due=due, due_at=moment, owner=keeper, no_owner=no_owner, recurs=recurs)
    match do:
        case "undo":
            seen = readable_promise(deed.reader, promise_id)
            left = flow.take_back(promise_id, deed, version=seen.version)
            return left.public_id if left else None
        case "answered":
            return flow.answered(promise_id, deed, agreed=agreed, words=words).public_id
        case "not_it":
            return flow.not_it(promise_id, deed).public_id
    return _done(promise_id, deed, do, given, why, evidence, agreed).public_id


_BELONGS = {
    "confirm": ("text", "due", "owner", "recurs"), "correct": ("text", "due", "owner", "recurs"), "refuse": ("why",),
    "keep": ("why", "evidence"), "break": ("why",), "renegotiate": ("due", "why", "agreed"), "withdraw": ("why",),
    "answered": ("agreed", "words"), "not_it": (), "undo": (),
}  # fmt: skip
"""What goes with each decision."""


def _done(
    promise_id: uuid.UUID, deed: Deed, do: str, given: Given, why: str, evidence: uuid.UUID | None, agreed: str
) -> Promise:
    match do:
        case "confirm":
            return flow.confirm(promise_id, deed, given=given)
        case "correct":
            return flow.correct(promise_id, deed, given=given)
        case "keep":
            return flow.keep(promise_id, deed, evidence=evidence, why=why)
        case "renegotiate":
            return flow.renegotiate(promise_id, deed, due=given.due or "", due_at=given.due_at, why=why, agreed=agreed)
        case "refuse":
            return flow.refuse(promise_id, deed, why=why)
        case "break":
            return flow.break_(promise_id, deed, why=why)
        case "withdraw":
            return flow.withdraw(promise_id, deed, why=why)
    raise PromiseRefused(f"“{do}” is nothing that can be done with a promise: {', '.join(_BELONGS)}.")


def _moment(due: str, due_at: datetime | None, deed: Deed) -> Due | None:
    if due and due_at is not None:
        raise PromiseRefused("Say the date once: `due` in words, or `due_at` as a moment.")
    return moment_given(due_at, firm=firm_in_scope(), now=deed.now) if due_at is not None else None
