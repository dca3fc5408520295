"""From what somebody wrote to the bytes that leave (RFC 5322, MIME). Pure: no Django.

Whatever a name, a subject or a file's name holds, it cannot begin a header of its own: control characters are taken
out before they reach one, and addresses are checked. Hidden recipients (Bcc) are in no header at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any, ClassVar

from amends.core.errors import AmendsError

MAX_FILES = 20 * 1024 * 1024  # bytes of all files together; many servers refuse more than 25 MB once encoded
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[^\s@<>,;:\"()\[\]\\]+")
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_ID = re.compile(r"[^\s<>\x00-\x20\x7f-\uffff]{1,900}")
_KEPT_IDS = 20  # of a long chain: the first, and the newest
_MIME = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,60}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,80}")


class NoAddress(AmendsError):
    """Something stands where an address should, and is none."""


@dataclass(frozen=True, slots=True)
class Person:
    """A name, which may be empty, and an address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class File:
    """Something that goes with a letter."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """All that the bytes are made from. Ids go without angle brackets; `at` is the moment in its author's zone."""

    sender: Person
    to: Sequence[Person]
    cc: Sequence[Person]
    subject: str
    text: str
    own_id: str
    at: datetime
    in_reply_to: str = ""
    references: Sequence[str] = ()
    files: Sequence[File] = field(default=())
    automatic: bool = False  # nobody wrote it, so nobody's absence note should answer it (RFC 3834)


class _Ids:
    """A header of Message-IDs. Folded between ids alone: the library would encode a long one, and break the thread."""

    max_count: ClassVar[int] = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Take the value as it is: it was made from checked ids."""
        kwds["decoded"] = value
        kwds["parse_tree"] = None

    def fold(self, *, policy: EmailPolicy) -> str:
        """One id a line."""
        ids = policy.linesep + " "
        return f"{self.name}: {ids.join(str(self).split())}{policy.linesep}"  # type: ignore[attr-defined]


def _policy() -> EmailPolicy[EmailMessage]:
    registry = HeaderRegistry()
    for name in ("references", "in-reply-to", "message-id"):
        registry.map_to_type(name, _Ids)  # type: ignore[arg-type]  # the registry makes it a BaseHeader
    return SMTP.clone(header_factory=registry, cte_type="7bit")


def compose(letter: Letter) -> bytes:
    """The message, lines ending in CRLF, seven bits wide. Raises `NoAddress`."""
    made = EmailMessage(policy=_policy())
    made["From"] = _mailbox(letter.sender)
    if letter.to:
        made["To"] = [_mailbox(person) for person in letter.to]
    if letter.cc:
        made["Cc"] = [_mailbox(person) for person in letter.cc]
    if not letter.to and not letter.cc:
        made["To"] = "undisclosed-recipients:;"
    made["Subject"] = one_line(letter.subject)
    made["Date"] = format_datetime(letter.at)
    made["Message-ID"] = f"<{letter.own_id}>"
    chain = _chain(letter)
    if chain:
        made["In-Reply-To"] = f"<{chain[-1]}>"
        made["References"] = " ".join(f"<{one}>" for one in chain)
    if letter.automatic:
        made["Auto-Submitted"] = "auto-generated"
    made.set_content(_body(letter.text), charset="utf-8", cte="quoted-printable")
    for file in letter.files:
        kind = file.content_type if _MIME.fullmatch(file.content_type) else "application/octet-stream"
        main, _, sub = kind.lower().partition("/")
        if main in {"multipart", "message"}:  # kept whole, as a file: not opened up as a part of this message
            main, sub = "application", "octet-stream"
        made.add_attachment(file.data, maintype=main, subtype=sub, filename=one_line(file.name)[:200] or "file")
    return made.as_bytes()


def one_line(text: str) -> str:
    """`text` without control characters and line breaks, spaces single."""
    clean = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate is no character
    return " ".join(_CONTROL.sub(" ", clean).split())


def address(typed: str) -> str:
    """An address as it leaves: the domain in its ASCII form, lower case. Raises `NoAddress`."""
    local, at, domain = typed.strip().rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii").lower() if at else ""
    except UnicodeError:
        host = ""
    if not (_ADDRESS.fullmatch(f"{local}@{host}") and _HOST.fullmatch(host) and len(local) <= 64):
        message = f"{one_line(typed)[:80] or 'Nothing'} is no mail address: write it as name@example.com."
        raise NoAddress(message)
    return f"{local.lower()}@{host}"


def _mailbox(person: Person) -> Address:
    return Address(display_name=one_line(person.name)[:200], addr_spec=address(person.email))


def _chain(letter: Letter) -> list[str]:
    """The ids of References, oldest first, the one that is answered last; what is no id is left out."""
    given = dict.fromkeys([*letter.references, letter.in_reply_to] if letter.in_reply_to else letter.references)
    ids = [one for one in given if _ID.fullmatch(one)]
    if letter.in_reply_to in ids:
        ids.remove(letter.in_reply_to)
        ids.append(letter.in_reply_to)
    return ids if len(ids) <= _KEPT_IDS else [ids[0], *ids[-_KEPT_IDS + 1 :]]


def _body(text: str) -> str:
    """Line ends as the library wants them, one at the end, no NUL."""
    clean = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return clean.rstrip() + "\n"
