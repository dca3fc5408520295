"""Search: newest first, phrases, beginnings of words, accents, and no input that is an error."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import NOW
from tests.letters import bring, days, letter

from amends.firm.models import Firm
from amends.mail.queries import SYSTEM, search


@pytest.fixture
def letters(firm: Firm) -> Firm:
    """Four letters, oldest first."""
    texts = {
        "old": ("Der Prospekt ist müde.", "Farben für München"),
        "plan": ("The plan for the spring brochure.", "Spring brochure"),
        "brochure": (
            "A brochure is late. The for plan order differs; O'Neill's café is at 12:30 (maybe).",
            "Re: späte Post",
        ),
        "new": ("Planning goes on at foo-bar.example/index_page.", "Invoice INV-2026_7"),
    }
    for number, (name, (text, subject)) in enumerate(texts.items()):
        bring(letter(text + "\n", subject=subject, at=NOW - days(9 - number), message_id=name), now=NOW)
    return firm


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("brochure", ["brochure", "plan"]),
        ("BROCHURE spring", ["plan"]),
        ("plan*", ["new", "brochure", "plan"]),
        ("plan", ["brochure", "plan"]),
        ('"the plan for"', ["plan"]),
        ('"plan order"', ["brochure"]),
        ('"plan order', ["brochure"]),
        ("munchen", ["old"]),
        ("München", ["old"]),
        ("mude", ["old"]),
        ("cafe", ["brochure"]),
        ("café", ["brochure"]),
        ("spate post", ["brochure"]),
        ("petra@hartwell.example", ["new", "brochure", "plan", "old"]),
        ("hartwell", ["new", "brochure", "plan", "old"]),
        ("INV-2026_7", ["new"]),
        ("INV-2026", ["new"]),
        ("2026_7", ["new"]),
        ("foo-bar.example", ["new"]),
        ("foo-bar", ["new"]),
        ("O'Neill", ["brochure"]),
        ("(maybe)", ["brochure"]),
        ("12:30", ["brochure"]),
        ("subject:brochure", []),
        ("-brochure", ["brochure", "plan"]),
        ("nothing-of-this", []),
        ("", []),
        ("*", []),
        ('" "', []),
    ],
)
def test_what_is_found(letters: Firm, words: str, found: list[str]) -> None:
    assert [message.message_id for message in search(SYSTEM, words)] == found


def test_pages_go_on_where_the_last_ended(letters: Firm) -> None:
    first = search(SYSTEM, "petra", limit=3)
    rest = search(SYSTEM, "petra", limit=3, before=first[-1].pk)
    assert [one.message_id for one in (*first, *rest)] == ["new", "brochure", "plan", "old"]


NASTY = st.text(alphabet="ab \"*():^-+~&|!<>'\\%_{}[]äß漢.,;NEAROT\0", max_size=30)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.one_of(NASTY, st.text(max_size=30)))
def test_nothing_that_people_type_is_an_error(letters: Firm, words: str) -> None:
    assert len(search(SYSTEM, words)) <= 4


@pytest.mark.parametrize(
    "words",
    [
        "AND",
        "OR NOT",
        "NEAR(",
        "a AND",
        "col:x",
        "'",
        "''",
        "\\",
        "\\'",
        "a' | 'b",
        "x:*",
        "'x' & ",
        '"\'"',
        "x" * 3000,
    ],
)
def test_operators_are_words(letters: Firm, words: str) -> None:
    assert search(SYSTEM, words) == []
