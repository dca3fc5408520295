"""Is a file a message or plain text, and which characters it holds."""

from __future__ import annotations

import re

_HEADER = re.compile(rb"(?:From |>?[!-9;-~]{1,76}:)")
_TELLING = re.compile(rb"^(?:from|to|subject|date|message-id|mime-version|received|return-path):", re.I | re.M)
HEAD = 64 * 1024


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
