"""The head of a message: lines to fields, encoded words (RFC 2047) and parameters (RFC 2231) to text.

Everything here forgives: a field that breaks a rule is read as its sender meant it, as far as that can be told.
"""

from __future__ import annotations

import binascii
import re
from mmap import mmap
from typing import NamedTuple

from amends.mail.parsing.charsets import codec, decode

MAX_HEAD = 4 * 1024 * 1024  # bytes of a head that are read: 20,000 recipients with their names are a third of it
MAX_VALUE = 128 * 1024  # bytes of one field, for the same reason

_CR_END = re.compile(rb"\r[ \t]*\r")
_WHITE_LINE = re.compile(rb"\n[ \t]+\r?\n(?![ \t])")
_FIELDS = re.compile(rb"^([!-9;-~\x80-\xff]{1,120}[ \t]*):([^\n]*(?:\n[ \t][^\n]*)*)", re.M)
_FIELD = re.compile(rb"[!-9;-~\x80-\xff]{1,120}[ \t]*:")
_LINES = re.compile(rb"\r\n|\n|\r")
_KNOWN = re.compile(
    rb"(?:to|cc|bcc|from|sender|reply-to|subject|date|received|message-id|in-reply-to|references|mime-version|"
    rb"return-path|content-[a-z-]+|x-[a-z0-9-]+|dkim-signature|list-[a-z]+|precedence|delivered-to|status)[ \t]*:",
    re.I,
)
_WORD = re.compile(
    r"=\?([\w.:+*'-]{1,60})\?([bBqQ])\?((?:[^?=\n]|=(?!\?[\w.:+*-]{1,60}\?[bBqQ]\?)|\?(?!=))*)(?:\?=|(?==\?)|$)"
)
_BETWEEN = re.compile(r"[ \t\r\n]*\Z")
_Q = re.compile(rb"=([0-9A-Fa-f]{2})")
_PARAM = re.compile(
    r"""([^\s=;"*]{1,60})((?:\*\d*)*)\s*=\s*(?:"((?:[^"\\]|\\.)*)(?:"|\Z)([^;]*)|([^;]*))(?:;|\Z)""", re.S
)
_UNESCAPE = re.compile(r"\\(.)", re.S)
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


class Head(NamedTuple):
    """Fields of a head in order: `fields` maps lower-case names to raw values; `body` is the offset after it."""

    fields: dict[str, list[bytes]]
    body: int
    envelope: bytes
    defects: tuple[str, ...]


def read_head(buf: bytes | mmap, *, start: int = 0, end: int | None = None) -> Head:
    """Read the head of a message or part that begins at `start` of `buf`.

    The blank line may be missing: then the body begins at the first line that is no field. A stray line among
    fields is passed over. Lines end in CRLF, LF or CR.
    """
    stop = len(buf) if end is None else end
    while buf[start : start + 1] in (b"\n", b"\r") and start < stop:  # blank lines before a head are no body
        start += 1
    if buf[start : start + 3] == b"\xef\xbb\xbf":
        start += 3
    head_end, body = _end_of_head(buf, start, min(stop, start + MAX_HEAD))
    head = buf[start:head_end]
    fields = _plain_fields(head)
    if fields is not None:
        return Head(fields, body, b"", ())
    return _fields(_lines(head), start=start, body=body)


_names: dict[bytes, str] = {}  # header names as written to lower case; the same few come again and again
MAX_NAMES = 4000


def _plain_fields(head: bytes) -> dict[str, list[bytes]] | None:
    """The fields of a head in which every line is a field or its continuation; None for any other head."""
    if len(head) > MAX_VALUE:
        return None
    found = _FIELDS.findall(head)
    if len(found) != 1 + head.count(b"\n") - head.count(b"\n ") - head.count(b"\n\t"):
        return None
    fields: dict[str, list[bytes]] = {}
    for raw, value in found:
        name = _names.get(raw) or _new_name(raw)
        if name in fields:
            fields[name].append(value)
        else:
            fields[name] = [value]
    return fields


def _new_name(raw: bytes) -> str:
    if len(_names) >= MAX_NAMES:
        _names.clear()
    name = _names[raw] = raw.rstrip().decode("latin-1").lower()
    return name


def _end_of_head(buf: bytes | mmap, start: int, limit: int) -> tuple[int, int]:
    """Where the head ends and where the body begins: round the first blank line, or both at `limit`."""
    bare = buf.find(b"\n\n", start, limit)
    crlf = buf.find(b"\n\r\n", start, bare + 1 if bare >= 0 else limit)
    if crlf >= 0:
        end, body = crlf, crlf + 3
    elif bare >= 0:
        end, body = bare, bare + 2
    else:
        end = body = limit
        if buf.find(b"\n", start, limit) < 0 and (cr := _CR_END.search(buf, start, limit)):
            return cr.start(), cr.end()
    if found := _WHITE_LINE.search(buf, start, end):  # a line of blanks only
        return found.start(), found.end()
    return end, body


def _lines(head: bytes) -> list[tuple[int, bytes]]:
    """Lines of a head with their offsets in it."""
    out: list[tuple[int, bytes]] = []
    at = 0
    for brk in _LINES.finditer(head):
        out.append((at, head[at : brk.start()]))
        at = brk.end()
    out.append((at, head[at:]))
    return out


