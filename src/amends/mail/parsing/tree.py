"""The MIME tree of a message (RFC 2045, 2046), read so that no part that is there is lost.

Parts are ranges of one buffer (bytes or an mmap): nothing is copied or decoded until it is asked for, so a message
of 64 MB costs its structure and its text, not its attachments. Boundaries that are missing, unclosed or wrongly
named are made up for; nesting and numbers are bounded.
"""

from __future__ import annotations

import mmap as maps
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from mmap import PAGESIZE, mmap

from amends.mail.parsing import outlook, transfer
from amends.mail.parsing.headers import parameters, read_head, unfold

MAX_DEPTH = 60
MAX_PARTS = 5000
CHUNK = 1 << 20
WINDOW = 4 << 20

type_ok = re.compile(r"[\w.+!#$&^-]+/[\w.+!#$&^-]+\Z")
_GUESS_BOUNDARY = re.compile(rb"^--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-[a-z-]+[ \t]*:|\r?\n)", re.I | re.M)
Buffer = bytes | mmap


@dataclass(slots=True)
class Part:
    """One node. Containers have `children`; the body of a leaf is `buf[start:end]`, still transfer encoded."""

    buf: Buffer
    start: int
    end: int
    fields: dict[str, list[bytes]]
    content_type: str
    params: dict[str, str]
    disposition: str = ""
    name: str = ""
    children: list[Part] = field(default_factory=list)
    preamble: tuple[int, int] = (0, 0)
    epilogue: tuple[int, int] = (0, 0)
    data: bytes | None = None  # of leaves made up while reading, such as uuencoded files
    envelope: bytes = b""
    defects: list[str] = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        """A container whose own bytes are only its children and the boundaries between them."""
        return self.content_type.startswith("multipart/") and bool(self.children)

    @property
    def size(self) -> int:
        """Bytes before transfer decoding."""
        return len(self.data) if self.data is not None else self.end - self.start

    def value(self, name: str) -> str:
        """The first value of a field, unfolded; encoded words as they are. "" when there is none."""
        values = self.fields.get(name)
        return unfold(values[0]) if values else ""

    def raw(self, limit: int | None = None) -> bytes:
        """Transfer-encoded bytes, at most `limit` of them."""
        if self.data is not None:
            return self.data
        end = self.end if limit is None else min(self.end, self.start + limit)
        return bytes(self.buf[self.start : end])

    def decoded(self, limit: int | None = None) -> transfer.Decoded:
        """Bytes after transfer decoding, of at most `limit` encoded bytes."""
        if self.data is not None:
            return transfer.Decoded(self.data)
        return transfer.undo(self.raw(limit), declared=self.value("content-transfer-encoding"),
                             is_text=self.content_type.startswith("text/"))  # fmt: skip

    def decoded_size(self) -> int:
        """Bytes after transfer decoding, counted without holding more than one chunk of them."""
        if self.data is not None:
            return len(self.data)
        if self.end - self.start <= CHUNK // 16:
            return len(self.decoded().data)
        kind = transfer.encoding(self.value("content-transfer-encoding"))
        total = 0
        for at in range(self.start, self.end, CHUNK):
            piece = bytes(self.buf[at : min(at + CHUNK, self.end)])
            if kind == "base64":
                total += transfer.count_base64(piece)
            elif kind == "qp":
                total += len(transfer.quoted_printable(piece))
            else:
                total += len(piece)
            _let_go(self.buf, at, at + CHUNK)
        return total * 3 // 4 if kind == "base64" else total


def read(buf: Buffer, *, start: int = 0, end: int | None = None) -> Part:
    """The MIME tree of the message in `buf[start:end]`. Never raises for any bytes; time is linear in the length."""
    stop = len(buf) if end is None else end
    if buf[start : start + len(outlook.MAGIC)] == outlook.MAGIC:
        with suppress(Exception):  # one that is damaged is read as what it is not, and set aside
            buf = outlook.as_mime(bytes(buf[start:stop]))
            start, stop = 0, len(buf)
    return _message(buf, start, stop, depth=0, counter=[0])


