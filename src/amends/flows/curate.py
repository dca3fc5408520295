"""What a person says of clients, carried through everything that rests on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from amends.clients.actions import curate
from amends.clients.actions.forget import take_away
from amends.clients.models import Client, Domain, Standing
from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.flows.judge import Progress, judge_new
from amends.flows.set_up import own_domains
from amends.flows.webhooks import announce
from amends.goodwill.actions.move import move_goodwill
from amends.mail.actions import move
from amends.mail.actions.replace import replace_all
from amends.mail.actions.threads import lock_firm
from amends.signals.actions import drop_misplaced, move_signals
from amends.signals.actions.promises import drop_misplaced_promises, move_promises


class SameClient(AmendsError):
    """A client cannot be merged into itself."""


class OnlyDomain(AmendsError):
    """A client with one domain has nothing to split off."""


def rename(client: Client, name: str, *, member: Member | None, seen: str | None = None) -> None:
    """Give a client the name its people use; raises `clients.actions.curate.NameMissing` and `NamedMeanwhile`."""
    curate.rename(client, name, member=member, seen=seen)


def set_standing(client: Client, standing: Standing, *, why: str, member: Member | None, now: datetime) -> None:
    """Say what an organisation is to the firm; its signals follow."""
    with transaction.atomic():
        curate.set_standing(client, standing, why=why, member=member, now=now)
        Client.objects.filter(pk=client.pk).update(touched_at=now)
    judge_new(now=now)


def merge(source: Client, target: Client, *, member: Member | None, now: datetime) -> None:
    """Make `source` a part of `target`: mail, people, engagements and signals. Raises `SameClient`."""
    if source.pk == target.pk or target.merged_into_id is not None:
        message = f"{source.name} cannot be merged into itself: choose another client."
        raise SameClient(message)
    with transaction.atomic():
        lock_firm()
        curate.move_domains(source, target, member=member)
        move.move_all(source, target, now=now)
        move_signals(source, target)
        move_promises(source, target)
        move_goodwill(source, target)
        Client.objects.filter(pk=source.pk).update(merged_into=target, touched_at=None)
    judge_new(now=now)


def split(domain: Domain, name: str, *, member: Member | None, now: datetime) -> Client:
    """Make a client of its own from one of a client's domains. Raises `OnlyDomain`."""
    source = domain.client
    if source.domains.count() < 2:
        message = f"{domain.value} is the only domain of {source.name}: rename the client instead."
        raise OnlyDomain(message)
    with transaction.atomic():
        lock_firm()
        made = curate.split_domain(domain, name=name, member=member, now=now)
        move.move_domain(domain.value, source, made, now=now)
        move_signals(source, made, only_moved=True)
        move_promises(source, made, only_moved=True)
        announce.clients_created([made.public_id], now=now)
    judge_new(now=now)
    return made


def place_anew(
    *, now: datetime, progress: Progress = lambda done, total: None, share: Callable[[], None] = lambda: None
) -> None:
    """Place and judge all stored mail again, after the firm's own domains or its working time have changed.

    `progress` and `share` as `judge.judge_new` takes them.
    """
    with transaction.atomic():
        for client in Client.objects.filter(domains__value__in=own_domains()).distinct():
            client.domains.all().delete()  # we are nobody's client
            take_away(client)
        curate.unsure_again()
    replace_all(now=now)
    drop_misplaced_promises()
    drop_misplaced()
    judge_new(now=now, progress=progress, share=share)
