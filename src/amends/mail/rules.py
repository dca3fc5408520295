"""Pure decisions about mail rows: their order, their subject without prefixes, which way they went."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from operator import itemgetter

from amends.clients.rules import organisation
from amends.core.ids import hash63
from amends.mail.parsing import Kind, ParsedMessage, Role

_ORDER_BITS = 29
_PREFIX = re.compile(
    r"\s*(?:(?:re|aw|antw|antwort|sv|vs|odp|réf|ref|rif|res|回复|答复|fwd?|wg|tr|rv|enc|doorst|i|vb|vl|转发)"
    r"\s*(?:\[\d+\]|\(\d+\)|\^\d+)?\s*[:：]|\[[^\]\n]{1,40}\](?=\s*\S))\s*",
    re.IGNORECASE,
)
_REPLY = re.compile(r"\s*(?:\[[^\]\n]{1,40}\]\s*)?(?:re|aw|antw|antwort|sv|vs|odp|réf|rif|res|回复|答复)"
                    r"\s*(?:\[\d+\]|\(\d+\))?\s*[:：]", re.IGNORECASE)  # fmt: skip

_SKIP_LABELS = {
    "spam": "spam", "junk": "spam",
    "trash": "in the trash", "bin": "in the trash", "papierkorb": "in the trash", "corbeille": "in the trash",
    "draft": "a draft, not sent", "drafts": "a draft, not sent", "entwürfe": "a draft, not sent",
    "brouillons": "a draft, not sent", "borradores": "a draft, not sent", "papelera": "in the trash",
    "bozze": "a draft, not sent", "cestino": "in the trash", "concepten": "a draft, not sent",
    "prullenbak": "in the trash", "chat": "a chat, not mail", "chats": "a chat, not mail",
}  # fmt: skip


def message_order(sent_at: datetime, fingerprint: str) -> int:
    """The primary key that orders messages by time: seconds since 1970 (34 bits), then 29 bits of the fingerprint.

    Two messages of one second may meet (one chance in 500 million); the writer then takes the next free number.
    """
    seconds = min(max(0, int(sent_at.timestamp())), (1 << 34) - 1)
    return seconds << _ORDER_BITS | hash63(fingerprint) & ((1 << _ORDER_BITS) - 1)


def first_order_at(moment: datetime) -> int:
    """The smallest key that a message sent at `moment` can have."""
    return max(0, int(moment.timestamp())) << _ORDER_BITS


def base_subject(subject: str) -> str:
    """The subject without Re:, Fwd: and list tags in the languages people use (RFC 5256, 2.1, widened)."""
    end = 0
    while match := _PREFIX.match(subject, end):
        end = match.end()
    base = subject[end:].strip()
    return re.sub(r"\s*\(fwd\)\s*$", "", base, flags=re.IGNORECASE) or base


def is_reply_subject(subject: str) -> bool:
    """Whether the subject says that the message answers another."""
    return _REPLY.match(subject) is not None


@lru_cache(maxsize=4096)
def subject_key(subject: str) -> int:
    """A hash of the base subject, for finding threads with it; 0 where it is empty."""
    base = " ".join(base_subject(subject).casefold().split())
    return hash63(base) if base else 0


def skip_reason(labels: Collection[str]) -> str:
    """Why a message with these Gmail labels is left out, or ""."""
    for label in labels:
        reason = _SKIP_LABELS.get(label.strip().casefold())
        if reason:
            return reason
    return ""


def sender(parsed: ParsedMessage) -> tuple[str, str]:
    """Name and address of who wrote it; ("", "") where the header is empty."""
    for role in (Role.FROM, Role.SENDER, Role.REPLY_TO):
        for address in parsed.addresses:
            if address.role is role and (address.email or address.name):
                return address.name, address.email
    return "", ""


def is_personal(parsed: ParsedMessage) -> bool:
    """Whether a person wrote it to people: the only mail that makes clients, and that is judged."""
    return parsed.kind is Kind.PERSONAL and parsed.whole


def outside_of(addresses: Iterable[tuple[str, str]], *, own: Collection[str]) -> list[str]:
    """The recipients (role, email) of a message who are not the firm's own, To before Cc before Bcc."""
    places = (Role.TO, Role.CC, Role.BCC)
    found = [(places.index(Role(role)), email) for role, email in addresses if role in places and "@" in email]
    return [email for _, email in sorted(found, key=itemgetter(0)) if organisation(email) not in own]


def falls_with(sender: str, outside: Sequence[str], *, emails: Collection[str], organisations: Collection[str]) -> bool:
    """Whether a message goes where these addresses and organisations are erased.

    It does where one of them sent it; and where the firm sent it to nobody else outside, or first to one of the
    organisations, whose message it then is. `outside` are `outside_of` its recipients where the firm sent it, else
    none.
    """

    def theirs(email: str) -> bool:
        return email in emails or organisation(email) in organisations

    if theirs(sender):
        return True
    return bool(outside) and (all(map(theirs, outside)) or organisation(outside[0]) in organisations)