def leaves(part: Part) -> Iterator[tuple[int, Part]]:
    """Every leaf with its index, depth first; a nested message counts as a leaf of its own before its leaves."""
    stack, index = [part], 0
    while stack:
        node = stack.pop()
        if not node.is_multipart:
            yield index, node
            index += 1
        stack.extend(reversed(node.children))


def _message(buf: Buffer, start: int, end: int, *, depth: int, counter: list[int]) -> Part:
    head = read_head(buf, start=start, end=end)
    part = _part(buf, head.fields, head.body, end, default="text/plain")
    part.defects.extend(head.defects)
    part.envelope = head.envelope
    _open(part, depth=depth, counter=counter)
    return part


def _part(buf: Buffer, fields: dict[str, list[bytes]], start: int, end: int, *, default: str) -> Part:
    values = fields.get("content-type")
    content_type, params = parameters(unfold(values[0])) if values else (default, {})
    if not type_ok.match(content_type):
        content_type = _mended_type(content_type, params, default)
    part = Part(buf, start, max(start, end), fields, content_type, params)
    values = fields.get("content-disposition")
    if values:
        part.disposition, more = parameters(unfold(values[0]))
        part.name = more.get("filename") or more.get("name") or ""
    part.name = part.name or params.get("name") or params.get("filename") or ""
    return part


def _mended_type(content_type: str, params: dict[str, str], default: str) -> str:
    """RFC 2045 5.2 says text/plain for what cannot be read; a known word in it says more."""
    bare = content_type.strip(" \"'/")
    if "boundary" in params:
        return "multipart/mixed"
    if bare == "html":
        return "text/html"
    major, _, minor = bare.partition("/")
    if major in ("image", "audio", "video", "application", "font"):
        return "application/octet-stream"
    if major == "text" and "html" in minor:
        return "text/html"
    return default


def _open(part: Part, *, depth: int, counter: list[int]) -> None:
    """Find the children of `part`, if it is a container."""
    counter[0] += 1
    if depth > MAX_DEPTH or counter[0] > MAX_PARTS:
        if part.content_type.startswith(("multipart/", "message/rfc822")):
            part.defects.append("The message is nested too deeply; its innermost parts are kept unread.")
            part.content_type = "application/octet-stream"
        return
    if part.content_type.startswith("multipart/"):
        _multipart(part, depth=depth, counter=counter)
    elif part.content_type in ("message/rfc822", "message/global", "message/news"):
        buf, start, end = _inner(part)
        part.children.append(_message(buf, start, end, depth=depth + 1, counter=counter))
    elif "boundary" in part.params and _hides_parts(part):
        part.content_type = "multipart/mixed"
        part.defects.append("The message has parts but is declared as one text.")
        _multipart(part, depth=depth, counter=counter)
    elif part.content_type == "text/plain":
        _uuencoded(part)


def _hides_parts(part: Part) -> bool:
    """A text that has a boundary declared and begins with a delimiter and a part's head."""
    found = _GUESS_BOUNDARY.match(part.raw(2000).lstrip())
    return found is not None


def _inner(part: Part) -> tuple[Buffer, int, int]:
    """The range of a container's content, in a new buffer when it was transfer encoded (against RFC 2045 6.4)."""
    if transfer.encoding(part.value("content-transfer-encoding")) in ("base64", "qp"):
        sample = part.raw(4096)
        if b":" not in sample.split(b"\n", 1)[0] and b"\n--" not in sample and not sample.startswith(b"--"):
            data = part.decoded().data
            return data, 0, len(data)
    return part.buf, part.start, part.end


