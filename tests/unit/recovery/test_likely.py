"""A guess at how it failed, by the words of the client and of playbooks."""

from __future__ import annotations

import pytest

from amends.recovery.likely import likely
from amends.recovery.shipped import shipped


@pytest.mark.parametrize(
    ("quotes", "modes"),
    [
        (["The third invoice has an error again."], {"accounting-error"}),
        (["The logo looks nothing like what we asked for in the brief."], {"design-brief-missed"}),
        (["The website is broken since Monday."], {"software-outage"}),
        (["The website is broken.", "Your bill is higher than the quote."], {"software-outage", "accounting-fees"}),
        (["I am furious.", "Nobody called me back on Tuesday, although Jonas said he would.", ""], set()),
        ([], set()),
    ],
)
def test_what_their_words_sound_like(quotes: list[str], modes: set[str]) -> None:
    assert {book.mode for book in likely(quotes, shipped())} == modes
    assert likely(quotes, []) == []


def test_three_are_offered_at_most() -> None:
    every = [line for book in shipped() for line in book.said]
    assert len(likely(every, shipped())) == 3
