"""From a stored account to a connection that is signed in."""

from __future__ import annotations

from django.conf import settings

from amends.firm.secrets import seal, unseal
from amends.mail.live import Connector, Link, LiveTrouble, open_link
from amends.mail.live.permission import Grantor, PermissionRefused, refreshed
from amends.mail.models import Account, Credential

PURPOSE = "mailbox password"


class NotSetUp(LiveTrouble):
    """The settings do not say as whom Amends is known at this provider."""

    field = "address"


def open_account(account: Account) -> Link:
    """Connect and sign in; raises a `LiveTrouble`, or `CannotUnseal` where the secret key was changed."""
    return open_link(connector_of(account))


def connector_of(account: Account) -> Connector:
    """Where and how to sign in. The one place that knows what each kind of credential turns into."""
    secret = unseal(account.secret, purpose=PURPOSE)
    password, token = secret, ""
    if account.credential != Credential.PASSWORD:
        password, token = "", _access(account, secret)
    return Connector(
        host=account.host,
        port=account.port,
        security=account.security,
        username=account.username,
        password=password,
        token=token,
        ca_file=settings.MAIL_CA_FILE,
    )


def access_for(account: Account, host: str) -> str:
    """An access token to sign in at a provider's server for sending, and at no other; raises a `LiveTrouble`, or
    `CannotUnseal`."""
    who = grantor(account.credential)
    if host != who.smtp:
        message = f"The permission of {account.username} is for {who.smtp or who.name} alone: save the account anew."
        raise PermissionRefused(message)
    return _access(account, unseal(account.secret, purpose=PURPOSE))


def grantor(credential: str) -> Grantor:
    """Who gives this kind of permission; raises `NotSetUp`."""
    if credential not in settings.MAIL_GRANTORS:
        message = (
            f"Amends is not registered for {credential.capitalize()}: an administrator sets it up, "
            "see docs/how-to/connect-a-mailbox.md."
        )
        raise NotSetUp(message)
    return Grantor(**settings.MAIL_GRANTORS[credential])


def _access(account: Account, refresh: str) -> str:
    """An access token. Some providers give a new refresh token each time, which is kept in the place of the old one."""
    if not refresh:
        message = "The permission was never given to the end: give it again on the mailbox's page."
        raise PermissionRefused(message)
    found = refreshed(grantor(account.credential), refresh)
    if found.refresh and found.refresh != refresh and account.pk:
        sealed = seal(found.refresh, purpose=PURPOSE)
        Account.objects.filter(pk=account.pk, secret=account.secret).update(secret=sealed)
        account.secret = sealed
    return found.access
