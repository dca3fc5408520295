"""What is known around a draft, for the check to judge it in: the conversation, the firm's people and clients, the
client's words, the sender's authority, what stands open, and how the firm weighs the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db.models import Q

from amends.clients.models import Client, ContactAddress, Domain, GlossaryTerm, Standing
from amends.clients.rules import organisation
from amends.firm.budgets import may_give_back
from amends.firm.models import Member, OwnDomain
from amends.firm.scope import current_firm_id
from amends.insights.goodwill.asking import Leave, leave_of
from amends.insights.people import domains_of, names_by_client
from amends.judgement import guard
from amends.mail.models import Message
from amends.mail.parsing import Kind
from amends.mail.queries import Reader, new_text_of
from amends.outbox.models import AvoidedWords, Choice, RuleChoice, RuleExample
from amends.signals.models import Action, PromiseBy, PromiseState, Response, SignalKind
from amends.signals.queries import standing
from amends.signals.queries.promises import promises_for

EARLIER = 30
"""So many messages of a conversation, the newest, are looked at."""
_REMEMBERED = timedelta(minutes=1)
_ADDRESSES = 200
"""So many addresses of a draft and its conversation are looked up."""
_directories: dict[int, _Directory] = {}


@dataclass(frozen=True, slots=True)
class _Directory:
    """Clients by key, and by name alone, as they were at a moment. What the check works out of one stays with it."""

    at: datetime
    whole: Mapping[int, guard.Client]
    named: Mapping[int, guard.Client]


def context_around(
    reader: Reader, *, sender: Member | None, messages: Sequence[Message] = (), client: Client | None = None,
    addresses: Sequence[str] = (), now: datetime,
) -> guard.Context:  # fmt: skip
    """The context of a draft by `sender` (None: nobody known) that answers `messages`, oldest first, read by `reader`
    and with `body` and `participants` loaded, or that begins something with `client`; `addresses` are those it goes to.

    Names of clients are up to a minute old. As many queries whatever is stored.
    """
    earlier = messages[-EARLIER:]
    place = client or next((each.client for each in reversed(earlier) if each.client is not None), None)
    theirs = list(GlossaryTerm.objects.filter(client=place).order_by("pk")) if place is not None else []
    leave = leave_of(place, now=now) if place is not None else Leave()
    return guard.Context(
        own_domains=frozenset(OwnDomain.objects.values_list("value", flat=True)),
        thread=tuple(_earlier(each) for each in earlier),
        clients=directory(reader, place, beside=[*addresses, *_addresses(earlier)], now=now),
        glossary=guard.Glossary(
            {each.wrong: each.right for each in theirs if each.right},
            tuple(each.wrong for each in theirs if not each.right),
        ),
        authority=may_give_back(sender) if sender is not None else None,
        issues=_open_issues(earlier, now=now),
        open_with=leave.why if leave.open else "",
        too_soon="" if leave.open else leave.why,
        promises=_promised(reader, place, now=now),
        colleagues=tuple(
            guard.Mailbox(email, name)
            for email, name in Member.objects.filter(is_active=True).order_by("pk").values_list("email", "name")
        ),
        settings=settings_of_firm(),
    )


def settings_of_firm() -> guard.Settings:
    """How the firm in scope weighs the rules, and what it adds to them."""
    chosen = dict(RuleChoice.objects.values_list("name", "choice"))
    return guard.Settings(
        off=frozenset(name for name, choice in chosen.items() if choice == Choice.OFF),
        severity={name: cast("guard.Severity", choice) for name, choice in chosen.items() if choice != Choice.OFF},
        avoided=tuple(
            guard.Avoided(each.words, each.instead, cast("guard.Severity", each.choice))
            for each in AvoidedWords.objects.exclude(choice=Choice.OFF).order_by("pk")
        ),
        examples=tuple(
            guard.Example(each.rule, each.text, each.fires) for each in RuleExample.objects.order_by("pk")
        ),
    )  # fmt: skip


def directory(
    reader: Reader, at_hand: Client | None, *, beside: Sequence[str] = (), now: datetime
) -> tuple[guard.Client, ...]:
    """The firm's clients as the check knows them, and the one at hand whatever it is.

    Of people and domains that only closed mail knows, whom it is closed to is told nothing: to them it is the names of
    all clients, and the domains and people that they may know of those whose addresses stand `beside`.
    """
    firm = current_firm_id()
    known = _directories.get(firm)
    if known is None or not timedelta() <= now - known.at < _REMEMBERED:
        whole = _read(Q(standing=Standing.CLIENT, merged_into=None))
        known = _directories[firm] = _Directory(now, whole, {key: guard.Client(one.name) for key, one in whole.items()})
    more = _read(Q(pk=at_hand.pk)) if at_hand is not None and at_hand.pk not in known.whole else {}
    if not reader.restricted:
        return (*known.whole.values(), *more.values())
    told = _as_told(reader, {**known.whole, **more}, beside, at_hand)
    return tuple({**known.named, **told}.values())


def _read(which: Q) -> dict[int, guard.Client]:
    clients = Client.objects.filter(which).order_by("pk").only("pk", "firm_id", "name")
    domains, people = defaultdict(list), defaultdict(list)
    for client, value in Domain.objects.filter(client__in=clients).values_list("client", "value"):
        domains[client].append(value)
    addresses = ContactAddress.objects.filter(contact__client__in=clients)
    for client, email, name in addresses.values_list("contact__client", "email", "contact__name"):
        people[client].append(guard.Mailbox(email, name))
    return {each.pk: guard.Client(each.name, tuple(domains[each.pk]), tuple(people[each.pk])) for each in clients}


def _as_told(
    reader: Reader, known: Mapping[int, guard.Client], beside: Sequence[str], at_hand: Client | None
) -> dict[int, guard.Client]:
    """The client at hand and those of these addresses, with what the reader may know of them."""
    emails = {email.lower() for email in list(dict.fromkeys(beside))[:_ADDRESSES]}
    places = {organisation(email) for email in emails}
    here = [
        key
        for key, client in known.items()
        if (at_hand is not None and key == at_hand.pk)
        or not places.isdisjoint(client.domains)
        or any(each.email in emails for each in client.people)
    ]
    domains, people = domains_of(reader, here), names_by_client(reader, here)
    return {
        key: guard.Client(known[key].name, tuple(domains[key]), tuple(guard.Mailbox(*each) for each in people[key]))
        for key in here
    }


def _addresses(messages: Iterable[Message]) -> list[str]:
    return [each.email for message in messages for each in message.participants.all() if each.email]


def _earlier(message: Message) -> guard.Earlier:
    people: dict[str, list[guard.Mailbox]] = defaultdict(list)
    for each in message.participants.all():
        if each.email:
            people[each.role].append(guard.Mailbox(each.email, each.name))
    sender = guard.Mailbox(message.sender_email, message.sender_name) if message.sender_email else None
    to, cc = tuple(people["to"]), tuple(people["cc"])
    listed = message.kind == Kind.BULK
    return guard.Earlier(new_text_of(message.body), sender=sender, to=to, cc=cc, at=message.sent_at, listed=listed)


def _open_issues(messages: Iterable[Message], *, now: datetime) -> tuple[str, ...]:
    """What the client says is wrong in these messages, where somebody owns or confirmed it and nobody answered yet.

    What only the model found is left to the check, which reads the message itself.
    """
    taken = Response.objects.filter(action__in=[Action.OWN, Action.CONFIRMED], undone_at=None).values("signal")
    rows = standing().filter(
        Q(cleared_at=None) | Q(cleared_at__gt=now), message__in=[each.pk for each in messages],
        kind=SignalKind.COMPLAINT, answered_at=None, pk__in=taken,
    )  # fmt: skip
    return tuple(dict.fromkeys(rows.order_by("said_at", "start", "pk").values_list("quote", flat=True)))


def _promised(reader: Reader, client: Client | None, *, now: datetime) -> tuple[guard.Promised, ...]:
    """What we owe this client, of what the reader may read: what is confirmed, and what has a date."""
    if client is None:
        return ()
    dated = Q(state=PromiseState.PENDING) | Q(due__isnull=False)
    rows = promises_for(reader, at=now).filter(dated, client=client, by=PromiseBy.FIRM)
    found = rows.order_by("-made_at", "-pk").values_list("text", "due")[:50]
    return tuple(guard.Promised(text, due) for text, due in found)