def _multipart(part: Part, *, depth: int, counter: list[int]) -> None:
    buf, start, end = _inner(part)
    boundary = part.params.get("boundary", "").encode("utf-8", "replace")
    marks = _delimiters(buf, start, end, boundary) if boundary.strip() else []
    if not marks:
        guessed = _GUESS_BOUNDARY.search(buf, start, min(end, start + CHUNK))
        if guessed:
            marks = _delimiters(buf, start, end, guessed[1].removesuffix(b"--"))
            part.defects.append("The boundary between the parts is not the declared one; the one found was used.")
    if not marks:
        part.defects.append("The message says that it has parts, but none was found; it is shown as one text.")
        part.content_type, part.buf, part.start, part.end = "text/plain", buf, start, end
        return
    part.preamble = (start, marks[0][0])
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    for number, (_, after, closing) in enumerate(marks):
        stop = marks[number + 1][0] if number + 1 < len(marks) else end
        if closing:
            part.epilogue = (after, stop)
            continue
        head = read_head(buf, start=after, end=stop) if _has_head(buf, after, stop) else None
        fields, body = (head.fields, head.body) if head else ({}, _skip_break(buf, after, stop))
        child = _part(buf, fields, body, stop, default=default)
        part.children.append(child)
        _open(child, depth=depth + 1, counter=counter)
        if counter[0] > MAX_PARTS:
            part.defects.append(f"The message has more than {MAX_PARTS} parts; the others are not shown.")
            break
    if not marks[-1][2] and not any(closing for _, _, closing in marks):
        part.defects.append("The message is cut off: its last boundary is missing.")


def _has_head(buf: Buffer, start: int, end: int) -> bool:
    """A part without fields begins with its blank line (RFC 2046 5.1)."""
    return buf[start : min(start + 2, end)][:1] not in (b"\n", b"\r", b"")


def _skip_break(buf: Buffer, start: int, end: int) -> int:
    if buf[start : start + 2] == b"\r\n":
        return min(start + 2, end)
    return min(start + 1, end)


def _delimiters(buf: Buffer, start: int, end: int, boundary: bytes) -> list[tuple[int, int, bool]]:
    """Delimiter lines: (offset of the line break before it, offset after it, whether it closes)."""
    boundary = boundary.rstrip()
    needle = b"--" + boundary
    out: list[tuple[int, int, bool]] = []
    at = _find(buf, needle, start, end)
    while at >= 0 and len(out) <= MAX_PARTS:
        after = at + len(needle)
        if at == start or buf[at - 1 : at] in (b"\n", b"\r"):
            brk = buf.find(b"\n", after, min(end, after + 400))
            line_end = brk if brk >= 0 else min(end, after + 400)
            rest = bytes(buf[after:line_end])
            if (rest.startswith(b"--") and not rest[2:3].isalnum()) or not rest.strip():
                before = at - 1 if at > start else at
                if before > start and buf[before - 1 : before + 1] == b"\r\n":
                    before -= 1
                out.append((max(before, start), line_end + 1 if brk >= 0 else line_end, rest.startswith(b"--")))
                after = line_end
        at = _find(buf, needle, after, end)
    return out


def _find(buf: Buffer, needle: bytes, start: int, end: int) -> int:
    """`buf.find`, but of a large map only one window of pages stays in memory."""
    if not isinstance(buf, mmap) or end - start < 2 * WINDOW:
        return buf.find(needle, start, end)
    while start < end:
        stop = min(end, start + WINDOW)
        at = buf.find(needle, start, min(end, stop + len(needle)))
        if at >= 0:
            return at
        _let_go(buf, start, stop)
        start = stop
    return -1


def _let_go(buf: Buffer, start: int, end: int) -> None:
    """Tell the system that these pages of a map are done with; they are read again when they are needed."""
    first, last = -(-start // PAGESIZE) * PAGESIZE, end // PAGESIZE * PAGESIZE
    advice = getattr(maps, "MADV_DONTNEED", None)  # not on every system
    if advice is not None and isinstance(buf, mmap) and last > first:
        buf.madvise(advice, first, last - first)


def _uuencoded(part: Part) -> None:
    """Files uuencoded inside a plain text become leaves of their own, and the text keeps the rest."""
    if part.end - part.start > 64 * CHUNK or part.buf.find(b"\nbegin", max(0, part.start - 1), part.end) < 0:
        return
    if transfer.encoding(part.value("content-transfer-encoding")):
        return
    raw = part.raw()
    files = transfer.find_uuencoded(raw)
    if not files:
        return
    text, at = bytearray(), 0
    for start, end, name, data in files:
        text += raw[at:start]
        at = end
        leaf = Part(b"", 0, 0, {}, "application/octet-stream", {}, disposition="attachment", name=name, data=data)
        part.children.append(leaf)
    text += raw[at:]
    body = Part(b"", 0, 0, part.fields, "text/plain", part.params, data=bytes(text))
    part.children.insert(0, body)
    part.content_type, part.disposition = "multipart/mixed", ""
