"""Turns letters into RFC 5322 messages, byte for byte the same each time, in the variety real mail has."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta
from email.header import Header
from email.quoprimime import body_encode
from email.utils import format_datetime, formataddr
from typing import TYPE_CHECKING

from . import attachments
from .quoting import html_text, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .letters import Letter
    from .people import Person

_FROM_LINE = re.compile(rb"^(>*From )", re.MULTILINE)
_MAILERS = {
    "outlook": "Microsoft Outlook 16.0",
    "apple": "Apple Mail (2.3774.300.61)",
    "plain": "Mozilla Thunderbird",
}


def mbox_entry(letter: Letter) -> bytes:
    """The message as an entry of an mboxrd file."""
    body = _FROM_LINE.sub(rb">\1", message_bytes(letter))
    envelope = "MAILER-DAEMON" if letter.kind == "bounce" else letter.sender.email
    return f"From {envelope} {letter.at:%a %b %d %H:%M:%S %Y}\n".encode() + body.rstrip(b"\n") + b"\n\n"


def message_bytes(letter: Letter) -> bytes:
    """The message with its headers, lines ending in LF."""
    return ("\n".join(_headers(letter)) + "\n" + _body(letter)).encode("ascii")


def _headers(letter: Letter) -> list[str]:
    sender, own = letter.sender, letter.sender.email.rpartition("@")[2]
    received = letter.at + timedelta(seconds=2 + letter.serial % 40)
    lines = [f"Return-Path: {'<>' if letter.kind == 'bounce' else f'<{sender.email}>'}"]
    if letter.to:
        there = letter.to[0].email.rpartition("@")[2]
        stamp = format_datetime(received)
        lines.append(f"Received: from mail.{own} (mail.{own}) by mx.{there};\n {stamp}")
    lines += [
        f"Message-ID: {letter.message_id}",
        f"Date: {format_datetime(letter.local_at)}",
        f"From: {_address(sender)}",
        "To: " + ",\n ".join(_address(person) for person in letter.to),
    ]
    if letter.cc:
        lines.append("Cc: " + ",\n ".join(_address(person) for person in letter.cc))
    lines.append("Subject: " + _subject(letter))
    if letter.answers is not None and not letter.forward and letter.kind not in {"invite", "bounce"}:
        lines.append(f"In-Reply-To: {letter.answers.message_id}")
        chain = [one.message_id for one in reversed(letter.ancestors())]
        lines.append("References: " + "\n ".join(chain))
    if mailer := _MAILERS.get(letter.look):
        lines.append(f"X-Mailer: {mailer}")
    return [*lines, *_kind_headers(letter), "MIME-Version: 1.0"]


def _kind_headers(letter: Letter) -> list[str]:
    own = letter.sender.email.rpartition("@")[2]
    if letter.kind == "bulk":
        return [
            f"List-Id: {letter.sender.name} <letter.{own}>",
            f"List-Unsubscribe: <https://{own}/unsubscribe>",
            "Precedence: bulk",
        ]
    if letter.kind == "out_of_office":
        return ["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"]
    if letter.kind in {"notice", "bounce"}:
        return ["Auto-Submitted: auto-generated"]
    return []


def _address(person: Person) -> str:
    if person.name.isascii():
        return formataddr((person.name, person.email))
    charset = "iso-8859-1" if person.charset == "iso-8859-1" else "utf-8"
    return formataddr((Header(person.name, charset).encode(), person.email))


def _subject(letter: Letter) -> str:
    text = letter.full_subject
    if text.isascii():
        return text
    latin = letter.sender.charset == "iso-8859-1" and _fits(text, "iso-8859-1")
    return Header(text, "iso-8859-1" if latin else "utf-8", header_name="Subject").encode()


def _fits(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _body(letter: Letter) -> str:
    if letter.kind == "bounce":
        return _bounce(letter)
    if letter.kind in {"invite", "accept"}:
        return _calendar(letter)
    content = _words(letter)
    if not letter.attachments:
        return content
    files = (_attachment(name, letter) for name in letter.attachments)
    return _multipart("mixed", letter, [content, *files])


def _words(letter: Letter) -> str:
    if letter.look == "web":
        return _text_part("html", html_text(letter), letter)
    if letter.look == "plain" or letter.kind in {"out_of_office", "notice"}:
        return _text_part("plain", plain_text(letter), letter)
    parts = [_text_part("plain", plain_text(letter), letter), _text_part("html", html_text(letter), letter)]
    return _multipart("alternative", letter, parts)


def _text_part(subtype: str, text: str, letter: Letter) -> str:
    charset = letter.charset or letter.sender.charset
    if not _fits(text, charset):
        charset = "utf-8"
    short = all(len(line) < 900 for line in text.split("\n"))
    if text.isascii() and short:
        kind, encoding, body = "us-ascii" if letter.serial % 3 else charset, "7bit", text
    elif letter.serial % 11 == 5:
        kind, encoding = charset, "base64"
        body = base64.encodebytes(text.replace("\n", "\r\n").encode(charset)).decode("ascii")
    else:
        kind, encoding = charset, "quoted-printable"
        body = body_encode(text.encode(charset).decode("latin-1"), eol="\n")
    lead = f'Content-Type: text/{subtype}; charset="{kind}"\nContent-Transfer-Encoding: {encoding}\n\n'
    return lead + body.rstrip("\n") + "\n"


def _multipart(subtype: str, letter: Letter, parts: Iterable[str], extra: str = "") -> str:
    seed = f"{letter.message_id}{subtype}"
    boundary = "=_" + hashlib.sha256(seed.encode()).hexdigest()[:24]
    inner = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{subtype}; boundary="{boundary}"{extra}\n\n{inner}--{boundary}--\n'


def _attachment(name: str, letter: Letter) -> str:
    kind, data = attachments.make(name, f"{letter.subject} - {name}")
    shown = f'filename="{name}"' if name.isascii() else f"filename*=utf-8''{_percent(name)}"
    return (
        f"Content-Type: {kind}\nContent-Disposition: attachment; {shown}\n"
        f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(data).decode('ascii')}"
    )


def _percent(name: str) -> str:
    return "".join(
        c if (c.isascii() and c.isalnum()) or c in ".-_" else "".join(f"%{b:02X}" for b in c.encode()) for c in name
    )


def _calendar(letter: Letter) -> str:
    first = letter.answers if letter.kind == "accept" and letter.answers is not None else letter
    starts = (first.at + timedelta(days=3)).replace(hour=11, minute=0, second=0)
    method = "REPLY" if letter.kind == "accept" else "REQUEST"
    who = (letter.sender.email,) if letter.kind == "accept" else tuple(person.email for person in letter.to)
    entry = attachments.invitation(method, first.message_id.strip("<>"), first.subject, starts, first.sender.email, who)
    encoded = base64.encodebytes(entry.encode()).decode("ascii")
    part = (
        f'Content-Type: text/calendar; charset="utf-8"; method={method}\nContent-Transfer-Encoding: base64\n\n{encoded}'
    )
    return _multipart("alternative", letter, [_text_part("plain", letter.body.strip() + "\n", letter), part])


def _bounce(letter: Letter) -> str:
    lost = letter.answers
    recipient = lost.to[0].email if lost else "nobody@nowhere.example"
    report = (
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; "
        + letter.sender.email.rpartition("@")[2]
        + f"\n\nFinal-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user here\n"
    )
    original = ""
    if lost is not None:
        head = "\n".join(_headers(lost))
        original = f"Content-Type: text/rfc822-headers\n\n{head}\n"
    parts = [_text_part("plain", letter.body.strip() + "\n", letter), report, original]
    return _multipart("report", letter, [part for part in parts if part], "; report-type=delivery-status")
