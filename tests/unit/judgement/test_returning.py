"""The same issue comes back in other words, another fault does not, and what people say of it is used at once."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from amends.judgement import returning
from amends.judgement.returning import HIGHEST, LOWEST, NONE, Issue, Verdict, Verdicts, likeness, same_in_thread, shared

LATE = "The invoice came late."
WRONG = "The invoice has the wrong VAT."
WIDTH = 384


def _vector(seed: int) -> NDArray[np.float32]:
    found = np.random.default_rng(seed).normal(size=WIDTH).astype(np.float32)
    unit: NDArray[np.float32] = found / np.linalg.norm(found)
    return unit


def _beside(vector: NDArray[np.float32], cosine: float) -> NDArray[np.float32]:
    """A unit vector with this cosine to `vector`."""
    other = _vector(99)
    across = other - (other @ vector) * vector
    found: NDArray[np.float32] = cosine * vector + math.sqrt(1 - cosine**2) * across / np.linalg.norm(across)
    return found.astype(np.float32)


def test_a_plain_repeat_is_the_same_issue_by_words_and_by_vectors() -> None:
    for vector in (None, _vector(1)):
        match = returning.returning(Issue(LATE + " Again.", vector), [("a", Issue(LATE, vector)), ("b", Issue(WRONG))])
        assert match is not None
        assert match.key == "a"
        assert match.words == "invoice, came, late"


def test_the_same_deliverable_with_another_fault_is_another_issue() -> None:
    assert returning.returning(Issue(LATE), [(1, Issue(WRONG))]) is None
    assert likeness(Issue(LATE), Issue(LATE)) > 0.75 > 0.5 > likeness(Issue(LATE), Issue(WRONG))


def test_words_alone_are_less_sure_than_vectors() -> None:
    vector = _vector(1)
    assert likeness(Issue(LATE), Issue(LATE)) < likeness(Issue(LATE, vector), Issue(LATE, vector))
    assert likeness(Issue(LATE, vector), Issue(LATE)) == likeness(Issue(LATE), Issue(LATE))


def test_nothing_earlier_no_match() -> None:
    assert returning.returning(Issue(LATE), []) is None
    assert same_in_thread(Issue(LATE), []) is None


def test_numbers_dates_and_again_are_no_content() -> None:
    assert returning.content("On Monday 3 May the invoice was late again, for the third time") == ("invoic", "lat")
    assert returning.content("They don't answer") == returning.content("They do not answer") == ("not", "answer")


@pytest.mark.parametrize(
    "words", [("delayed", "delays"), ("mistakes", "mistake"), ("replies", "reply"), ("billed", "bill")]
)
def test_forms_of_a_word_share_a_stem(words: tuple[str, str]) -> None:
    assert returning.stem(words[0]) == returning.stem(words[1])


def test_the_shared_words_are_the_new_ones_words() -> None:
    assert shared("Another wrong invoice, invoices are always wrong", "Invoices with wrong rates") == "wrong, invoices"


def test_a_no_keeps_the_pair_and_near_ones_from_matching() -> None:
    vector = _vector(1)
    old, new = Issue(LATE, vector), Issue("Late invoice once more.", _beside(vector, 0.96))
    assert returning.returning(Issue(LATE, vector), [(1, old)]) is not None
    refused = Verdicts((Verdict(new, old, same=False),))
    assert returning.returning(Issue(LATE, vector), [(1, old)], verdicts=refused) is None
    assert refused.on(old, new) is False
    assert refused.on(Issue("Rude.", _beside(vector, 0.5)), old) is None


def test_a_yes_makes_the_pair_sure_and_the_later_verdict_holds() -> None:
    a, b = Issue(LATE), Issue("We close our books without your bill.")
    assert returning.returning(b, [(1, a)]) is None
    match = returning.returning(b, [(1, a)], verdicts=Verdicts((Verdict(a, b, same=True),)))
    assert match is not None
    assert match.p == returning.CONFIRMED
    taken_back = Verdicts((Verdict(a, b, same=True), Verdict(b, a, same=False)))
    assert returning.returning(b, [(1, a)], verdicts=taken_back) is None


def test_verdicts_move_the_bar_within_bounds() -> None:
    yes, no = Verdict(Issue("a"), Issue("b"), same=True), Verdict(Issue("a"), Issue("b"), same=False)
    assert NONE.bar(0.8) == pytest.approx(0.8)
    assert Verdicts((yes,)).bar(0.8) < 0.8 < Verdicts((no,)).bar(0.8)
    odds = [
        math.log(bar / (1 - bar)) - math.log(4)
        for bar in (Verdicts((no,) * 50).bar(0.8), Verdicts((yes,) * 50).bar(0.8))
    ]
    assert odds == pytest.approx([HIGHEST, LOWEST])


@given(st.text(), st.text())
def test_any_texts_have_a_symmetric_likeness(one: str, other: str) -> None:
    p = likeness(Issue(one), Issue(other))
    assert 0 <= p <= 1
    assert likeness(Issue(other), Issue(one)) == pytest.approx(p)


@given(st.integers(0, 50), st.integers(0, 50))
def test_no_vectors_are_surer_than_the_same_one_twice(one: int, other: int) -> None:
    a, b = Issue(LATE, _vector(one)), Issue(LATE, _vector(other))
    assert likeness(a, b) <= likeness(a, a) + 1e-9
