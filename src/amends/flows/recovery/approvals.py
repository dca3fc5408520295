"""One request to give more than somebody may alone: asked once, answered once, by somebody entitled, never oneself.

Whoever may answer gets a mail with a link to the page where it is answered. Opening the link changes nothing.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import transaction

from amends.core.errors import AmendsError
from amends.core.money import Money
from amends.firm import budgets
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.flows.recovery import agreeing, mended
from amends.flows.send import NoSender, send_notice
from amends.outbox.compose import NoAddress
from amends.recovery import giving
from amends.recovery.actions import remedies as actions
from amends.recovery.models import Approval, Decision, Remedy, RemedyState


class NobodyMay(AmendsError):
    """There is nobody who could approve it."""


class NotEntitled(AmendsError):
    """This member may not decide this request; the text says why, and who may."""


class NoReason(AmendsError):
    """Not approved, and not a word why."""

    def __init__(self) -> None:
        super().__init__("Say why not: whoever asked wants to tell the client something.")


class Settled(AmendsError):
    """The request was answered, or withdrawn, before."""

    def __init__(self, approval: Approval) -> None:
        said = {Decision.APPROVED: "approved", Decision.REFUSED: "refused"}.get(Decision(approval.decision))
        who = approval.decided_by.name if approval.decided_by else "somebody"
        text = f"{who} {said} it already: nothing was changed." if said else "It was withdrawn meanwhile."
        super().__init__(text)


def ask(remedy: Remedy, *, because: str, by: Member, now: datetime) -> Approval:
    """Ask for approval of a remedy, in the transaction at hand. Raises `NobodyMay`."""
    if not approvers(remedy, besides=by):
        cost = Money(remedy.cost, remedy.currency)
        raise NobodyMay(
            f"Nobody else here may approve {cost}: an administrator raises what somebody may give in Settings, "
            "Authority and budgets."
        )
    actions.step(remedy, RemedyState.ASKED, now=now)
    approval = actions.request(remedy, because=because.strip(), by=by, now=now)
    _note("asked", approval, by=by, now=now)
    _tell_approvers(approval, now=now)
    return approval


def approvers(remedy: Remedy, *, besides: Member | None) -> list[Member]:
    """Who may answer a request for this remedy: active, entitled, with enough authority, and not whoever asks."""
    people = Member.objects.filter(is_active=True).order_by("pk")
    return [
        one
        for one in people
        if one != besides and may(one.role, Right.DECIDE) and budgets.limit_of(one, remedy.kind).covers(remedy.cost)
    ]


def _tell_approvers(approval: Approval, *, now: datetime) -> None:
    """Mail those who may answer. Without a mail server the page alone tells."""
    remedy = approval.remedy
    asker, client = approval.asked_by, remedy.recovery.client
    text = (
        f"{asker.name if asker else 'Somebody'} asks you to approve a remedy for {client.name}:\n\n"
        f"{remedy.what}\n{remedy.get_kind_display()}, {Money(remedy.cost, remedy.currency)}\n"
        + (f"\nWhy: {approval.because}\n" if approval.because else "")
        + f"\nLook at it, and answer:\n{address_of(approval)}\n\nOpening the link changes nothing.\n"
    )
    for one in approvers(remedy, besides=asker):
        _mail(one, f"Approval asked: {Money(remedy.cost, remedy.currency)} for {client.name}", text, by=asker, now=now)


def address_of(approval: Approval) -> str:
    """Where a request is answered."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/approvals/{approval.public_id}/"


def refusal(approval: Approval, *, by: Member, now: datetime) -> str:
    """Why this member may not approve it, as a sentence; "" where they may."""
    remedy = approval.remedy
    if not may(by.role, Right.DECIDE):
        return "Partners and administrators approve this: ask one of yours."
    if by in (approval.asked_by, remedy.by):
        return "You asked for it yourself: somebody else decides."
    if not budgets.limit_of(by, remedy.kind).covers(remedy.cost):
        return "It is more than you may give alone too: somebody with more authority decides."
    if not budgets.purse_of(by, now=now).covers(remedy.cost):
        return "Your own budget has not so much left, and it pays what you approve: somebody else decides."
    return ""


def decide(approval_id: uuid.UUID, *, approve: bool, why: str, by: Member, now: datetime) -> Approval:
    """Answer a request: approved, it is agreed and paid out of the budget of whoever approves; refused, with a reason.

    Raises `Approval.DoesNotExist`, `NotEntitled`, `NoReason`, `Settled`, and `NotEnough` where the budget ran
    out meanwhile.
    """
    approval = giving.one_approval(approval_id)
    if approval.decision != Decision.OPEN:
        raise Settled(approval)
    _entitled(approval, approve=approve, by=by, now=now)
    if not approve and not why.strip():
        raise NoReason
    decision = Decision.APPROVED if approve else Decision.REFUSED
    with transaction.atomic():
        if not actions.settle(approval, decision, why=why.strip(), by=by, now=now):
            raise Settled(giving.one_approval(approval_id))
        if approve:
            agreeing.settle_agreed(approval.remedy, payer=by, by=by, now=now)
        else:
            actions.step(approval.remedy, RemedyState.REFUSED, now=now)
            mended.perhaps_made_good(approval.remedy.recovery, now=now)
        _note("approved" if approve else "refused", approval, by=by, now=now)
        settled = giving.one_approval(approval_id)
        _tell_asker(settled, by=by, now=now)
    return settled


def _entitled(approval: Approval, *, approve: bool, by: Member, now: datetime) -> None:
    """Whoever lacks only the money for it may still refuse."""
    said = refusal(approval, by=by, now=now)
    if said and (approve or not may(by.role, Right.DECIDE) or by in (approval.asked_by, approval.remedy.by)):
        raise NotEntitled(said)


def _tell_asker(approval: Approval, *, by: Member, now: datetime) -> None:
    if approval.asked_by is None or not approval.asked_by.is_active:
        return
    remedy, client = approval.remedy, approval.remedy.recovery.client
    said = "approved" if approval.decision == Decision.APPROVED else "did not approve"
    text = (
        f"{by.name} {said} the remedy for {client.name}:\n\n{remedy.what}\n"
        f"{remedy.get_kind_display()}, {Money(remedy.cost, remedy.currency)}\n"
        + (f"\n{approval.why}\n" if approval.why else "")
        + f"\n{address_of(approval)}\n"
    )
    _mail(approval.asked_by, f"{by.name} {said} {Money(remedy.cost, remedy.currency)} for {client.name}", text, by=by,
          now=now)  # fmt: skip


def _mail(to: Member, subject: str, text: str, *, by: Member | None, now: datetime) -> None:
    with suppress(NoSender, NoAddress):
        send_notice(to.email, subject=subject, text=text, purpose="notice", by=by, now=now)


def _note(did: str, approval: Approval, *, by: Member, now: datetime) -> None:
    remedy = approval.remedy
    detail = {"kind": remedy.kind, "cost": str(Money(remedy.cost, remedy.currency))}
    note(f"approval.{did}", member=by, about=f"approval {approval.public_id}", detail=detail, now=now)
