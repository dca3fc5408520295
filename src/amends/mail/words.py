"""A text as the words that search compares: the same for a letter and for what somebody types. Pure.

SQLite's FTS5 does this by itself (unicode61, remove_diacritics). PostgreSQL's parser knows addresses and hyphens as
tokens of their own and keeps accents, so that "hartwell" would not find petra@hartwell.example, nor "cafe" a café.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def plain_words(text: str) -> list[str]:
    """Letters and digits only, in small letters without accents: "O'Neill's Café" gives o, neill, s, cafe."""
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return _WORD.findall(text.casefold())
