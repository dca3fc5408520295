"""Adding, changing and removing live mailboxes. Each is tried at its server before anything is kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.firm.scope import current_firm_id
from amends.firm.secrets import seal
from amends.flows.live.looking import note_folders
from amends.flows.live.opening import PURPOSE, connector_of, grantor, open_account
from amends.flows.set_up import NoDomain, add_own_domains, own_domains
from amends.flows.tasks import place_anew
from amends.mail.live import (
    CertificateRefused,
    Connector,
    HostNotAllowed,
    Link,
    LiveTrouble,
    NobodyAnswers,
    NoSuchHost,
    NotImap,
    NoTls,
    open_link,
)
from amends.mail.live.permission import Tokens
from amends.mail.live.providers import Place, places_for
from amends.mail.models import Account, AccountState, Credential, Folder, Mailbox, Message, Security, Visibility


class CannotGuess(LiveTrouble):
    """The address does not show where its mailbox lies."""


class UnusualPort(LiveTrouble):
    """A port that only an administrator may name."""

    field = "port"


class NotYours(AmendsError):
    """The mailbox belongs to another member."""


class Connected(AmendsError):
    """The mailbox is connected already."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a person says about a mailbox; an empty host is guessed, an empty user name is the address."""

    address: str
    password: str
    since: date
    host: str = ""
    port: int = 993
    security: str = Security.TLS
    username: str = ""
    visibility: str = Visibility.METADATA
    owner: Member | None = None
    forwards: bool = False


@dataclass(frozen=True, slots=True)
class Permission:
    """What a provider gave in place of a password: of which kind, and its tokens."""

    kind: str
    tokens: Tokens


def may_tend(member: Member, mailbox: Mailbox) -> bool:
    """Whether a member may see how a mailbox stands, mend, pause and remove it."""
    own = mailbox.owner_id == member.pk and may(member.role, Right.ACT)
    return own or may(member.role, Right.ADMINISTER)


def may_open(member: Member, mailbox: Mailbox) -> bool:
    """Whether a member says whose a mailbox is and who reads it: its owner; of one without an owner who is still here,
    an administrator. No role opens what is somebody's own."""
    owner = mailbox.owner
    if owner is not None and owner.is_active:
        return owner.pk == member.pk
    return may(member.role, Right.ADMINISTER)


def connect(given: Given, *, by: Member, now: datetime, permission: Permission | None = None) -> Account:
    """Try the server, then keep the account; looking through it begins at once. A mailbox that is known and somebody
    else's stays theirs, as open or closed as they left it.

    Raises a `LiveTrouble` where it cannot be reached, `Connected` or `NotYours` where the address is taken.
    """
    _refuse_taken(given, by)
    link, connector = _try(given, by, permission)
    with link:
        listed = link.folders()
    with transaction.atomic():
        mailbox, new = Mailbox.objects.get_or_create(address=given.address, defaults={"created_at": now})
        if new or may_open(by, mailbox):
            mailbox.owner, mailbox.visibility = given.owner, given.visibility
            mailbox.save(update_fields=["owner", "visibility"])
        account = Account.objects.create(
            mailbox=mailbox,
            host=connector.host,
            port=connector.port,
            security=connector.security,
            username=connector.username,
            credential=permission.kind if permission else Credential.PASSWORD,
            secret=seal(permission.tokens.refresh if permission else connector.password, purpose=PURPOSE),
            since=given.since,
            forwards=given.forwards,
            state=AccountState.NEW,
            state_since=now,
            next_at=now,
            created_at=now,
        )
        note_folders(account, listed, now=now)
        _own(given.address)
        detail = {"host": account.host, **_readers(mailbox)}
        note("mailbox.connected", member=by, about=given.address, detail=detail, now=now)
    return account


