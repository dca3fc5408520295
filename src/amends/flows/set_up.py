"""Making a firm out of its mail, and the people and mailboxes that an import needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from amends.clients.rules import client_name, organisation
from amends.core.errors import AmendsError
from amends.firm.models import Firm, Member, OwnDomain
from amends.firm.scope import firm_scope
from amends.mail.models import ImportRun, Mailbox, Visibility
from amends.mail.own import propose_own, sample
from amends.mail.sources import open_source

ARCHIVE = "imported archives"


class CannotTellWhose(AmendsError):
    """The mail names nobody who could be the firm."""


class NoSuchMember(AmendsError):
    """No member has this address."""


def own_domains_of(paths: Sequence[Path]) -> list[str]:
    """The firm's own domains, proposed from the mail; raises `CannotTellWhose` where it names no address."""
    scratch = settings.UPLOADS / "sample"
    items = sample(item for path in paths for item in open_source(path, scratch=scratch))
    found = propose_own(items, organisation)
    if not found:
        message = (
            "The mail does not show which domain is your own: say it with --own-domain, as in --own-domain example.com"
        )
        raise CannotTellWhose(message)
    return found


def found_firm(domains: Sequence[str], *, now: datetime, name: str = "") -> Firm:
    """Make the firm that owns `domains`."""
    with transaction.atomic():
        firm = Firm.objects.create(name=name or client_name(domains[0], ""), created_at=now)
        with firm_scope(firm):
            add_own_domains(domains)
    return firm


def add_own_domains(domains: Sequence[str]) -> None:
    """Note more domains as the firm's own."""
    for domain in domains:
        value = domain.strip().lower().lstrip("@")
        OwnDomain.objects.get_or_create(value=organisation(f"x@{value}") if "@" not in value else value)


def begin_run(
    paths: Sequence[Path],
    *,
    now: datetime,
    address: str = "",
    owner: str = "",
    visibility: str = "",
    member: Member | None = None,
) -> ImportRun:
    """Record what is to be imported, before anything is read; raises `NoSuchMember`."""
    with transaction.atomic():
        mailbox, _ = Mailbox.objects.get_or_create(address=address or ARCHIVE, defaults={"created_at": now})
        if owner:
            mailbox.owner = Member.objects.filter(email=owner.lower()).first()
            if mailbox.owner is None:
                message = f"No member has the address {owner}: invite them first, or leave --owner out."
                raise NoSuchMember(message)
        if visibility:
            mailbox.visibility = Visibility(visibility)
        mailbox.save()
        return ImportRun.objects.create(
            mailbox=mailbox,
            started_by=member,
            sources=[str(path) for path in paths],
            label=", ".join(path.name for path in paths)[:300],
            created_at=now,
        )
