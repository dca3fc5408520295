"""The accounts that mail leaves through."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from amends.firm import audit
from amends.firm.models import Member
from amends.firm.secrets import seal
from amends.mail.models import Account
from amends.outbox.actions.deliver import NO_ACCOUNT, PASSWORD_FOR
from amends.outbox.compose import address, one_line
from amends.outbox.models import Draft, SmtpAccount, State


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person enters of an account. `password` None leaves the one that is stored."""

    host: str
    port: int
    security: str
    user: str
    password: str | None = field(repr=False)
    from_address: str
    from_name: str
    signature: str = ""
    permission: Account | None = None  # of a mailbox, in place of a password


def save_account(given: Settings, *, whose: Member | None, by: Member, now: datetime) -> SmtpAccount:
    """Set up or change the account of the firm (`whose` None) or of a member; what waits for it is tried at once.

    Raises `NoAddress` where mail should come from what is no address.
    """
    with transaction.atomic():
        account = SmtpAccount.objects.filter(member=whose).first() or SmtpAccount(member=whose)
        if given.password is not None:
            account.password = seal(given.password, purpose=PASSWORD_FOR) if given.password else ""
        account.permission = given.permission
        account.host, account.port, account.security = given.host.strip().lower(), given.port, given.security
        account.user, account.signature = given.user.strip(), given.signature.strip()
        account.from_address, account.from_name = address(given.from_address), one_line(given.from_name)[:200]
        account.problem, account.problem_since, account.rests_until, account.changed_at = "", None, None, now
        account.save()
        Draft.objects.filter(account=account, state=State.QUEUED, sent_at=None, not_before__lt=now).update(
            next_try_at=now
        )
        _note("sending.changed", account, by=by, now=now)
    return account


def wake(account: SmtpAccount) -> None:
    """Let an account be tried at once, whatever went wrong before."""
    SmtpAccount.objects.filter(pk=account.pk).update(rests_until=None)


def remove_account(account: SmtpAccount, *, by: Member, now: datetime) -> None:
    """Forget an account with its password; what waits for it has failed, for it says that it comes from there."""
    with transaction.atomic():
        _note("sending.removed", account, by=by, now=now)
        Draft.objects.filter(account=account, state=State.QUEUED).update(
            state=State.FAILED, changed_at=now, problem=NO_ACCOUNT
        )
        account.delete()


def _note(did: str, account: SmtpAccount, *, by: Member, now: datetime) -> None:
    about = f"smtp account {account.public_id}"
    detail = {"host": account.host, "port": account.port, "from": account.from_address,
              "whose": "the firm" if account.member is None else account.member.email}  # fmt: skip
    audit.note(did, member=by, about=about, detail=detail, now=now)
