"""Remarks about a client in mail that the client has received."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from amends.clients.models import Client, Contact
from amends.firm.models import Member
from amends.judgement.leaks import Party, find_leaks
from amends.judgement.spans import Span
from amends.mail.models import Message

_MOST_PEOPLE = 30  # of one client, those heard from last


class Company:
    """Who is who, as far as the messages at hand need it; learned by a query or two a batch."""

    def __init__(self) -> None:
        self._parties: dict[int, Party] = {}
        self.colleagues = tuple(Member.objects.values_list("name", flat=True))

    def meet(self, messages: Iterable[Message]) -> None:
        """Learn the clients of these messages that are not known yet."""
        wanted = {message.client_id for message in messages if message.client_id is not None} - self._parties.keys()
        if not wanted:
            return
        people: dict[int, list[Contact]] = defaultdict(list)
        rows = Contact.objects.filter(client__in=wanted).exclude(name="").order_by("-last_at", "pk")
        for contact in rows.prefetch_related("addresses"):
            if len(people[contact.client_id]) < _MOST_PEOPLE:
                people[contact.client_id].append(contact)
        for client in Client.objects.filter(pk__in=wanted).only("name"):
            self._parties[client.pk] = Party(
                names=(client.name, *(each.name for each in people[client.pk])),
                addresses=tuple(a.email for each in people[client.pk] for a in each.addresses.all()),
            )

    def party(self, client: int) -> Party | None:
        """A client's names and addresses."""
        return self._parties.get(client)


def leaks_in(message: Message, text: str, company: Company) -> list[Span]:
    """What this message of ours says about the client who received it, and should not have."""
    party = company.party(message.client_id) if message.client_id is not None else None
    return [*find_leaks(text, to_client=party, colleagues=company.colleagues)] if party else []
