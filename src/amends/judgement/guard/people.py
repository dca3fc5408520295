"""Who is who around a draft: our own people, clients, strangers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from amends.judgement.guard.types import Mailbox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amends.judgement.guard.types import Client, Context, Draft

FREE_MAIL = frozenset(
    """gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com aol.com gmx.de gmx.net
    web.de proton.me protonmail.com mail.com""".split()  # noqa: SIM905
)


class Cast:
    """The people of a draft and its thread, looked up by address and domain."""

    def __init__(self, draft: Draft, context: Context) -> None:
        self.draft, self.context = draft, context
        own = {each.lower().lstrip("@") for each in context.own_domains}
        if not own and draft.sender is not None and draft.sender.domain not in FREE_MAIL:
            own = {draft.sender.domain} - {""}
        self.own = frozenset(own)
        self._by_address = {p.email: client for client in context.clients for p in client.people if p.email}
        self._by_domain = {d.lower().lstrip("@"): client for client in context.clients for d in client.domains}

    def outside_address(self, email: str) -> bool:
        """Is this somebody outside the firm."""
        return self.outside(Mailbox(email))

    def outside(self, mailbox: Mailbox) -> bool:
        """Is this somebody outside the firm; where our own domains are not known, everybody but the sender is."""
        sender = self.draft.sender
        if sender is not None and mailbox.email == sender.email:
            return False
        return not within(mailbox.domain, self.own)

    def client(self, mailbox: Mailbox) -> Client | None:
        """The client to whom this address belongs."""
        if mailbox.email in self._by_address:
            return self._by_address[mailbox.email]
        domain = mailbox.domain
        while domain:
            if domain in self._by_domain:
                return self._by_domain[domain]
            domain = domain.partition(".")[2]
        return None

    @cached_property
    def outsiders(self) -> tuple[Mailbox, ...]:
        """Recipients outside the firm."""
        return tuple(each for each in self.draft.recipients if self.outside(each))

    @cached_property
    def leaves(self) -> bool:
        """Does anybody outside read it; a draft without recipients is taken to."""
        return bool(self.outsiders) or not self.draft.recipients

    @cached_property
    def before(self) -> tuple[Mailbox, ...]:
        """Everybody on the thread so far."""
        return tuple(dict.fromkeys(each for one in self.context.thread for each in one.everybody))

    @cached_property
    def clients_here(self) -> dict[str, Client]:
        """The clients among the recipients and on the thread, by name."""
        found = (self.client(each) for each in (*self.draft.recipients, *self.before))
        return {client.name: client for client in found if client is not None}

    @cached_property
    def colleagues(self) -> tuple[str, ...]:
        """Names of our own people who are known here: recipients, those on the thread, those of the firm."""
        inside = [
            each
            for each in (*self.draft.recipients, *self.before)
            if not self.outside(each) and not self._is_sender(each)
        ]
        return tuple(dict.fromkeys(name for each in (*inside, *self.context.colleagues) for name in names(each)))

    def _is_sender(self, mailbox: Mailbox) -> bool:
        return self.draft.sender is not None and mailbox.email == self.draft.sender.email


def within(domain: str, domains: frozenset[str]) -> bool:
    """Is this domain one of these, or below one."""
    while domain:
        if domain in domains:
            return True
        domain = domain.partition(".")[2]
    return False


def meant_for(client: Client, people: Iterable[Mailbox]) -> bool:
    """Is one of these, who have another address, somebody of this client by name and domain."""
    return any(extends(each.domain, domain) for each in people for domain in client.domains)


def extends(domain: str, known: str) -> bool:
    """Is this another domain that carries the whole name of a known one: harbour-hotels.example, harbour.example."""
    label = known.lower().lstrip("@").partition(".")[0]
    parts = domain.lower().split(".")[0].split("-")
    return len(label) > 4 and len(parts) > 1 and label in parts and label not in NATURAL


NATURAL = frozenset(
    """group hotel hotels design media green north south school bakery garden studio clinic center centre house
    house museum global united royal first""".split()  # noqa: SIM905
)
"""Labels of a domain that many share."""


ROLES = frozenset(
    """info office hello contact support help helpdesk sales admin accounts accounting billing invoices mail post
    team service desk events jobs press marketing reception enquiries inquiries noreply no-reply bank orders""".split()  # noqa: SIM905
)


def names(mailbox: Mailbox) -> tuple[str, ...]:
    """The full name of somebody, as written or as the address spells it; nothing for info@ and the like."""
    if mailbox.name and "@" not in mailbox.name:
        return (mailbox.name.strip("\"' "),)
    local = mailbox.email.partition("@")[0]
    parts = [part for part in local.replace("_", ".").replace("-", ".").split(".") if part.isalpha() and len(part) > 1]
    if not parts or local in ROLES or parts[0] in ROLES:
        return ()
    return (" ".join(part.capitalize() for part in parts),)
