"""Address headers (RFC 5322 3.4, and the obsolete and broken forms that real mail has) to plain addresses."""

from __future__ import annotations

import re
from functools import lru_cache

from amends.mail.parsing.headers import words
from amends.mail.parsing.types import Address, Role

MAX_ADDRESSES = 2000  # of one header; a longer list is cut
_PLAIN = re.compile(r"""\s*"?([^"<>,;:@\\()\[\]=]*)"?\s*<([^<>\s@,;:"()\\]+@[^<>\s@,;:"()\\]+)>\s*\Z""")
_BARE = re.compile(r"\s*([^<>\s@,;:\"()\\]+@[^<>\s@,;:\"()\\]+)\s*\Z")
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([^"(<>,;:)]+)|(.)', re.S)
_LOCAL = re.compile(r"[^\s<>@,;:\"()\[\]]{1,100}\Z|\"[^\"]{1,100}\"\Z")
_HOST = re.compile(r"[^\s<>@,;:\"()\[\]]{1,255}")
MAX_PLAIN = 400  # characters of a header that the fast patterns are tried on: they are not linear
_MAILTO = re.compile(r"\[?mailto:([^\]\s<>]{1,320})\]?", re.I)
_QUOTES = "\"'\u2018\u2019\u201c\u201d \t"


def addresses(value: str, *, role: Role) -> list[Address]:
    """Every mailbox of an unfolded address header, in order; groups are opened, comments become names.

    `value` still holds its encoded words: a comma inside one must not split. Never raises; linear time.
    """
    if len(value) < MAX_PLAIN:
        return [Address(role, name, email) for name, email in _familiar(value)]
    return [Address(role, name, email) for name, email in _mailboxes(value)]


@lru_cache(maxsize=4096)
def _familiar(value: str) -> tuple[tuple[str, str], ...]:
    """Names and addresses of a short header: the same few people write again and again."""
    if found := _PLAIN.match(value):
        return ((_name(found[1]), _email(found[2])),)
    if found := _BARE.match(value):
        return (("", _email(found[1])),)
    return tuple(_mailboxes(value))


def _mailboxes(value: str) -> list[tuple[str, str]]:
    if "mailto:" in value:
        value = _MAILTO.sub(r"<\1>", value)
    return [a for a in (_mailbox(piece) for piece in _split(value)) if a is not None][:MAX_ADDRESSES]


class _Piece:
    """What lies between two commas: bare words, quoted strings, comments and the part in angles, apart."""

    __slots__ = ("angle", "comments", "has_angle", "phrase")

    def __init__(self) -> None:
        self.phrase: list[str] = []
        self.comments: list[str] = []
        self.angle: list[str] = []
        self.has_angle = False

    def inside(self, raw: str, mark: str | None) -> bool:
        """Take a token between angles; whether the next one still is."""
        if mark == ":":
            self.angle.clear()  # obsolete route: <@one,@two:name@host>
        elif mark not in ("<", ">"):
            self.angle.append(raw)
        return mark != ">"


def _split(value: str) -> list[_Piece]:
    pieces, piece = [], _Piece()
    depth, angle = 0, False
    for token in _TOKEN.finditer(value):
        quoted, plain, mark = token.groups()
        raw = token[0]
        if depth:
            depth += (raw == "(") - (raw == ")")
            if depth:
                piece.comments.append(raw)
        elif mark == "(":
            depth = 1
            piece.comments.append(" ")
        elif angle:
            angle = piece.inside(raw, mark)
        elif mark == "<":
            angle = piece.has_angle = True
            piece.angle.clear()
        elif mark in (",", ";"):
            pieces.append(piece)
            piece = _Piece()
        elif mark == ":":
            piece = _Piece()  # what stood before was the name of a group
        elif mark != ")" and mark != ">":
            piece.phrase.append(raw if plain is not None or value[token.end() : token.end() + 1] == "@" else
                                quoted if quoted is not None else raw)  # fmt: skip
    pieces.append(piece)
    return pieces


def _mailbox(piece: _Piece) -> tuple[str, str] | None:
    phrase = " ".join("".join(piece.phrase).split())
    comment = " ".join("".join(piece.comments).split())
    inner = "".join(piece.angle).strip()
    if not inner or "@" not in inner:
        start, end = _looks(phrase)
        if end and not (piece.has_angle and inner):
            name = phrase[:start] + " " + phrase[end:]
            return _name(name) or _name(comment), _email(phrase[start:end])
    if inner and ("@" in inner or not phrase):
        name, email = (_name(phrase) or _name(comment), _email(inner)) if "@" in inner else (_name(inner), "")
        return (name, email) if "@" in inner or name else None
    name = _name(phrase) or _name(comment)
    return (name, "") if name and piece.phrase else None


def _looks(phrase: str) -> tuple[int, int]:
    """The range of what looks like an address among other words; (0, 0) when nothing does."""
    at = phrase.find("@")
    while at >= 0:
        local = _LOCAL.search(phrase, max(0, at - 102), at)
        host = _HOST.match(phrase, at + 1)
        if local and host:
            return local.start(), host.end()
        at = phrase.find("@", at + 1)
    return 0, 0


def _email(raw: str) -> str:
    local, _, host = words(raw).replace(" ", "").strip("<>.,;'").rpartition("@")
    local = local.strip("'")
    if local.startswith('"') and local.endswith('"') and re.fullmatch(r'"[\w.+!#$%&*/=?^`{|}~-]+"', local):
        local = local[1:-1]
    return f"{local}@{host}".lower()[:320] if local and host else ""


def _name(raw: str) -> str:
    name = words(raw)
    if "\\" in name:
        name = re.sub(r"\\(.)", r"\1", name)
    return " ".join(name.strip(_QUOTES).split())[:200]
