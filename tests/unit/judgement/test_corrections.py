"""What people taught: the same sentence is judged as they judged it, others hardly, and nothing depends on order."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.judgement.corrections import (
    BOUND,
    NEGATED,
    SAME,
    UNLIKE,
    Example,
    Taught,
    alike,
    packed,
    unpacked,
)

SAID = "The third invoice has an error again."
OTHER = "See you on Friday at noon."
_SENTENCES = (SAID, OTHER, "The third invoice has an error once again.", "Thanks.", "", "It is not wrong.")


def _at(cosine: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A unit vector with this cosine to the first axis."""
    return np.array([cosine, np.sqrt(1 - cosine**2), 0], np.float32)


FIRST = _at(1.0)

probabilities = st.floats(0, 1)
vectors = st.none() | st.floats(-1, 1).map(_at)
examples = st.builds(
    Example,
    kind=st.sampled_from(["complaint", "frustration"]),
    right=st.booleans(),
    quote=st.sampled_from(_SENTENCES),
    vector=vectors,
    weight=st.sampled_from([0.3, 1.0]),
)
several = st.lists(examples, max_size=6)


def test_nothing_taught_changes_nothing() -> None:
    taught = Taught([])
    assert not taught
    assert taught.adjust("complaint", SAID, FIRST, 0.7) == (0.7, "")
    assert taught.kinds_taught(SAID, FIRST) == {}
    assert taught.threshold("complaint", 0.5) == 0.5


@pytest.mark.parametrize("vector", [None, FIRST])
def test_the_same_sentence_is_judged_as_it_was(vector: np.ndarray[tuple[int], np.dtype[np.float32]] | None) -> None:
    taught = Taught([Example("complaint", False, SAID, vector)])
    p, why = taught.adjust("complaint", SAID, vector, 0.97)
    assert p < 0.05
    assert why == f"You said of “{SAID}” that it is no complaint."
    assert taught.adjust("frustration", SAID, vector, 0.8) == (0.8, "")
    assert taught.adjust("complaint", OTHER, _at(0.2) if vector is not None else None, 0.8) == (0.8, "")


def test_what_was_missed_is_found_the_next_time() -> None:
    taught = Taught([Example("frustration", True, SAID, FIRST)])
    assert taught.kinds_taught(SAID, FIRST)["frustration"] > 0.95
    assert taught.kinds_taught(OTHER, _at(0.7)) == {}
    assert taught.adjust("frustration", SAID, FIRST, 0.4)[1] == f"You said of “{SAID}” that it is frustration."


def test_the_same_decides_though_many_others_are_a_little_alike() -> None:
    far = [Example("complaint", False, f"Number {n} was late", _at(0.74)) for n in range(50)]
    assert Taught([*far, Example("complaint", True, SAID, FIRST)]).adjust("complaint", SAID, FIRST, 0.3)[0] > 0.95


def test_a_hint_moves_less_than_a_word() -> None:
    hint = Taught([Example("complaint", False, SAID, None, 0.3)]).adjust("complaint", SAID, None, 0.97)[0]
    word = Taught([Example("complaint", False, SAID, None)]).adjust("complaint", SAID, None, 0.97)[0]
    assert word < 0.1 < 0.5 < hint < 0.97


def test_a_not_is_not_overheard() -> None:
    assert alike("The invoice is wrong.", "The invoice is not wrong.") <= NEGATED
    assert alike("We can't open it.", "We can’t open it") == 1.0
    taught = Taught([Example("complaint", False, "The invoice is not wrong.", FIRST)])
    assert taught.adjust("complaint", "The invoice is wrong.", FIRST, 0.9)[0] > 0.7


def test_numbers_and_case_make_no_difference() -> None:
    assert alike("Invoice 4711 is WRONG!", "invoice 12 is wrong") == 1.0
    assert alike("Thanks.", OTHER) == 0.0
    assert alike("", "") == 0.0


