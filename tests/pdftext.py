"""The words of a PDF, read as a program would that copies text from it: streams, then each font's map to Unicode."""

from __future__ import annotations

import re
import zlib

_STREAM = re.compile(rb"(\d+) 0 obj\s*<<(.*?)>>\s*stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*endobj", re.DOTALL)
_SHOWN = re.compile(rb"/(\w+) [\d.]+ Tf|\[((?:<[0-9A-Fa-f]*>|\((?:\\.|[^\\)])*\)|[-\d.\s]+)*)\]\s*TJ|"
                    rb"(<[0-9A-Fa-f]*>|\((?:\\.|[^\\)])*\))\s*Tj|(\bET\b)")  # fmt: skip
_PIECE = re.compile(rb"<([0-9A-Fa-f]*)>|\(((?:\\.|[^\\)])*)\)", re.DOTALL)


def pages(data: bytes) -> int:
    """How many pages it has."""
    return len(re.findall(rb"/Type\s*/Page\b", data + b"".join(_inflated(data).values())))


def words(data: bytes) -> str:
    """All its text; spaces are single."""
    streams = _inflated(data)
    whole = data + b"\n" + b"\n".join(streams.values())
    objects = {int(match[1]): match[2] for match in _OBJECT.finditer(whole)}
    maps = {}
    for body in objects.values():
        if reference := re.search(rb"/ToUnicode (\d+) 0 R", body):
            maps[_key(body)] = _map(streams.get(int(reference[1]), b""))
    names = {
        match[1]: maps.get(_key(objects.get(int(match[2]), b"")), {})
        for match in re.finditer(rb"/(\w+) (\d+) 0 R", whole)
        if int(match[2]) in objects and b"/ToUnicode" in objects[int(match[2])]
    }
    said: list[str] = []
    for stream in streams.values():
        if b" Tf" not in stream:
            continue
        known: dict[int, str] = {}
        for match in _SHOWN.finditer(stream):
            if match[1]:
                known = names.get(match[1], {})
            elif match[4]:
                said.append(" ")
            else:
                said.append(_decoded(match[2] or match[3] or match[0], known))
    return " ".join("".join(said).split())


def _key(body: bytes) -> bytes:
    found = re.search(rb"/ToUnicode (\d+)", body)
    return found[1] if found else b""


def _inflated(data: bytes) -> dict[int, bytes]:
    found = {}
    for match in _STREAM.finditer(data):
        try:
            found[int(match[1])] = zlib.decompress(match[3]) if b"FlateDecode" in match[2] else match[3]
        except zlib.error:
            continue
    return found


def _map(cmap: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            base = bytes.fromhex(text.decode()).decode("utf-16-be")
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = base[:-1] + chr(ord(base[-1]) + step)
    return found


def _decoded(shown: bytes, known: dict[int, str]) -> str:
    said = ""
    for hexed, literal in _PIECE.findall(shown):
        raw = bytes.fromhex(hexed.decode()) if hexed else _plain(literal)
        said += "".join(known.get(raw[at] << 8 | raw[at + 1], "") for at in range(0, len(raw) - 1, 2))
    return said


def _plain(literal: bytes) -> bytes:
    signs = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def sign(match: re.Match[bytes]) -> bytes:
        named = match[1]
        return bytes([int(named, 8) & 255]) if named[:1].isdigit() else signs.get(named, named)

    return re.sub(rb"\\([0-7]{1,3}|.)", sign, literal, flags=re.DOTALL)
