"""From a stored account to a connection that is signed in."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from amends.firm.secrets import unseal
from amends.mail.live import Connector, Link, open_link
from amends.mail.models import Account, Credential

PURPOSE = "mailbox password"


def open_account(account: Account, *, now: datetime) -> Link:
    """Connect and sign in; raises a `LiveTrouble`, or `CannotUnseal` where the secret key was changed."""
    return open_link(connector_of(account, now=now))


def connector_of(account: Account, *, now: datetime) -> Connector:
    """Where and how to sign in. The one place that knows what each kind of credential turns into."""
    secret = unseal(account.secret, purpose=PURPOSE)
    if account.credential == Credential.PASSWORD:
        return _connector(account, password=secret)
    raise NotImplementedError(account.credential)


def _connector(account: Account, *, password: str = "", token: str = "") -> Connector:
    return Connector(
        host=account.host,
        port=account.port,
        security=account.security,
        username=account.username,
        password=password,
        token=token,
        ca_file=settings.MAIL_CA_FILE,
    )
