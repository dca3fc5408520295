"""What a client's whole correspondence says: whether it is a client at all, and whether it is unusually quiet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects

from amends.clients.actions.curate import settle, stand, suggest_name
from amends.clients.models import Client, Domain, Standing
from amends.clients.queries import touched_clients
from amends.clients.rules import FREEMAIL, name_in
from amends.firm.queries import firm_in_scope, working_time
from amends.flows.judge.course import comes_back
from amends.flows.judge.silence import Quiet, silences
from amends.insights.standing import SAMPLES, standing_of
from amends.judgement.parties import Party, classify
from amends.mail.queries import Letters, letters_of
from amends.signals.actions import record

BATCH = 50
_SETTLED_AT = 60  # messages; what an organisation is does not change by another one


def settle_clients(*, now: datetime) -> Iterator[int]:
    """Bring every touched client's standing and silences up to date; yields the size of each batch done."""
    firm = firm_in_scope()
    quiet = Quiet(firm, working_time(firm))
    _stand_all()
    while batch := touched_clients(BATCH):
        # Also of those who are no clients: they may have been, or become so; who asks looks at their standing.
        found = [*silences(batch, quiet), *comes_back(batch)]
        with transaction.atomic():
            record(found)
            settle(batch)
        yield len(batch)


def _stand_all() -> None:
    """Decide what each touched organisation is, before any rhythm is learned from those that are clients."""
    wanted = [client for client in touched_clients(None) if not client.standing_fixed and not _known(client)]
    for at in range(0, len(wanted), BATCH):
        batch = wanted[at : at + BATCH]
        prefetch_related_objects(batch, Prefetch("domains", Domain.objects.order_by("id")))
        letters = letters_of(batch, each=SAMPLES)
        for client in batch:
            party = _party(client, letters[client.pk])
            stand(client, standing_of(party), why=party.reason)
            _name(client, letters[client.pk])


def _known(client: Client) -> bool:
    return client.standing != Standing.UNSURE and client.received + client.sent > _SETTLED_AT


def _name(client: Client, letters: Letters) -> None:
    """Call a client what its own people call it, where their mail says so."""
    domain = next(iter(client.domains.all()), None)
    found = name_in("\n".join(letters.words), domain.value) if domain and not client.name_fixed else ""
    if found and found != client.name:
        suggest_name(client, found)


def _party(client: Client, letters: Letters) -> Party:
    return classify(
        letters.addresses,
        received=client.received,
        sent=client.sent,
        received_samples=letters.received,
        sent_samples=letters.sent,
        free_mail=any(address.rpartition("@")[2] in FREEMAIL for address in letters.addresses),
    )
