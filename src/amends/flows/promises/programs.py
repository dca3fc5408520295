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
    why: str = "",
    evidence: uuid.UUID | None = None,
    agreed: str = "",
) -> uuid.UUID:
    """One decision; returns the id of the promise that stands then. Raises as `flows.promises.settle` does."""
    moment = _moment(due or "", due_at, deed)
    if (text is not None and do != "confirm") or ((due or moment) and do not in {"confirm", "renegotiate"}):
        raise PromiseRefused("`text` goes with `confirm` alone, a date with `confirm` and `renegotiate`.")
    if (evidence is not None and do != "keep") or (agreed and do != "renegotiate") or (why and do == "confirm"):
        raise PromiseRefused(
            "`evidence` goes with `keep` alone, `agreed` with `renegotiate`; confirming needs no `why`."
        )
    return _done(promise_id, deed, do, Given(text=text, due=due, due_at=moment), why, evidence, agreed).public_id


def _done(
    promise_id: uuid.UUID, deed: Deed, do: str, given: Given, why: str, evidence: uuid.UUID | None, agreed: str
) -> Promise:
    match do:
        case "confirm":
            return flow.confirm(promise_id, deed, given=given)
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
    raise PromiseRefused(f"“{do}” is nothing that can be done with a promise.")


def _moment(due: str, due_at: datetime | None, deed: Deed) -> Due | None:
    if due and due_at is not None:
        raise PromiseRefused("Say the date once: `due` in words, or `due_at` as a moment.")
    return moment_given(due_at, firm=firm_in_scope(), now=deed.now) if due_at is not None else None
