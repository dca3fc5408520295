"""What people and the judgement say of clients: their standing, their names, who belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from amends.clients.models import Client, Contact, ContactAddress, Domain, Engagement, Standing
from amends.clients.rules import organisation
from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.scope import clear_rows, update_rows


class NameMissing(AmendsError):
    """A client cannot be called nothing."""


class NamedMeanwhile(AmendsError):
    """Somebody else has renamed the client since this person looked."""

    def __init__(self, name: str) -> None:
        super().__init__(f"It was renamed meanwhile, and is “{name}” now: rename it once more where that is not right.")


class IndustryTooLong(AmendsError):
    """An industry is a few words."""


def say_industry(client: Client, industry: str) -> bool:
    """Say in which industry a client works, in words of our own; "" for not said. Raises `IndustryTooLong`.

    Returns whether that changed anything.
    """
    plain = " ".join(industry.replace("\0", "").split())
    if len(plain) > 100:
        raise IndustryTooLong("Keep the industry to 100 characters: a word or two are enough.")
    changed = bool(Client.objects.filter(pk=client.pk).exclude(industry=plain).update(industry=plain))
    client.industry = plain
    return changed


def stand(client: Client, standing: Standing, *, why: str) -> None:
    """Note what the judgement takes an organisation for; what a person decided stays."""
    if client.standing == standing and client.standing_why == why[:300]:
        return
    client.standing, client.standing_why = standing, why[:300]
    Client.objects.filter(pk=client.pk, standing_fixed=False).update(standing=standing, standing_why=why[:300])


def unsure_again() -> None:
    """Forget what the judgement took organisations for, where no person decided."""
    Client.objects.filter(standing_fixed=False).update(standing=Standing.UNSURE, standing_why="", stood_at=None)


def stood(clients: Sequence[Client]) -> None:
    """It was decided what these organisations are, by what was stored when they were loaded."""
    for client in clients:
        client.stood_at = client.touched_at
    update_rows(clients, ["stood_at"])


def settle(clients: Sequence[Client]) -> None:
    """The signals of these clients are up to date with what was stored when they were loaded."""
    clear_rows(clients, "touched_at")


def rename(client: Client, name: str, *, member: Member | None, seen: str | None = None) -> None:
    """Give a client the name its people use. `seen` is the name that whoever renames it saw: raises `NamedMeanwhile`
    where it has another by now."""
    rows = Client.objects.filter(pk=client.pk)
    named = rows if seen is None else rows.filter(name=seen)
    if not named.update(name=_named(name), named_by=member, name_fixed=True):
        raise NamedMeanwhile(rows.values_list("name", flat=True).get())
    client.refresh_from_db(fields=["name", "named_by", "name_fixed"])


def suggest_name(client: Client, name: str) -> None:
    """A better name found in the mail; what a person wrote stays."""
    client.name = name[:200]
    Client.objects.filter(pk=client.pk, name_fixed=False).update(name=client.name)


def set_standing(client: Client, standing: Standing, *, why: str, member: Member | None, now: datetime) -> None:
    """Say what an organisation is to the firm; no later import overrules it."""
    client.standing, client.standing_why, client.standing_by, client.standing_fixed = standing, why[:300], member, True
    client.standing_at = now
    client.save(update_fields=["standing", "standing_why", "standing_by", "standing_fixed", "standing_at"])


def move_domains(source: Client, target: Client, *, member: Member | None) -> None:
    """From now on the addresses of `source` belong to `target`, its people and engagements too."""
    Domain.objects.filter(client=source).update(client=target, placed_by=member)
    Contact.objects.filter(client=source).update(client=target)
    Engagement.objects.filter(client=source).update(client=target)


def split_domain(domain: Domain, *, name: str, member: Member | None, now: datetime) -> Client:
    """Make a client of its own from one domain, with the people who write from it."""
    made = Client.objects.create(
        name=_named(name), named_by=member, name_fixed=True, standing=domain.client.standing,
        standing_why=domain.client.standing_why, created_at=now, touched_at=now,
    )  # fmt: skip
    source = domain.client
    domain.client, domain.placed_by = made, member
    domain.save(update_fields=["client", "placed_by"])
    people = ContactAddress.objects.filter(contact__client=source).select_related("contact")
    moved = {address.contact_id for address in people if organisation(address.email) == domain.value}
    Contact.objects.filter(pk__in=moved).update(client=made)
    return made


def _named(name: str) -> str:
    name = " ".join(name.split())[:200]
    if not name:
        message = "A client needs a name: write at least one letter."
        raise NameMissing(message)
    return name


def add_engagement(
    client: Client,
    *,
    name: str,
    now: datetime,
    starts_on: date | None = None,
    ends_on: date | None = None,
    renews_on: date | None = None,
    yearly_value: Decimal | None = None,
    value: Decimal | None = None,
    kind: str = "",
) -> Engagement:
    """Attach a project or retainer to a client."""
    return Engagement.objects.create(
        client=client, name=_named(name), starts_on=starts_on, ends_on=ends_on, renews_on=renews_on,
        yearly_value=yearly_value, value=value, kind=" ".join(kind.split())[:60], created_at=now,
    )  # fmt: skip
