"""What a command was given to read: its bytes, whether they are a message or plain text, and which characters."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from amends.core.errors import AmendsError

_HEADER = re.compile(rb"(?:From |>?[!-9;-~]{1,76}:)")
_TELLING = re.compile(rb"^(?:from|to|subject|date|message-id|mime-version|received|return-path):", re.I | re.M)
HEAD = 64 * 1024


class BadInput(AmendsError):
    """What was given cannot be used; the text says what to change."""


def contents(name: str) -> bytes:
    """The bytes of a file, of standard input where it is called "-". Raises `BadInput`."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise BadInput(f"{name} cannot be read: {error.strerror or error}.") from error


def is_message(raw: bytes) -> bool:
    """Does it begin with a header block that names something only mail has."""
    head = re.split(rb"\r?\n\r?\n", raw[:HEAD].lstrip(b"\r\n"), maxsplit=1)[0]
    return bool(_HEADER.match(head)) and bool(_TELLING.search(head)) and _no_prose(head)


def _no_prose(head: bytes) -> bool:
    lines = head.split(b"\n")
    return all(_HEADER.match(line) or line[:1] in b" \t" or not line.strip() for line in lines)


def decoded(raw: bytes) -> str:
    """Plain text, whatever its charset."""
    from amends.mail.parsing.body import tidy
    from amends.mail.parsing.charsets import decode

    found = decode(raw)
    return tidy(found if isinstance(found, str) else found[0])
