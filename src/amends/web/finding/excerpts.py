"""The few words around what was searched for, with the found ones marked. Pure."""

from __future__ import annotations

import re

from django.utils.html import escape
from django.utils.safestring import SafeString

ROOM = 200  # characters of an excerpt
_TERM = re.compile(r'"([^"]+)"|(\S+)')


def terms(query: str) -> list[str]:
    """The words and phrases of a query, as they stand in a text."""
    found = [(phrase or word).strip('"*').strip() for phrase, word in _TERM.findall(query[:500])]
    return [term for term in found if re.search(r"\w", term)]


def excerpt(text: str, query: str, *, fallback: str = "") -> SafeString:
    """About `ROOM` characters of `text` around the first hit, with all hits in <mark>; of `fallback` where none is."""
    plain = " ".join(text[:100_000].split())
    pattern = _pattern(query)
    if pattern is None or not (hit := pattern.search(plain)):
        return _marked(_up_to_a_word(fallback, ROOM), pattern)
    start = max(0, hit.start() - ROOM // 3)
    if start:
        start = plain.find(" ", start, hit.start()) + 1 or start
    cut = _up_to_a_word(plain[start:], max(ROOM, hit.end() - start))
    return _marked(("… " if start else "") + cut, pattern)


def _up_to_a_word(text: str, most: int) -> str:
    """The beginning of a text, cut between words; a single word that is longer is cut within."""
    if len(text) <= most:
        return text
    cut = text[: most + 1]
    return (cut[: cut.rfind(" ")] if " " in cut[most // 2 :] else text[:most]).rstrip(" ,;:") + " …"


def marked(text: str, query: str) -> SafeString:
    """All of `text`, with hits in <mark>."""
    return _marked(text, _pattern(query))


def _pattern(query: str) -> re.Pattern[str] | None:
    words = [re.escape(term) for term in sorted(terms(query), key=len, reverse=True)]
    return re.compile(r"(?<!\w)(?:" + "|".join(words) + r")\w*", re.I) if words else None


def _marked(text: str, pattern: re.Pattern[str] | None) -> SafeString:
    if pattern is None:
        return escape(text)
    parts, at = [], 0
    for hit in pattern.finditer(text):
        parts += [escape(text[at : hit.start()]), SafeString("<mark>"), escape(hit.group()), SafeString("</mark>")]
        at = hit.end()
    return SafeString("".join([*parts, escape(text[at:])]))
