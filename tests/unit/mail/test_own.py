"""Whose mail it is, from a sample of its headers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amends.clients.rules import organisation
from amends.mail.own import SAMPLE, propose_own, sample
from amends.mail.sources import Item, Skipped


def items(*heads: str) -> list[Item]:
    made = [f"{head}\n\nHello.\n".encode() for head in heads]
    return [Item(Path("x"), 0, len(data), f"{number}", data=data) for number, data in enumerate(made)]


@pytest.mark.parametrize(
    ("heads", "own"),
    [
        (["From: a@us.example\nTo: b@one.example", "From: c@two.example\nTo: a@us.example"], ["us.example"]),
        (["From: b@one.example\nDelivered-To: a@us.example"], ["us.example"]),
        (["From: a@us.example\nTo: b@one.example", "From: B <b@one.example>\nCc: a@mail.us.example",
          "From: d@us.co.uk\nTo: a@us.example"], ["us.example", "us.co.uk"]),
        (["From: jo@gmail.com\nTo: b@one.example", "From: c@two.example\nTo: Jo <jo@gmail.com>"], ["jo@gmail.com"]),
        (["From: z@us.example\nTo: a@one.example", "From: a@one.example\nTo: z@us.example",
          "From: c@two.example\nTo: z@us.example", "From: a@one.example\nTo: d@one.example"], ["us.example"]),
        (["From: z@zeta.example\nTo: a@alpha.example"], ["alpha.example"]),
        (["Subject: nobody"], []),
        ([], []),
        (["From: broken <\nTo: @@, <>"], []),
    ],
)  # fmt: skip
def test_whose_mail_it_is(heads: list[str], own: list[str]) -> None:
    assert propose_own(items(*heads), organisation) == own


def test_a_sample_is_spread_and_always_the_same() -> None:
    def many() -> Iterator[Item | Skipped]:
        for number in range(5 * SAMPLE):
            yield Item(Path("x"), number, number + 1, str(number))
            yield Skipped(str(number), "not a mail file")

    first, again = sample(many()), sample(many())
    assert first == again
    assert len({item.start for item in first}) == SAMPLE
    assert 0.4 < sum(item.start < 2.5 * SAMPLE for item in first) / SAMPLE < 0.6
    assert sample(iter(items("From: a@x.example"))) == items("From: a@x.example")
