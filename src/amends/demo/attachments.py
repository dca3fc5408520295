"""Small real files to hang on messages: a one-page PDF, a picture, a calendar entry, a table."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime, timedelta

TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "csv": "text/csv",
    "txt": "text/plain",
    "ics": "text/calendar",
}


def make(name: str, title: str) -> tuple[str, bytes]:
    """The content type and bytes of a file, told by the ending of its name."""
    ending = name.rpartition(".")[2].lower()
    if ending == "pdf":
        data = pdf(title)
    elif ending == "png":
        data = png(zlib.crc32(name.encode()))
    elif ending == "csv":
        data = b"item,quantity\r\n" + b"".join(b"%s %d,%d\r\n" % (b"Line", n, n * 3) for n in range(1, 6))
    else:
        data = f"{title}\r\n".encode()
    return TYPES.get(ending, "application/octet-stream"), data


def pdf(title: str) -> bytes:
    """A valid PDF of one page with one line of text."""
    words = title.encode("latin-1", "replace").replace(b"\\", b"").replace(b"(", b"").replace(b")", b"")
    stream = b"BT /F1 18 Tf 72 760 Td (" + words + b") Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 7\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    out += b"trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def png(seed: int) -> bytes:
    """A small picture of two colours, other for each seed."""
    width = height = 24
    one = (seed & 255, seed >> 8 & 255, seed >> 16 & 255)
    two = tuple(255 - part for part in one)
    rows = b"".join(
        b"\0" + b"".join(bytes(one if (x // 6 + y // 6) % 2 else two) for x in range(width)) for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def invitation(
    method: str, uid: str, summary: str, starts: datetime, organiser: str, attendees: tuple[str, ...]
) -> str:
    """An RFC 5546 invitation (`REQUEST`) or its acceptance (`REPLY`) for half an hour."""
    form = "%Y%m%dT%H%M%SZ"
    begin, end = starts.astimezone(UTC), starts.astimezone(UTC) + timedelta(minutes=30)
    status = "ACCEPTED" if method == "REPLY" else "NEEDS-ACTION"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sample//Calendar//EN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{begin - timedelta(days=3):{form}}",
        f"DTSTART:{begin:{form}}",
        f"DTEND:{end:{form}}",
        f"SUMMARY:{summary}",
        f"ORGANIZER:mailto:{organiser}",
        *(f"ATTENDEE;PARTSTAT={status}:mailto:{address}" for address in attendees),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(lines) + "\r\n"
