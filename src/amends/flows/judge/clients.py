"""What a client's whole correspondence says: whether it is a client at all, and whether it is unusually quiet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Prefetch, prefetch_related_objects

from amends.clients.actions.curate import settle, stand, stood, suggest_name
from amends.clients.models import Client, Domain
from amends.clients.queries import touched_clients, unstood_clients
from amends.clients.rules import FREEMAIL, name_in
from amends.firm.queries import firm_in_scope, working_time
from amends.flows.capital.posting import catch_up
from amends.flows.judge.course import comes_back
from amends.flows.judge.silence import Quiet, silences
from amends.flows.judge.stages import Judge, Keep, Stage, Write
from amends.insights.standing import SAMPLES, standing_of
from amends.judgement.parties import Party, classify
from amends.mail.queries import Letters, letters_of
from amends.signals.actions import record

BATCH = 50
_SETTLED_AT = 60  # messages; what an organisation is does not change by another one


def _begin_standing(now: datetime) -> Judge:
    """Decide what touched organisations are, before any rhythm is learned from those that are clients."""

    def judge(batch: Sequence[Client], keep: Keep) -> Write:
        prefetch_related_objects(list(batch), Prefetch("domains", Domain.objects.order_by("id")))
        letters = letters_of(batch, each=SAMPLES)
        decided: list[tuple[Client, Party, str]] = []
        for client in batch:
            keep()
            decided.append((client, _party(client, letters[client.pk]), _name(client, letters[client.pk])))

        def write() -> None:
            for client, party, name in decided:
                stand(client, standing_of(party), why=party.reason)
                if name:
                    suggest_name(client, name)
            stood(batch)

        return write

    return judge


def _begin_silences(now: datetime) -> Judge:
    """Bring touched clients' silences, what they said before, and their accounts up to date."""
    firm = firm_in_scope()
    quiet = Quiet(firm, working_time(firm))

    def judge(batch: Sequence[Client], keep: Keep) -> Write:
        # Also of those who are no clients: they may have been, or become so; who asks looks at their standing.
        found = []
        for signal in silences(batch, quiet):
            keep()
            found.append(signal)
        found += comes_back(batch)

        def write() -> None:
            record(found)
            settle(batch)
            catch_up([client.pk for client in batch], now=now)

        return write

    return judge


STANDING = Stage(
    "standing", pick=lambda exclude: unstood_clients(BATCH, known=_SETTLED_AT, exclude=exclude),
    begin=_begin_standing, counts=False,
)  # fmt: skip
SILENCES = Stage("clients", pick=lambda exclude: touched_clients(BATCH, exclude=exclude), begin=_begin_silences)


def _name(client: Client, letters: Letters) -> str:
    """What a client's own people call it, where their mail says so and it is called otherwise."""
    domain = next(iter(client.domains.all()), None)
    found = name_in("\n".join(letters.words), domain.value) if domain and not client.name_fixed else ""
    return found if found and found != client.name else ""


def _party(client: Client, letters: Letters) -> Party:
    return classify(
        letters.addresses,
        received=client.received,
        sent=client.sent,
        received_samples=letters.received,
        sent_samples=letters.sent,
        free_mail=any(address.rpartition("@")[2] in FREEMAIL for address in letters.addresses),
    )