def mend(
    account: Account, *, password: str, host: str, port: int, security: str, username: str, by: Member, now: datetime
) -> None:
    """Try another password or another server, and go on with it; an empty password leaves the old one."""
    _refuse(account, by)
    account.host, account.port, account.security, account.username = host, port, security, username
    if password:
        account.secret = seal(password, purpose=PURPOSE)
        account.credential = Credential.PASSWORD
    known = replace(connector_of(account), private=_may_be_private(host, by))
    _refuse_port(port, by)
    open_link(known).close()
    fields = ["host", "port", "security", "username", "secret", "credential"]
    with transaction.atomic():
        account.save(update_fields=fields)
        _wake(account, now=now)
        note("mailbox.mended", member=by, about=account.mailbox.address, detail={"host": host}, now=now)


def permit(account: Account, permission: Permission, *, by: Member, now: datetime) -> None:
    """Go on with a permission that was given anew, or in the place of a password."""
    _refuse(account, by)
    account.credential, account.secret = permission.kind, seal(permission.tokens.refresh, purpose=PURPOSE)
    known = Connector(
        host=account.host, port=account.port, security=account.security, username=account.username,
        token=permission.tokens.access, ca_file=settings.MAIL_CA_FILE,
    )  # fmt: skip
    open_link(known).close()
    with transaction.atomic():
        account.save(update_fields=["credential", "secret"])
        _wake(account, now=now)
        note("mailbox.mended", member=by, about=account.mailbox.address, detail={"by": permission.kind}, now=now)


def adjust(
    account: Account,
    *,
    folders: Collection[str],
    since: date,
    visibility: str | None,
    owner: Member | None,
    by: Member,
    now: datetime,
) -> None:
    """Other folders (by public id), another start date, other readers. Nothing that was taken in is thrown away.

    `visibility` None leaves readers and owner as they are; only whoever `may_open` it changes them, else `NotYours`.
    """
    _refuse(account, by)
    mailbox = account.mailbox
    if visibility is not None and not may_open(by, mailbox):
        message = f"{mailbox.address} is {mailbox.owner}’s: only they say who reads it."
        raise NotYours(message)
    with transaction.atomic():
        rows = Folder.objects.filter(account=account)
        rows.filter(public_id__in=folders).update(chosen=True)
        rows.exclude(public_id__in=folders).update(chosen=False)
        if since < account.since:
            rows.update(highest_uid=0)  # what was noted stays noted: only what is older is fetched
        Account.objects.filter(pk=account.pk).update(since=since)
        if visibility is not None:
            mailbox.visibility = visibility
            if may(by.role, Right.ADMINISTER):
                mailbox.owner = owner
            mailbox.save(update_fields=["visibility", "owner"])
        if account.state not in {AccountState.PAUSED, AccountState.REFUSED}:
            Account.objects.filter(pk=account.pk).update(revision=F("revision") + 1, next_at=now)
        detail = {**_readers(mailbox), "folders": len(folders), "since": since.isoformat()}
        note("mailbox.changed", member=by, about=mailbox.address, detail=detail, now=now)


def pause(account: Account, *, by: Member, now: datetime) -> None:
    """Stop looking, until somebody says go on."""
    _refuse(account, by)
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(
            state=AccountState.PAUSED, state_since=now, next_at=None, revision=F("revision") + 1
        )
        note("mailbox.paused", member=by, about=account.mailbox.address, now=now)


def resume(account: Account, *, by: Member, now: datetime) -> None:
    """Go on looking."""
    _refuse(account, by)
    with transaction.atomic():
        _wake(account, now=now)
        note("mailbox.resumed", member=by, about=account.mailbox.address, now=now)


def look_now(account: Account, *, by: Member, now: datetime) -> None:
    """Look as soon as a poller is free; a paused or refused mailbox stays as it is."""
    _refuse(account, by)
    resting = [AccountState.PAUSED, AccountState.REFUSED]
    Account.objects.filter(pk=account.pk).exclude(state__in=resting).update(next_at=now)


