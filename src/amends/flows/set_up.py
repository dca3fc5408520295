"""Making a firm out of its mail, and the people and mailboxes that an import needs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from amends.clients.rules import FREEMAIL, client_name, organisation
from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Firm, Member, OwnDomain
from amends.firm.row_security import obeys
from amends.firm.scope import current_firm_id, firm_scope
from amends.firm.sign_in import make_link
from amends.mail.models import Copy, ImportRun, Mailbox, Visibility
from amends.mail.own import propose_own, sample
from amends.mail.sources import open_source

ARCHIVE = "imported archives"


class CannotTellWhose(AmendsError):
    """The mail names nobody who could be the firm."""


class CannotAddFirm(AmendsError):
    """There can be no second firm here, or there is one of that name."""


class NoDomain(AmendsError):
    """What was given as an own domain is none."""


_DOMAIN = re.compile(r"(?:[^\s@]+)?@?(?:[\w-]+\.)+[\w-]{2,}")
UNNAMED = "Our firm"  # until its mail or a person says more


class NoSuchMember(AmendsError):
    """No member has this address."""


class OtherReaders(AmendsError):
    """What is brought in would open, close or give away a mailbox that is there already."""

    def __init__(self, mailbox: Mailbox, before: tuple[Member | None, str]) -> None:
        owner, visibility = before
        whose = f"{owner.email}’s" if owner else "nobody’s own"
        count = Copy.objects.filter(mailbox=mailbox).count()
        super().__init__(
            f"The mailbox “{mailbox.address}” is there already: {whose}, {visibility}, {count:,} messages. This would"
            " change whose it is or who reads it, and all of it: leave --owner and --visibility out, name another"
            " --mailbox, or add --change-readers."
        )


def check_sources(paths: Sequence[Path]) -> None:
    """Raise `NotMail` where a path holds no mail, before anything is written."""
    for path in paths:
        next(iter(open_source(path, scratch=settings.UPLOADS / "sample")), None)
    shutil.rmtree(settings.UPLOADS / "sample", ignore_errors=True)


def own_domains() -> set[str]:
    """The own domains of the firm in scope."""
    return set(OwnDomain.objects.values_list("value", flat=True))


def own_domains_of(paths: Sequence[Path]) -> list[str]:
    """The firm's own domains, proposed from the mail; raises `CannotTellWhose` where it names no address."""
    scratch = settings.UPLOADS / "sample"
    items = sample(item for path in paths for item in open_source(path, scratch=scratch))
    found = propose_own(items, organisation)
    shutil.rmtree(scratch, ignore_errors=True)
    if not found:
        message = (
            "The mail does not show which domain is your own: say it with --own-domain, as in --own-domain example.com"
        )
        raise CannotTellWhose(message)
    return found


def found_firm(domains: Sequence[str], *, now: datetime, name: str = "") -> Firm:
    """Make the firm that owns `domains`."""
    with transaction.atomic():
        firm, _ = Firm.objects.get_or_create(
            name=name or client_name(domains[0], ""), defaults={"created_at": now}
        )  # two first imports may begin together
        with firm_scope(firm):
            add_own_domains(domains)
    return firm


def add_firm(name: str, domains: Sequence[str], *, now: datetime) -> str:
    """Make one more firm; returns the secret of a link for its first administrator. Raises `CannotAddFirm`."""
    if connection.vendor == "sqlite" and Firm.objects.exists():
        message = "A home on SQLite holds one firm: several need PostgreSQL, see AMENDS_DATABASE_URL."
        raise CannotAddFirm(message)
    if not name.strip() or Firm.objects.filter(name__iexact=name.strip()).exists():
        message = f"{name!r} cannot be the name of a new firm: choose one that no other firm has."
        raise CannotAddFirm(message)
    if Firm.objects.exists() and not obeys():
        message = (
            "PostgreSQL does not keep several firms apart for a superuser: make a role of its own first,"
            " see docs/how-to/several-machines.md."
        )
        raise CannotAddFirm(message)
    with transaction.atomic(), firm_scope(found_firm(domains, now=now, name=name.strip())):
        return make_link(None, now=now)


def first_link(*, now: datetime) -> str | None:
    """The secret of a link for the first administrator, where there is nobody yet who can sign in; else None."""
    firm = Firm.objects.order_by("pk").first() or found_firm([], now=now, name=UNNAMED)
    with firm_scope(firm):
        return None if Member.objects.exists() else make_link(None, now=now)


def member_called(email: str) -> Member:
    """The member with this address; raises `NoSuchMember`."""
    found = Member.objects.filter(email=email.strip().lower()).first()
    if found is None:
        message = f"No member has the address {email}: check it, or invite them first."
        raise NoSuchMember(message)
    return found


def learn_own_domains(paths: Sequence[Path]) -> list[str]:
    """Where the firm in scope has no domain yet, take those that the mail proposes; returns what was taken."""
    if OwnDomain.objects.exists():
        return []
    domains = own_domains_of(paths)
    with transaction.atomic():
        add_own_domains(domains)
        Firm.objects.filter(pk=current_firm_id(), name=UNNAMED).update(name=client_name(domains[0], ""))
    return domains


def add_own_domains(domains: Sequence[str]) -> None:
    """Note more domains as the firm's own."""
    for domain in domains:
        OwnDomain.objects.get_or_create(value=own_value(domain))


def own_value(domain: str) -> str:
    """A domain as a person types it, as it is kept: "@Mail.Example.com" is "example.com"; addresses stay addresses.

    Raises `NoDomain` for what is none, and for a free-mail provider, whose other users are not the firm.
    """
    value = domain.strip().lower()
    if not _DOMAIN.fullmatch(value):
        message = f"{domain!r} is no mail domain: write it as example.com, or a whole address at a free-mail provider."
        raise NoDomain(message)
    bare = value.lstrip("@")
    if bare in FREEMAIL:
        message = f"{bare} is a free-mail provider: give your whole address there, as in you@{bare}."
        raise NoDomain(message)
    return organisation(value if "@" in value.lstrip("@") else f"x@{value.lstrip('@')}")


def begin_run(
    paths: Sequence[Path],
    *,
    now: datetime,
    address: str = "",
    owner: str = "",
    visibility: str = "",
    member: Member | None = None,
    change_readers: bool = False,
) -> ImportRun:
    """Record what is to be imported, before anything is read. Raises `NoSuchMember`, and `OtherReaders` where a mailbox
    that is known would get another owner or other readers, unless `change_readers` says that this is meant."""
    with transaction.atomic():
        mailbox, made = Mailbox.objects.get_or_create(address=address or ARCHIVE, defaults={"created_at": now})
        before = mailbox.owner, mailbox.visibility
        if owner:
            mailbox.owner = member_called(owner)
        if visibility:
            mailbox.visibility = Visibility(visibility)
        if not (made or change_readers) and before != (mailbox.owner, mailbox.visibility):
            raise OtherReaders(mailbox, before)
        mailbox.save()
        if not made and before != (mailbox.owner, mailbox.visibility):
            detail = {"owner": mailbox.owner.email if mailbox.owner else "", "visibility": mailbox.visibility}
            note("mailbox.changed", member=member, now=now, about=f"mailbox {mailbox.public_id}", detail=detail)
        return ImportRun.objects.create(
            mailbox=mailbox,
            started_by=member,
            sources=[str(path) for path in paths],
            label=", ".join(path.name for path in paths)[:300],
            created_at=now,
        )
