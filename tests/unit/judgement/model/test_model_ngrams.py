"""Counted features are the same everywhere, on any text, and say what the words are."""

from __future__ import annotations

import subprocess
import sys
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.model.ngrams import BUCKETS, features

ANY = st.text(st.characters(exclude_categories=()))


def _rows(*names: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for name in names:
        row = zlib.crc32(name.encode()) % BUCKETS
        found[row] = found.get(row, 0) + 1
    return found


def test_words_pairs_and_runs_of_letters_are_counted() -> None:
    assert features("") == {}
    assert features("ok") == _rows("ok", "\t ok", "\tok ", "\t ok ")
    runs = ["\t a ", "\t b "]
    assert features("a b a") == _rows("a", "b", "a", "a b", "b a", runs[0], runs[1], runs[0])


def test_case_and_blanks_do_not_matter_and_numbers_are_one() -> None:
    assert features("The INVOICE\n  is late") == features("the invoice is late")
    assert features("invoice 4711") == features("invoice 42")
    assert features("late!") != features("late")


@pytest.mark.parametrize(
    "text",
    [
        "\ud800",
        "\udfff\ud800 a",
        "🙂🙃",
        "👩‍👩‍👧‍👦",
        "\x00\x07\x1b[0m",
        "שלום עולם",
        "\u202eevil\u202c",
        "a\u0301" * 500,
        "’" * 9,
        "ﷺ" * 50,
    ],
)
def test_odd_texts_are_counted(text: str) -> None:
    found = features(text)
    assert found == features(text)
    assert all(0 <= row < BUCKETS and count > 0 for row, count in found.items())


@given(ANY)
@settings(max_examples=300, deadline=None)
def test_any_text_is_counted_and_always_alike(text: str) -> None:
    found = features(text)
    assert found == features(text)
    assert all(0 <= row < BUCKETS and count > 0 for row, count in found.items())


@given(ANY, ANY)
@settings(max_examples=100, deadline=None)
def test_what_was_counted_before_does_not_matter(first: str, second: str) -> None:
    alone = features(second)
    features(first)
    assert features(second) == alone


def test_the_same_in_another_process() -> None:
    """Python's own hashes differ by process; these do not."""
    text = "Third invoice with an error, isn't it? 12 🙂"
    code = (
        "import sys; from amends.judgement.model.ngrams import features; print(sorted(features(sys.argv[1]).items()))"
    )
    done = subprocess.run([sys.executable, "-c", code, text], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == str(sorted(features(text).items()))


def test_a_word_without_end_costs_what_its_beginning_costs() -> None:
    long = features("x" * 1_000_000)
    assert sum(long.values()) <= 1 + 2 * 34
    assert long == features("x" * 2_000_000)
