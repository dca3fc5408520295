"""Words of mail on a terminal."""

from __future__ import annotations

from amends.cli.shown import shown


def test_what_steers_a_terminal_is_left_out() -> None:
    assert shown("The \x1b[31msite\x1b]0;pwn\x07 is\nbroken, naïve \u202eclient.") == (
        "The [31msite]0;pwn is broken, naïve client."
    )
