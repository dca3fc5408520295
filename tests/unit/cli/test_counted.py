"""One is one, and many are many."""

from __future__ import annotations

from amends.cli.shown import counted


def test_words_follow_their_number() -> None:
    assert [counted(number, "message") for number in (0, 1, 2, 1200)] == [
        "0 messages", "1 message", "2 messages", "1,200 messages",
    ]  # fmt: skip
    assert counted(1, "person", "people") == "1 person"
    assert counted(3, "person", "people") == "3 people"
