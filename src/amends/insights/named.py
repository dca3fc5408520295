"""What the things are called that the audit log names by kind and id."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from amends.clients.models import Client, Engagement
from amends.firm.models import AccessToken
from amends.mail.models import Mailbox


@dataclass(frozen=True, slots=True)
class Named:
    """A thing by its name. `client` is the public id of the client that an engagement is for."""

    kind: str
    name: str
    public_id: uuid.UUID
    client: uuid.UUID | None = None


def kind_and_id(about: str) -> tuple[str, uuid.UUID] | None:
    """ "client 0198…" as its parts; None for what is no kind and id."""
    kind, _, rest = about.partition(" ")
    try:
        return kind, uuid.UUID(rest)
    except ValueError:
        return None


def named(abouts: Iterable[str]) -> dict[str, Named]:
    """By what the log says, the clients, engagements, mailboxes and access tokens that are still there.

    Names of mail, its subject, are not among them: whoever reads the log may not read all mail. One query a kind.
    """
    wanted: dict[str, dict[uuid.UUID, str]] = defaultdict(dict)
    for about in abouts:
        if parts := kind_and_id(about):
            wanted[parts[0]][parts[1]] = about
    found = {}
    for kind, ids in wanted.items():
        for one in _rows(kind, list(ids)):
            found[ids[one.public_id]] = one
    return found


def _rows(kind: str, ids: list[uuid.UUID]) -> list[Named]:
    if kind == "client":
        rows = Client.objects.filter(public_id__in=ids).values_list("public_id", "name")
        return [Named(kind, name, key) for key, name in rows]
    if kind == "engagement":
        works = Engagement.objects.filter(public_id__in=ids).values_list("public_id", "name", "client__public_id")
        return [Named(kind, name, key, client) for key, name, client in works]
    if kind == "mailbox":
        boxes = Mailbox.objects.filter(public_id__in=ids).values_list("public_id", "address")
        return [Named(kind, address, key) for key, address in boxes]
    if kind == "token":
        tokens = AccessToken.objects.filter(public_id__in=ids).values_list("public_id", "name")
        return [Named(kind, name, key) for key, name in tokens]
    return []
