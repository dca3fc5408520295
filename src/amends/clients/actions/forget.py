"""Forgetting a client or a person: their rows here, and a mark that nobody can read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import ForeignObjectRel, ProtectedError

from amends.clients.models import (
    Client,
    Contact,
    Domain,
    Engagement,
    Erased,
    GlossaryTerm,
    KnownRecord,
    Standing,
    TimeEntry,
    Upload,
    UploadState,
)
from amends.clients.queries import Trace
from amends.firm.scope import FirmRow
from amends.firm.words import holding

NAMELESS = "Erased"
"""What stands for a client, or an engagement, of which only hours are left."""
_SHORTEST = 4  # letters of a name that is looked for in other texts; a shorter one stands in too many words


def remember_erased(traces: Iterable[Trace], *, now: datetime) -> None:
    """Keep marks of what is erased, so that it does not come back with an old archive."""
    rows = [Erased(mark=trace.mark(), at=now) for trace in set(traces)]
    Erased.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["firm", "mark"], update_fields=["at"], batch_size=500
    )


def looked_for(words: Iterable[str]) -> list[str]:
    """Those of these names and addresses that are looked for in texts."""
    return sorted({word for word in words if len(word) >= _SHORTEST})


def forget_client(client: Client) -> None:
    """Take away a client, those merged into it, its people, domains and engagements.

    Hours are the firm's own: where some are booked, they stay as numbers of a client and an engagement without names,
    with the money that they are worth. So do the lines of its account.
    """
    merged = Client.objects.filter(merged_into=client)
    both = [client.pk, *merged.values_list("pk", flat=True)]
    Domain.objects.filter(client__in=both).delete()
    Contact.objects.filter(client__in=both).delete()
    GlossaryTerm.objects.filter(client__in=both).delete()
    with_hours = TimeEntry.objects.filter(engagement__client__in=both)
    with_hours.update(description="", task="", tags=[], project="")
    Engagement.objects.filter(client__in=both, time=None).delete()
    Engagement.objects.filter(client__in=both).update(name=NAMELESS, kind="", closed_why="", client=client)
    KnownRecord.objects.filter(client__in=both).delete()
    KnownRecord.objects.filter(engagement__client__in=both).delete()
    for each in [*merged, client]:
        if each.pk != client.pk or not Engagement.objects.filter(client=client).exists():
            take_away(each)
        else:
            _nameless(each)


def take_away(client: Client) -> None:
    """Delete a client; one with lines in the ledger, which is append-only, stays as numbers without a name."""
    try:
        with transaction.atomic():
            client.delete()
    except ProtectedError:
        _nameless(client)


def _nameless(client: Client) -> None:
    """All that would go with it goes, but hours and who was merged into it."""
    for relation in Client._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.on_delete is models.CASCADE:
            model = relation.related_model
            if model not in (Client, Engagement) and isinstance(model, type) and issubclass(model, FirmRow):
                model.objects.filter(**{relation.field.name: client}).delete()
    Client.objects.filter(pk=client.pk).update(
        name=NAMELESS, name_fixed=True, named_by=None, standing=Standing.NOT_A_CLIENT, standing_fixed=True,
        standing_why="", standing_by=None, standing_at=None, first_at=None, last_at=None, received=0, sent=0,
        touched_at=None, industry="",
    )  # fmt: skip


def forget_contact(contact: Contact) -> None:
    """Take away a person and their addresses, and an organisation that was nobody but them."""
    client = contact.client
    contact.delete()
    if lonely(client):
        Domain.objects.filter(client=client).delete()
        take_away(client)


def lonely(client: Client) -> bool:
    """Whether nobody and nothing is left of a client but one person's address at a free-mail provider."""
    values = list(Domain.objects.filter(client=client).values_list("value", flat=True))
    busy = Contact.objects.filter(client=client).exists() or Engagement.objects.filter(client=client).exists()
    return bool(values) and all("@" in value for value in values) and not busy


def forget_words(client: Client, words: Collection[str]) -> int:
    """Take what names a person out of a client's hours, engagements and standing; returns out of how many hours."""
    words = looked_for(words)
    for column in ("standing_why", "industry"):
        Client.objects.filter(holding(words, text=[column]), pk=client.pk).update(**{column: ""})
    GlossaryTerm.objects.filter(holding(words, text=["wrong", "right", "why"]), client=client).delete()
    engagements = Engagement.objects.filter(client=client)
    engagements.filter(holding(words, text=["closed_why"])).update(closed_why="")
    engagements.filter(holding(words, text=["kind"])).update(kind="")
    engagements.filter(holding(words, text=["name"])).update(name=NAMELESS)
    engagements.filter(holding(words, text=["kind"])).update(kind="")
    spoken = TimeEntry.objects.filter(engagement__client=client)
    spoken.filter(holding(words, text=["project"])).update(project="")
    named = spoken.filter(holding(words, text=["description", "task"], data=["tags"]))
    return named.update(description="", task="", tags=[])


def looked_at() -> list[Upload]:
    """Files of hours and clients that were only looked at: any may hold their names."""
    return list(Upload.objects.filter(state=UploadState.PREVIEW))


def forget_uploads(words: Collection[str], *, going: Collection[Upload]) -> None:
    """Take away the rows of the files `going`, and the words of those that were imported before.

    One that is being imported stays as it is.
    """
    Upload.objects.filter(pk__in=[upload.pk for upload in going], state=UploadState.PREVIEW).delete()
    over = Upload.objects.filter(state__in=[UploadState.DONE, UploadState.FAILED, UploadState.UNDONE])
    for upload in over.filter(holding(words, text=["name", "problem"], data=["options", "report"])):
        upload.name, upload.problem, upload.options = "a file", "", {}
        upload.report = {name: _wordless(value) for name, value in upload.report.items()}
        upload.save(update_fields=["name", "problem", "options", "report"])


def _wordless(value: Any) -> Any:
    """Counts stay; of texts and lists, that there were some."""
    return value if value is None or isinstance(value, (bool, int, float)) else type(value)()
