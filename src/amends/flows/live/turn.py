"""One account's turn: connect where there is no connection, look through, book how it went, go into IDLE."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from amends.core.errors import AmendsError
from amends.firm.secrets import CannotUnseal
from amends.flows.live.looking import Clock, Looked, Readers, look_through
from amends.flows.live.opening import open_account
from amends.flows.live.pace import after_failure, after_success
from amends.mail.actions import live
from amends.mail.live import Link, LiveTrouble, PasswordRefused
from amends.mail.live.permission import PermissionRefused
from amends.mail.models import Account, AccountState, Folder, FolderRole


@dataclass(slots=True)
class Turn:
    """How it ended: a connection in IDLE, or none; `news` where something came in at the last moment."""

    link: Link | None = None
    news: bool = False
    broken: bool = False
    looked: Looked | None = None


def take_turn(account_id: int, link: Link | None, *, readers: Readers, clock: Clock) -> Turn:
    """Give an account of the firm in scope its turn. Expected failures are booked on the account, never raised."""
    account = Account.objects.select_related("mailbox").filter(pk=account_id).first()
    if account is None or account.state == AccountState.PAUSED:
        _close(link)
        return Turn()
    looked = Looked()
    try:
        link = _ready(account, link)
        look_through(account, link, readers=readers, clock=clock, looked=looked)
        turn = _rest(account, link, looked, readers, clock)
        live.succeeded(
            account, now=clock(), more=looked.more,
            next_at=after_success(clock(), idle=turn.link is not None, more=looked.more),
        )  # fmt: skip
        return turn
    except AmendsError as error:
        _close(link)
        if looked.noted:
            account.failures = 0  # it got on: that is no failure in a row
        for_good = isinstance(
            error, PasswordRefused | PermissionRefused | CannotUnseal
        )  # asking again would lock the account
        retry = None if for_good else after_failure(clock(), failures=account.failures + 1)
        live.failed(account, str(error), now=clock(), next_at=retry)
        return Turn(looked=looked)
    except BaseException:
        _close(link)
        live.failed(
            account, "Something went wrong inside Amends; the log says what.", now=clock(),
            next_at=after_failure(clock(), failures=account.failures + 1),
        )  # fmt: skip
        raise


def _ready(account: Account, link: Link | None) -> Link:
    """The connection, listening to commands; a new one where the old one has died in IDLE, which they do."""
    if link is not None:
        try:
            link.stop_idling()
            return link
        except LiveTrouble:
            _close(link)
    return open_account(account)


def _rest(account: Account, link: Link, looked: Looked, readers: Readers, clock: Clock) -> Turn:
    """Wait for news in IDLE where the server knows that; otherwise say goodbye."""
    if looked.more:
        return Turn(link, news=True, looked=looked)
    inbox = Folder.objects.filter(account=account, chosen=True, missing=False, role=FolderRole.INBOX).first()
    if inbox is None or not link.has_idle:
        _close(link)
        return Turn(looked=looked)
    here = link.examine(inbox.name)
    if here.uidvalidity != inbox.uidvalidity or here.uidnext - 1 > inbox.highest_uid:  # it came in meanwhile
        look_through(account, link, readers=readers, clock=clock, looked=looked)
        link.examine(inbox.name)
    return Turn(link, news=link.idle(), looked=looked)


def _close(link: Link | None) -> None:
    if link is not None:
        with suppress(Exception):
            link.close()
