"""Words of search: the same from a letter as from what somebody types."""

from __future__ import annotations

import pytest

from amends.mail.words import plain_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("O'Neill's Café", ["o", "neill", "s", "cafe"]),
        ("petra@mail.hartwell.example", ["petra", "mail", "hartwell", "example"]),
        ("INV-2026_7, 12:30", ["inv", "2026", "7", "12", "30"]),
        ("Straße MÜNCHEN ﬁn", ["strasse", "munchen", "fin"]),
        ("会议 отчёт", ["会议", "отчет"]),
        ("* ( ) - : \" '", []),
    ],
)
def test_plain_words(text: str, words: list[str]) -> None:
    assert plain_words(text) == words
