"""Content-Transfer-Encoding (RFC 2045 6) undone, also where it was damaged, cut off or wrongly declared."""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(sorted(set(range(256)) - set(_ALPHABET)))
_BASE64_TEXT = _ALPHABET + b"= \t\r\n"
_SOFT = re.compile(rb"=[ \t]*\r?\n")
_QP_BYTE = re.compile(rb"=[0-9A-Fa-f]{2}|=[ \t]*\r?\n")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,250})\r?\n", re.M)
_UU_LINE = re.compile(rb"[ -`]{1,90}\s*\Z")


class Decoded(NamedTuple):
    """Bytes of a leaf after transfer decoding, what came after an encoded block, and what was wrong."""

    data: bytes
    trailing: bytes = b""
    defect: str = ""


def encoding(value: str) -> str:
    """The transfer encoding meant by a header value: "base64", "qp", "uu" or "" for none."""
    token = value.strip().lower()
    if not token:
        return ""
    if "base64" in token or token.startswith("base-64"):
        return "base64"
    if token.startswith(("quoted", '"quoted', "qp")):
        return "qp"
    return "uu" if "uue" in token else ""


def undo(raw: bytes, *, declared: str, is_text: bool) -> Decoded:
    """Decode `raw` as the header value `declared` says, or as it plainly is where that is a lie. Linear time."""
    kind = encoding(declared)
    if kind == "base64":
        return _base64(raw, is_text=is_text)
    if kind == "qp":
        return Decoded(quoted_printable(raw))
    if kind == "uu":
        found = _UU_BEGIN.search(raw)
        return Decoded(uudecode(raw, at=found.end() if found else 0)[0])
    if is_text and not declared.strip() and _soft_encoded(raw):
        return Decoded(quoted_printable(raw), defect="The text was quoted-printable without saying so.")
    return Decoded(raw)


def quoted_printable(raw: bytes) -> bytes:
    """RFC 2045 6.7; an equals sign that begins no code stays as it is."""
    return binascii.a2b_qp(raw)


def _soft_encoded(raw: bytes) -> bool:
    """Whether text without a declared encoding is quoted-printable: every `=` begins a code, and lines are soft."""
    signs = raw.count(b"=")
    if signs < 5 or not raw.isascii() or not _SOFT.search(raw):
        return False
    return len(_QP_BYTE.findall(raw)) == signs


def _base64(raw: bytes, *, is_text: bool) -> Decoded:
    trailing, defect = b"", ""
    odd = _first_odd_line(raw) if is_text else -1
    if odd >= 0:
        head = raw[:odd]
        if not head.strip() and not _mostly_base64(raw):
            return Decoded(raw, defect="The text is declared as base64 but is not encoded.")
        if head.strip():
            raw, trailing = head, raw[odd:]
    out = bytearray()
    # Padding in the middle ends one block; mailers that encode piecewise write several.
    for block in re.split(rb"=+", raw):
        digits = block.translate(None, _NOT_BASE64)
        if len(digits) % 4 == 1:
            digits = digits[:-1]
            defect = "An encoded part is cut off or damaged; what was there is shown."
        if digits:
            out += binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))
    if len(raw.translate(None, _NOT_BASE64)) % 4 and b"=" not in raw[-8:]:
        defect = "An encoded part is cut off or damaged; what was there is shown."
    return Decoded(bytes(out), trailing, defect)


def _first_odd_line(raw: bytes) -> int:
    """Offset of the first line that no base64 encoder wrote: other characters in it, or words; -1 when none."""
    if not raw.translate(None, _BASE64_TEXT) and b" " not in raw:
        return -1
    at = 0
    for line in raw.split(b"\n"):
        text = line.strip()
        if text.translate(None, _BASE64_TEXT) or b" " in text:
            return at
        at += len(line) + 1
    return -1


def count_base64(piece: bytes) -> int:
    """How many base64 digits `piece` holds."""
    return len(piece.translate(None, _NOT_BASE64))


def _mostly_base64(raw: bytes) -> bool:
    """Whether damaged base64 is still that: long lines without blanks make up nearly all of it."""
    sample = raw[:20000]
    good = sum(len(line) for line in sample.split() if len(line) >= 60)
    return good * 5 >= len(sample) * 4


def find_uuencoded(text: bytes) -> list[tuple[int, int, str, bytes]]:
    """Every uuencoded file inside a text: (start, end, name, bytes), in order."""
    out: list[tuple[int, int, str, bytes]] = []
    at = 0
    while found := _UU_BEGIN.search(text, at):
        at = found.end()
        data, end, whole = _uu(text, at)
        if data and (whole or len(data) > 45):
            out.append((found.start(), end, found[1].strip().decode("utf-8", "replace"), data))
            at = end
    return out


def uudecode(text: bytes, *, at: int) -> tuple[bytes, int]:
    """Decode uuencoded lines from offset `at`; returns the bytes and the offset after them."""
    data, end, _ = _uu(text, at)
    return data, end


def _uu(text: bytes, at: int) -> tuple[bytes, int, bool]:
    out: list[bytes] = []
    while at < len(text):
        brk = text.find(b"\n", at)
        line = text[at : brk if brk >= 0 else len(text)].rstrip(b"\r")
        after = brk + 1 if brk >= 0 else len(text)
        if line.strip() == b"end":
            return b"".join(out), after, True
        if line in (b"`", b" ", b""):
            at = after
            continue
        chunk = _uu_line(line)
        if chunk is None:
            break
        out.append(chunk)
        at = after
    return b"".join(out), at, False


def _uu_line(line: bytes) -> bytes | None:
    if not _UU_LINE.match(line):
        return None
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        size = ((line[0] - 32) & 63) * 4 // 3 + 5
        try:
            return binascii.a2b_uu(line[:size])
        except binascii.Error:
            return None
