"""The quick way to find which rules fire gives exactly what trying every pattern gives."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.demo import agency
from amends.judgement import answering, parties, rulebook, scanning
from amends.judgement.fragments import EDGE, needed, words
from amends.judgement.reading import RULE_FILES
from amends.judgement.scanning import Scanner, scanner
from amends.judgement.sentences import split

SETS = (RULE_FILES, (answering.RULE_FILE,), (parties.RULE_FILE,))
PHRASES = [text for names in SETS for rule in rulebook.load(*names) for text in (*rule.fires, *rule.quiet)]
Found = list[tuple[str, int]]


def _slowly(names: Iterable[str], text: str) -> Found:
    rules = rulebook.load(*names)
    return [(r.id, part.start) for part in split(text) for r in rules if r.find(rulebook.plain(part.text)) is not None]


def _quickly(names: Iterable[str], text: str) -> Found:
    return [(hit.rule.id, hit.sentence.start) for hit in scanner(*names).hits(text)]


def test_on_the_sample_agency() -> None:
    bodies = [letter.body for letter in agency.letters(datetime(2026, 3, 2, 9, tzinfo=UTC))]
    for names in SETS:
        for body in bodies:
            assert _quickly(names, body) == _slowly(names, body)


def test_on_the_examples_of_every_rule() -> None:
    text = "\n\n".join(PHRASES)
    for at in range(0, len(text), 20_000):
        for names in SETS:
            assert _quickly(names, text[at : at + 20_000]) == _slowly(names, text[at : at + 20_000])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(PHRASES).map(str.split) | st.text(max_size=12).map(lambda text: [text]), max_size=5),
    st.sampled_from([" ", "  ", "\n", "\t", "-"]),
    st.randoms(use_true_random=False),
)
def test_on_any_text(parts: list[list[str]], join: str, chance: Random) -> None:
    """Words of the examples as they stood and thrown together anew, with anything between them."""
    pool = [word for part in parts for word in part]
    shuffled = chance.sample(pool, len(pool))
    for names in SETS:
        for text in (" ".join(pool), join.join(shuffled)):
            assert _quickly(names, text) == _slowly(names, text)


def test_words_are_forgotten_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "_REMEMBERED", 3)
    small = Scanner(rulebook.load(*RULE_FILES))
    for text in PHRASES:
        assert [hit.rule.id for hit in small.hits(text)] == [rule for rule, _ in _quickly(RULE_FILES, text)]


@pytest.mark.parametrize(
    ("pattern", "clauses"),
    [
        (r"\bhung up\b", {f"{EDGE}hung{EDGE}", f"{EDGE}up{EDGE}"}),
        (r"disappoint(?:ed|ing)", {"disappointed|disappointing"}),
        (r"(?:not a )?reply", {f"{EDGE}reply|reply", f"not{EDGE}|reply"}),
        (r"(?:foo )?[a-z]+bar\d", {"bar"}),
        (r"\bthe (?:\d(?:days|weeks)|first)\b", {f"{EDGE}the{EDGE}", "days|first|weeks"}),
        (r"\bthe (?:\d(?:st|th)|first)\b", {f"{EDGE}the{EDGE}"}),
        (r"(?:a|\d)(?:x|\w)y+", set()),
        (r"\byou (?:very\s+)*ask(?:ed)?\b", {f"{EDGE}you{EDGE}", f"{EDGE}ask{EDGE}|{EDGE}asked{EDGE}"}),
        (r"\w+.*", set()),
        (r"(?!no)(?<!my )(?:nobody|\w+)", set()),
        (r"\w.{0,9}\?", {"?"}),
    ],
)
def test_what_a_pattern_needs(pattern: str, clauses: set[str]) -> None:
    assert {"|".join(sorted(clause)) for clause in needed(pattern)} == clauses


@given(st.text())
def test_words_are_all_but_white_space(text: str) -> None:
    assert "".join(words(text)) == re.sub(r"\s", "", text)