def _fields(lines: list[tuple[int, bytes]], *, start: int, body: int) -> Head:
    fields: dict[str, list[bytes]] = {}
    envelope = b""
    defects: list[str] = []
    current: list[bytes] | None = None
    for number, (at, line) in enumerate(lines):
        if line[:1] in (b" ", b"\t") and current is not None:
            if len(current[-1]) < MAX_VALUE:
                current[-1] += b"\n" + line
            continue
        if _FIELD.match(line) and not line.startswith(b"From "):
            name, _, value = line.partition(b":")
            current = fields.setdefault(name.strip().decode("latin-1").lower(), [])
            current.append(value[:MAX_VALUE])
        elif line.startswith((b"From ", b">From ")) and not fields:
            envelope = line
        elif line.strip():
            if not _more_fields(lines, number + 1):
                if fields or envelope:
                    defects.append("There is no blank line between the head and the text.")
                return Head(fields, start + at, envelope, tuple(defects))
            defects.append("A line in the head is no header field; it was passed over.")
            current = None
    return Head(fields, body, envelope, tuple(defects[:3]))


def _more_fields(lines: list[tuple[int, bytes]], number: int) -> bool:
    """Whether the next lines go on being a head: three looked at, one known field name needed, no prose."""
    known = False
    for _, line in lines[number : number + 3]:
        if line[:1] in (b" ", b"\t") or not line:
            continue
        if not _FIELD.match(line):
            return False
        known = known or _KNOWN.match(line) is not None
    return known


def unfold(value: bytes, *, charset: str | None = None) -> str:
    """Text of a raw field value, still with its encoded words: unfolded, 8-bit bytes decoded as well as can be."""
    value = b" ".join([line.strip() for line in value.split(b"\n")]) if b"\n" in value else value.strip()
    if value.isascii() and b"\x1b" not in value and b"\0" not in value:
        return value.decode("ascii")
    return clean(decode(value, charset)[0])


def clean(text: str) -> str:
    """`text` without NUL, lone surrogates and line breaks."""
    text = text.replace("\0", "").replace("\n", " ").replace("\r", " ")
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def words(value: str) -> str:
    """Decode the encoded words (RFC 2047) in `value`, also inside quotes, unfinished or cut inside a character.

    Neighbouring words of one charset are decoded as one run of bytes, so that a split character is whole again.
    """
    if "=?" not in value:
        return value
    out: list[str] = []
    run: list[tuple[str, bytes]] = []  # (encoding, raw payload), all of charset `label`
    label, at = "", 0
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        charset = word[1].partition("*")[0]
        glued = bool(run) and not between.strip()
        if run and not (glued and codec(charset) == codec(label)):
            out.append(_decode_run(run, label))
            run = []
        if not glued:
            out.append(between)
        label, at = charset, word.end()
        run.append((word[2].lower(), word[3].encode("utf-8", "surrogateescape")))
    if run:
        out.append(_decode_run(run, label))
    out.append(value[at:])
    return clean("".join(out))


def _decode_run(run: list[tuple[str, bytes]], label: str) -> str:
    data = b""
    pending = b""  # base64 that a careless sender cut between groups of four
    for encoding, payload in run:
        if encoding == "b":
            digits = re.sub(rb"[^A-Za-z0-9+/]", b"", payload)
            if b"=" in payload or (len(digits) % 4 == 0 and not pending):
                data += _base64(pending + digits)
                pending = b""
            else:
                pending += digits
        else:
            data += _base64(pending) + _Q.sub(lambda m: bytes([int(m[1], 16)]), payload.replace(b"_", b" "))
            pending = b""
    return decode(data + _base64(pending), label)[0]


def _base64(digits: bytes) -> bytes:
    digits = digits[: len(digits) - 1] if len(digits) % 4 == 1 else digits
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4)) if digits else b""


def text(values: list[bytes] | None, *, charset: str | None = None) -> str:
    """The first of a field's raw values as text with encoded words decoded; "" when there is none."""
    return words(unfold(values[0], charset=charset)) if values else ""


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """A structured field such as Content-Type: its first token in lower case, and its parameters.

    Continuations and percent-encoded charsets (RFC 2231) are joined, encoded words inside quotes (against the
    standard, but common) are decoded. Blanks round `=`, missing quotes and stray text are forgiven.
    """
    first, _, rest = value.partition(";")
    token = first.strip().lower()
    if not rest:
        token, _, inline = token.partition(" ")
        rest = inline if "=" in inline else ""  # "text/plain charset=utf-8": the semicolon was forgotten
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    plain: dict[str, str] = {}
    for found in _PARAM.finditer(rest):
        name, star = found[1].lower(), found[2]
        quoted = found[3]
        raw = _UNESCAPE.sub(r"\1", quoted) if quoted is not None else found[5].strip().strip("\"'")
        if star:
            digits = star.strip("*")
            pieces.setdefault(name, {})[int(digits[:4]) if digits.isdecimal() else 0] = (raw, star.endswith("*"))
        else:
            plain.setdefault(name, raw)
    out = {name: words(raw) if "=?" in raw else raw for name, raw in plain.items()}
    for name, parts in pieces.items():
        joined = _rfc2231(parts)
        if joined:
            out[name] = joined
    return token, out


def _rfc2231(parts: dict[int, tuple[str, bool]]) -> str:
    charset, data = "", b""
    for number in sorted(parts):
        raw, percent = parts[number]
        if percent and raw.count("'") >= 2 and not data:
            charset, _, raw = raw.split("'", 2)
        chunk = raw.encode("utf-8", "replace")
        data += _PERCENT.sub(lambda m: bytes([int(m[1], 16)]), chunk) if percent else chunk
    return words(clean(decode(data, charset or None)[0]))