def refresh_folders(account: Account, *, by: Member, now: datetime) -> list[Folder]:
    """Ask the server for its folders now; raises a `LiveTrouble`."""
    _refuse(account, by)
    with open_account(account) as link:
        listed = link.folders()
    return note_folders(account, listed, now=now)


def remove(account: Account, *, by: Member, now: datetime) -> None:
    """Forget the server and the password; the mailbox and its mail stay."""
    _refuse(account, by)
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).delete()
        note("mailbox.removed", member=by, about=account.mailbox.address, now=now)


def _wake(account: Account, *, now: datetime) -> None:
    """Try again at once, as if nothing had happened."""
    state = AccountState.READY if account.succeeded_at else AccountState.NEW
    Account.objects.filter(pk=account.pk).update(
        state=state, state_since=now, problem="", failures=0, next_at=now, revision=F("revision") + 1
    )


def _refuse(account: Account, by: Member) -> None:
    if not may_tend(by, account.mailbox):
        message = f"{account.mailbox.address} is not your mailbox: ask an administrator."
        raise NotYours(message)


def _readers(mailbox: Mailbox) -> dict[str, str]:
    return {"visibility": str(mailbox.visibility), "owner": mailbox.owner.email if mailbox.owner else ""}


def _refuse_taken(given: Given, by: Member) -> None:
    address = given.address
    mailbox = Mailbox.objects.filter(address=address).select_related("owner").first()
    if mailbox is None:
        return
    theirs = may(by.role, Right.ADMINISTER) and given.owner is not None and given.owner == mailbox.owner
    free = mailbox.owner is None or may_open(by, mailbox)
    if not (free or theirs):
        message = f"{address} belongs to somebody else here: they can connect it, or an administrator for them."
        raise NotYours(message)
    if Account.objects.filter(mailbox=mailbox).exists():
        message = f"{address} is connected already: mend it or change it on its own page."
        raise Connected(message)


_ELSEWHERE = (NoSuchHost, NobodyAnswers, CertificateRefused, NotImap, NoTls, HostNotAllowed)


def _may_be_private(host: str, by: Member) -> bool:
    """Whether the server may be in a network of one's own: an administrator knows, and says so for everybody else."""
    return may(by.role, Right.ADMINISTER) or Account.objects.filter(host=host).exists()


def _refuse_port(port: int, by: Member) -> None:
    if port not in {143, 993} and not may(by.role, Right.ADMINISTER):
        message = f"Port {port} is no usual one of a mail server (993 or 143): ask an administrator to connect it."
        raise UnusualPort(message)


def _try(given: Given, by: Member, permission: Permission | None) -> tuple[Link, Connector]:
    """Sign in at the server that was given, or at the first of the likely ones that answers as it should."""
    known = Connector(
        host=given.host, port=given.port, security=given.security, username=given.username or given.address,
        password=given.password, token=permission.tokens.access if permission else "",
        ca_file=settings.MAIL_CA_FILE, private=_may_be_private(given.host, by),
    )  # fmt: skip
    if given.host:
        _refuse_port(given.port, by)
        return open_link(known), known
    places = [Place(grantor(permission.kind).host)] if permission else places_for(given.address)
    trouble: LiveTrouble | None = None
    for place in places:
        found = replace(known, host=place.host, port=place.port, security=place.security)
        try:
            return open_link(found), found
        except _ELSEWHERE as error:
            trouble = trouble or error
    tried = ", ".join(place.host for place in places)
    message = (
        f"No mail server was found for {given.address}{f' (tried {tried})' if tried else ''}: "
        "say under “The server” where the mailbox is."
    )
    raise CannotGuess(message) from trouble


def _own(address: str) -> None:
    """Whoever has a mailbox here is one of the firm: else what they sent would count as received."""
    before = own_domains()
    try:
        add_own_domains([address])
    except NoDomain:
        return
    if own_domains() != before and Message.objects.exists():
        firm_id = current_firm_id()
        transaction.on_commit(lambda: place_anew.enqueue(firm_id=firm_id))
