"""Outlook's .msg ([MS-OXMSG]): read by python-oxmsg, and written anew as the MIME message that it once was.

The stored bytes stay those of the .msg; this runs whenever they are read, and gives the same bytes each time. The
headers that came over the network are taken as they are; where there are none (mail within one Exchange server, or
a copy in *Sent*), they are made from the properties. A body that exists as RTF only is not read: Outlook writes the
plain text beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import HeaderParser
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path
from typing import cast

from olefile import OleFileIO
from oxmsg import Message
from oxmsg.attachment import Attachment
from oxmsg.domain import constants as c
from oxmsg.properties import Properties
from oxmsg.storage import Storage

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # of every OLE compound file, .doc and .xls too
_EMBEDDED_OFFSET = 24  # bytes before the properties of a message inside a message; 32 in the outermost
_EMBEDDED = 5  # the attach method of a message inside a message
_MAX_DEPTH = 10
_POLICY = policy.SMTPUTF8
_UNSENT = 0x8
_FLAGS, _RECIPIENT_TYPE, _ATTACH_METHOD, _CONTENT_ID = 0x0E07, 0x0C15, 0x3705, 0x3712
_DELIVERED, _MESSAGE_ID, _IN_REPLY_TO, _REFERENCES = 0x0E06, 0x1035, 0x1042, 0x1039
_SMTP_OF_SENDER, _SMTP_OF_REPRESENTED = 0x5D01, 0x5D02
_MADE_ANEW = ("content-type", "content-transfer-encoding", "mime-version", "content-disposition", "content-id")
_FIELDS = {1: "To", 2: "Cc", 3: "Bcc"}


class _Embedded(Message):
    """A message attached to a message: the same storage with a shorter head."""

    @property
    def properties(self) -> Properties:
        return Properties(self._storage, properties_header_offset=_EMBEDDED_OFFSET)


def why_not_mail(file: Path) -> str:
    """Why an OLE file is no message that was sent or received; "" where it is one. Never raises."""
    try:
        with OleFileIO(file) as ole:
            if not ole.exists("__properties_version1.0"):
                return "an Office file, not a message"
            message = Message(Storage.from_ole(ole))
        kind = message.message_class.upper()
        if kind and not kind.startswith(("IPM.NOTE", "IPM.SCHEDULE", "REPORT", "IPM.OUTLOOK.RECALL", "IPM.POST")):
            return f"an Outlook item that is no message ({message.message_class[:40]})"
        if (message.properties.int_prop_value(_FLAGS) or 0) & _UNSENT:
            return "a draft, not sent"
    except Exception:  # olefile and oxmsg raise whatever a damaged file leads to
        return "a damaged Outlook .msg file"
    return ""


def as_mime(raw: bytes) -> bytes:
    """The message in `raw` as MIME; equal bytes for equal input. Raises whatever a damaged file leads to."""
    with OleFileIO(BytesIO(raw)) as ole:
        message = Message(Storage.from_ole(ole))
    return _mime(message, seed=hashlib.sha256(raw).hexdigest()[:24], depth=0)


def _mime(message: Message, *, seed: str, depth: int) -> bytes:
    made = EmailMessage(policy=_POLICY)
    html = message.html_body
    if html and not message.body:
        made.set_content(html, subtype="html", cte="base64")
    else:
        made.set_content(message.body or "", cte="base64")
        if html:
            made.add_alternative(html, subtype="html", cte="base64")
    for number, one in enumerate(message.attachments):
        _attach(made, one, seed=f"{seed}.{number}", depth=depth)
    for number, part in enumerate(made.walk()):
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_{seed}.{number}.{depth}")
    del made["MIME-Version"]
    head = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in _headers(message) if value.strip())
    return f"{head}MIME-Version: 1.0\r\n".encode("utf-8", "replace") + made.as_bytes()


def _headers(message: Message) -> Iterator[tuple[str, str]]:
    """Those of the transport, then what they lack, from the properties."""
    say = message.properties.str_prop_value
    given = HeaderParser().parsestr(say(c.PID_TRANSPORT_MESSAGE_HEADERS) or "")
    for name, value in given.items():
        if name.lower() not in _MADE_ANEW:
            yield name, str(value)
    made = {
        "From": _address(
            say(c.PID_SENDER_NAME) or say(c.PID_SENT_REPRESENTING_NAME) or "",
            say(_SMTP_OF_SENDER) or say(_SMTP_OF_REPRESENTED) or say(c.PID_SENDER_EMAIL_ADDRESS) or "",
        ),
        "Subject": message.subject,
        "Date": _date(message),
        "Message-ID": say(_MESSAGE_ID) or "",
        "In-Reply-To": say(_IN_REPLY_TO) or "",
        "References": say(_REFERENCES) or "",
        **_recipients(message),
    }
    yield from ((name, value) for name, value in made.items() if value and name not in given)


def _recipients(message: Message) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for one in message.recipients:
        kind = (one.properties.int_prop_value(_RECIPIENT_TYPE) or 1) & 0xF
        found.setdefault(_FIELDS.get(kind, "To"), []).append(_address(one.name, one.email_address))
    return {name: ", ".join(filter(None, values)) for name, values in found.items()}


def _address(name: str, email: str) -> str:
    """As a header has it. An Exchange address (/O=…) is none that anybody outside could write to: the name stays."""
    name, email = _one_line(name).strip("'\" \0"), _one_line(email).strip(" \0")
    if "@" not in email or any(sign in email for sign in " ,;<>"):
        return f'"{name.replace(chr(34), "")}"' if name else ""
    user, _, domain = email.rpartition("@")
    try:
        return str(Address("" if name == email else name, user, domain))
    except (ValueError, IndexError):  # a local part or a name that the standard library takes for broken
        return f"<{email}>"


def _date(message: Message) -> str:
    when: datetime | None = message.sent_date or message.properties.date_prop_value(_DELIVERED)
    return format_datetime(when) if when else ""


def _attach(made: EmailMessage, one: Attachment, *, seed: str, depth: int) -> None:
    method = one.properties.int_prop_value(_ATTACH_METHOD)
    if method == _EMBEDDED:
        within = cast(Storage, one._storage).storages  # noqa: SLF001 (the library has no name for it)
        inner = next((part for part in within if part.name.startswith("__substg1.0_3701")), None)
        if inner is not None and depth < _MAX_DEPTH:
            nested = message_from_bytes(_mime(_Embedded(inner), seed=seed, depth=depth + 1), policy=_POLICY)
            made.add_attachment(nested)
        return
    data = one.file_bytes
    if data is None:
        return  # only a path or a link to a file that was never part of the message
    kind, _, subtype = (one.mime_type or "").partition("/")
    if kind in {"", "multipart", "message"} or not subtype:
        kind, subtype = "application", "octet-stream"
    content_id = one.properties.str_prop_value(_CONTENT_ID)
    made.add_attachment(
        data,
        maintype=kind,
        subtype=subtype,
        filename=_one_line(one.file_name or one.properties.str_prop_value(0x3704) or "").strip(" \0") or None,
        cid=f"<{_one_line(content_id).strip('<> ')}>" if content_id else None,
    )


def _one_line(value: str) -> str:
    """Unfolded: no header of a stored file may begin another one."""
    return " ".join(value.replace("\0", "").split())
