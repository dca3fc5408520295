"""What an organisation was to the firm at a moment, by what was known then: by the same judgement as today's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from amends.clients.models import Client, Standing
from amends.clients.rules import FREEMAIL
from amends.judgement.parties import Party, classify
from amends.mail.queries import Reader, samples_then

SAMPLES = 20  # of the newest messages each way decide

_STANDING = {
    "client": Standing.CLIENT,
    "vendor": Standing.VENDOR,
    "applicant": Standing.APPLICANT,
    "service": Standing.SERVICE,
    "unknown": Standing.UNSURE,
}


def standing_of(party: Party) -> Standing:
    """Somebody who only tries to sell us something is shown with the vendors."""
    if party.kind == "unknown" and party.rules:
        return Standing.VENDOR
    return _STANDING[party.kind]


def standings_then(reader: Reader, clients: Iterable[Client], *, at: datetime) -> dict[int, Standing]:
    """The standing of each client (by key) at `at`: what a person had decided by then, else what its mail said."""
    found: dict[int, Standing] = {}
    open_ones = []
    for client in clients:
        if client.standing_fixed and (client.standing_at is None or client.standing_at <= at):
            found[client.pk] = Standing(client.standing)
        else:
            open_ones.append(client.pk)
    for key, said in samples_then(reader, open_ones, each=SAMPLES, at=at).items():
        party = classify(
            said.addresses,
            received=said.received_count,
            sent=said.sent_count,
            received_samples=said.received,
            sent_samples=said.sent,
            free_mail=any(address.rpartition("@")[2] in FREEMAIL for address in said.addresses),
        )
        found[key] = standing_of(party)
    return found
