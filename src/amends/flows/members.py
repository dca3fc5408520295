"""Links that let people in, brought to them: by mail where the firm can send, else shown to whoever made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django_tasks import task

from amends.firm import members
from amends.firm.audit import note
from amends.firm.models import Firm, Member, OneTimeLink, Purpose, Role
from amends.firm.queries import firm_in_scope
from amends.firm.scope import firm_scope
from amends.firm.sign_in import RESET_LASTS, make_link, member_anywhere
from amends.firm.single_sign_on import provider
from amends.flows.send import NoSender, send_notice

_RESETS = 3  # mails to one member in `_WHILE`, whoever asks
_WHILE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A link on its way: mailed, or to be copied from `url`."""

    to: str
    url: str
    mailed: bool


def address_of(token: str) -> str:
    """Where a link leads."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/enter/{token}/"


def invite(
    email: str, *, name: str, role: Role, mail: bool, by: Member | None, now: datetime, address: str | None = None
) -> Delivered:
    """Invite somebody; raises as `firm.members.invite` does."""
    with transaction.atomic():
        link, token = members.invite(email, name=name, role=role, by=by, now=now, address=address)
        return _bring_invitation(link, token, mail=mail, by=by, now=now)


@dataclass(frozen=True, slots=True)
class Several:
    """What came of inviting several: whoever is invited, and by address why somebody is not."""

    invited: list[Delivered]
    refused: dict[str, str]


def invite_several(
    people: Mapping[str, str], *, role: Role, by: Member | None, now: datetime, address: str | None = None
) -> Several:
    """Invite several people, names by address; who cannot be invited keeps nobody else out."""
    invited, refused = [], {}
    for email, name in people.items():
        try:
            invited.append(invite(email, name=name, role=role, mail=True, by=by, now=now, address=address))
        except (members.NoAddress, members.AlreadyMember) as error:
            refused[email] = str(error)
    return Several(invited, refused)


def invite_again(
    invitation: OneTimeLink, *, mail: bool, by: Member | None, now: datetime, address: str | None = None
) -> Delivered:
    """A fresh link for an open invitation; raises as `firm.members.invite_again` does."""
    with transaction.atomic():
        link, token = members.invite_again(invitation, by=by, now=now, address=address)
        return _bring_invitation(link, token, mail=mail, by=by, now=now)


def reset(member: Member, *, mail: bool, by: Member | None, now: datetime, address: str | None = None) -> Delivered:
    """A link for a new password, made by an administrator; raises as `firm.members.reset_link` does."""
    with transaction.atomic():
        token = members.reset_link(member, by=by, now=now, address=address)
        return _bring_reset(member, token, lasts="a day", mail=mail, by=by, now=now)


def mail_reset(email: str, *, now: datetime, address: str | None = None) -> None:
    """Mail a link for a new password to whoever says that they forgot theirs, if this is a member's address.

    A job does it, so that the page takes the same time and says the same whether or not the address is known.
    """
    member = member_anywhere(email)
    if member is None or not member.is_active or (member.firm.single_sign_on_only and provider()):
        return
    with firm_scope(member.firm_id), transaction.atomic():
        recent = OneTimeLink.objects.filter(member=member, purpose=Purpose.RESET, made_at__gt=now - _WHILE)
        if recent.count() >= _RESETS:
            return
        token = make_link(member, now=now, purpose=Purpose.RESET, lasts=RESET_LASTS)
        found = _bring_reset(member, token, lasts="an hour", mail=True, by=None, now=now)
        detail = {"mailed": found.mailed}
        note("member.reset_asked", member=member, about=member.email, detail=detail, now=now, address=address)


def ask_reset(email: str, *, address: str | None) -> None:
    """Have that done by a job. One is queued for an address that nobody has too, so that both take the same time."""
    member, somebodys = member_anywhere(email), Firm.objects.order_by("pk").first()
    if somebodys is not None:
        firm_id = member.firm_id if member else somebodys.pk
        send_reset.enqueue(firm_id=firm_id, email=email, address=address)


@task(priority=90)
def send_reset(*, firm_id: int, email: str, address: str | None) -> None:
    """The job of it."""
    mail_reset(email, now=datetime.now(UTC), address=address)


def deliver_link(
    to: str, url: str, *, subject: str, text: str, purpose: str, by: Member | None, now: datetime, mail: bool = True
) -> Delivered:
    """Mail a link, or say that it must be copied because the firm has nobody yet who sends its mail."""
    if not mail:
        return Delivered(to, url, mailed=False)
    try:
        send_notice(to, subject=subject, text=text, purpose=purpose, by=by, now=now)
    except NoSender:
        return Delivered(to, url, mailed=False)
    return Delivered(to, url, mailed=True)


def _bring_invitation(link: OneTimeLink, token: str, *, mail: bool, by: Member | None, now: datetime) -> Delivered:
    firm, url = firm_in_scope(), address_of(token)
    who = f"{by} invites you" if by else "You are invited"
    text = (
        f"Hello{f' {link.name}' if link.name else ''},\n\n"
        f"{who} to {firm.name} on Amends, where the firm looks after its clients together.\n\n"
        f"{url}\n\nThe link works once, until {_day(link.expires_at, firm)}. "
        "If you did not expect it, leave it alone: nothing happens.\n"
    )
    subject = f"Your invitation to {firm.name}"
    return deliver_link(link.invited, url, subject=subject, text=text, purpose="invitation", by=by, now=now, mail=mail)


def _bring_reset(member: Member, token: str, *, lasts: str, mail: bool, by: Member | None, now: datetime) -> Delivered:
    url = address_of(token)
    who = f"{by} made this link for you" if by else "Somebody, hopefully you, asked for a new password"
    text = (
        f"Hello {member},\n\n{who}. Set it here:\n\n{url}\n\nThe link works once, for {lasts}. "
        "If it was not you, leave it alone: your password stays as it is.\n"
    )
    subject = "A new password for Amends"
    return deliver_link(member.email, url, subject=subject, text=text, purpose="reset", by=by, now=now, mail=mail)


def _day(moment: datetime, firm: Firm) -> str:
    local = moment.astimezone(ZoneInfo(firm.timezone))
    return f"{local:%A}, {local.day} {local:%B}"