def test_thresholds_move_with_what_is_said_and_count_a_wording_once() -> None:
    no = [Example("complaint", False, f"{word} is late", None) for word in ("rain", "snow", "hail", "wind", "fog")]
    assert Taught(no).threshold("complaint", 0.5) == pytest.approx(0.55)
    assert Taught([*no, *no]).threshold("complaint", 0.5) == pytest.approx(0.55)
    yes = [Example("complaint", True, one.quote, None) for one in no]
    assert Taught(yes).threshold("complaint", 0.5) == pytest.approx(0.45)
    assert Taught([*no, *yes]).threshold("complaint", 0.5) == pytest.approx(0.5)


def test_vectors_of_another_model_fall_back_to_words() -> None:
    taught = Taught([Example("complaint", False, SAID, np.ones(5, np.float32))])
    assert taught.adjust("complaint", SAID, FIRST, 0.9)[0] < 0.05


@given(several, probabilities, vectors, st.sampled_from(_SENTENCES))
def test_the_order_of_examples_does_not_matter(
    known: list[Example], p: float, vector: np.ndarray[tuple[int], np.dtype[np.float32]] | None, quote: str
) -> None:
    answers = set()
    for ones in list(permutations(known))[:24]:
        taught = Taught(ones)
        answers.add((*taught.adjust("complaint", quote, vector, p), taught.threshold("complaint", 0.5),
                     tuple(sorted(taught.kinds_taught(quote, vector).items()))))  # fmt: skip
    assert len(answers) == 1


@given(several, examples, probabilities, vectors, st.sampled_from(_SENTENCES))
def test_one_more_word_moves_towards_what_it_says(
    known: list[Example], more: Example, p: float,
    vector: np.ndarray[tuple[int], np.dtype[np.float32]] | None, quote: str,
) -> None:  # fmt: skip
    before, after = Taught(known), Taught([*known, more])
    old, new = before.adjust(more.kind, quote, vector, p)[0], after.adjust(more.kind, quote, vector, p)[0]
    was, now = before.threshold(more.kind, 0.5), after.threshold(more.kind, 0.5)
    assert new >= old - 1e-9 if more.right else new <= old + 1e-9
    assert now <= was + 1e-9 if more.right else now >= was - 1e-9


@given(several, probabilities, probabilities, vectors, st.sampled_from(_SENTENCES))
def test_answers_stay_within_bounds_and_keep_the_order_of_findings(
    known: list[Example], p: float, q: float,
    vector: np.ndarray[tuple[int], np.dtype[np.float32]] | None, quote: str,
) -> None:  # fmt: skip
    taught = Taught(known)
    low, high = sorted((p, q))
    low_after, high_after = (taught.adjust("complaint", quote, vector, one)[0] for one in (low, high))
    assert 0 <= low_after <= high_after + 1e-9 <= 1 + 1e-9
    assert abs(taught.threshold("complaint", 0.5) - 0.5) <= BOUND
    assert 0.05 <= taught.threshold("complaint", p) <= 0.95 or taught.threshold("complaint", p) == p


@given(st.floats(-1, UNLIKE - 1e-3), st.floats(SAME + 1e-3, 1), probabilities)
def test_far_examples_say_nothing_and_near_ones_nearly_all(far: float, near: float, p: float) -> None:
    for right in (True, False):
        taught = Taught([Example("complaint", right, SAID, FIRST)])
        assert taught.adjust("complaint", OTHER, _at(far), p) == (p, "")
        judged = taught.adjust("complaint", OTHER, _at(near), p)[0]
        assert judged > 0.95 if right else judged < 0.05


@given(
    st.lists(st.floats(-1, 1, width=16), min_size=3, max_size=12).filter(lambda ones: any(abs(n) > 0.1 for n in ones))
)
def test_vectors_are_kept_at_half_precision(numbers: list[float]) -> None:
    vector = np.array(numbers, np.float32)
    vector /= np.linalg.norm(vector)
    assert len(packed(vector)) == 2 * len(vector)
    assert float(unpacked(packed(vector)) @ vector) > 0.999
