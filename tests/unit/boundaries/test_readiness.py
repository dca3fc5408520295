"""What a gate misses, how industries compare, and the lists that come with Amends."""

from __future__ import annotations

import pytest

from amends.boundaries.readiness import Facts, Missing, folded, missing
from amends.boundaries.refused import Refused
from amends.boundaries.starting import LONGEST, Line, ListKind, Starting, chosen, of_content, shipped


@pytest.mark.parametrize(
    ("one", "other"),
    [("Food & Drink", "food and drink"), ("Café", "cafe"), ("Health-care ", "health care"), ("ＰＲ", "pr")],
)
def test_industries_are_the_same_however_they_are_written(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_nothing_is_said_by_signs_alone() -> None:
    assert folded(" -- ") == ""


def test_everything_is_missing_at_first() -> None:
    assert missing(Facts()) == [Missing.TERMS, Missing.GLOSSARY, Missing.QUESTIONS, Missing.PACE]
    asked = Facts(terms=1, glossary_agreed=True, questions=3, unanswered=2, pace_agreed=True)
    assert missing(asked) == [Missing.ANSWERS]
    assert missing(Facts(terms=1, glossary_agreed=True, questions=3, pace_agreed=True)) == []


def test_the_lists_that_come_along_are_whole() -> None:
    known = [(one.kind, one.slug) for one in shipped()]
    assert len(known) == len(set(known))
    trades = {"pr", "events", "design", "software", "translation", "accounting"}
    for kind in ListKind:
        assert trades | {"general"} <= {slug for one, slug in known if one == kind}
    for one in shipped():
        assert one.slug == "general" or one.words
        assert all(len(getattr(line, key)) <= most for line in one.lines for key, most in LONGEST.items())


def test_a_check_that_a_song_would_have_met() -> None:
    """The package called Fly Like an Eagle: nobody made the connection to the song."""
    checks = chosen([one for one in shipped() if one.kind == ListKind.CHECKS], "PR campaign")
    assert {"Name of the campaign or package", "Songs and music"} <= {one.name for one in checks}


def test_lists_are_chosen_by_whole_words_and_give_each_line_once() -> None:
    general = Starting(ListKind.QUESTIONS, "general", "Always", (), (Line("One?"),))
    law = Starting(ListKind.QUESTIONS, "law", "Law", ("law",), (Line("ONE?"), Line("Two?")))
    assert chosen([general, law], "Law firm") == [Line("One?"), Line("Two?")]
    assert chosen([general, law], "Lawn care") == [Line("One?")]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ({"lines": []}, "Empty"),
        ({"lines": [{"name": " "}]}, "Blank"),
        ({"lines": [{"name": "x" * 301}]}, "Long"),
        ({"lines": [{"name": "x"}] * 61}, "Many"),
        ({"lines": [{"name": "x"}]}, " "),
    ],
)
def test_what_is_no_list_is_refused(content: dict[str, object], name: str) -> None:
    with pytest.raises(Refused):
        of_content(content, kind=ListKind.CHECKS, slug="x", name=name)
