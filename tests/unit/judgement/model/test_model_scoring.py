"""What is said of a sentence depends on that sentence alone, and every sentence is read to its end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.judgement.model.tiny import WORDS

from amends.judgement.model import Model, load
from amends.judgement.model.encoder import AFTER, BEFORE, WIDTH, WINDOW, Around
from amends.judgement.model.outputs import FEELINGS, OUTPUTS
from amends.judgement.model.scoring import neighbours

CLS, SEP = 1, 2

TEXTS = [
    "The invoice is wrong again!",
    "Thank you.",
    "",
    " ".join(["late", "invoice", "wrong"] * 150),
    "we will send it",
    "\ud800 lone surrogates \udfff",
    "🙂 " * 40,
    "שלום, the invoice",
]
ANY = st.text(st.characters(exclude_categories=()), max_size=60) | st.lists(st.sampled_from(WORDS)).map(" ".join)


def _words(count: int) -> str:
    return " ".join(WORDS[at % 12] for at in range(count))


def test_alone_and_in_any_company_the_same(tiny_model: Model) -> None:
    together = tiny_model.score(TEXTS)
    for place, text in enumerate(TEXTS):
        np.testing.assert_array_equal(tiny_model.score([text]).p[0], together.p[place])
    backwards = tiny_model.score(TEXTS[::-1])
    np.testing.assert_array_equal(backwards.p[::-1], together.p)


@pytest.mark.parametrize("threads", [2, 5])
def test_any_number_of_threads_gives_the_same(tiny_model: Model, tiny_folder: Path, threads: int) -> None:
    many = load(tiny_folder, threads=threads)
    np.testing.assert_array_equal(many.score(TEXTS).p, tiny_model.score(TEXTS).p)
    np.testing.assert_array_equal(many.vectors(TEXTS), tiny_model.vectors(TEXTS))


def test_safe_from_several_threads_from_the_first_call_on(tiny_folder: Path, tiny_model: Model) -> None:
    """Nothing is loaded yet when the threads begin."""
    fresh = Model(tiny_model.card, threads=2)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: (fresh.score(TEXTS).p, fresh.vectors(TEXTS)), range(24)))
    for p, vectors in found:
        np.testing.assert_array_equal(p, tiny_model.score(TEXTS).p)
        np.testing.assert_array_equal(vectors, tiny_model.vectors(TEXTS))


@given(st.lists(ANY, max_size=5))
@settings(max_examples=60, deadline=None)
def test_probabilities_of_any_text(tiny_model: Model, texts: list[str]) -> None:
    scores = tiny_model.score(texts)
    assert scores.p.shape == (len(texts), len(OUTPUTS))
    assert ((scores.p >= 0) & (scores.p <= 1)).all()
    np.testing.assert_allclose(scores.feelings.sum(axis=1), 1, atol=1e-5)
    assert scores.feelings.shape == (len(texts), len(FEELINGS))
    assert scores.deep.all()


@pytest.mark.parametrize(
    ("count", "windows"), [(0, 1), (1, 1), (WINDOW, 1), (WINDOW + 1, 2), (WINDOW + WINDOW * 3 // 4 + 1, 3), (1000, 11)]
)
def test_a_long_sentence_is_read_in_windows_to_its_end(tiny_model: Model, count: int, windows: int) -> None:
    text = _words(count)
    whole = tiny_model.encoder._tokenizer.encode(text).ids[1:-1]
    pieces = tiny_model.encoder._pieces([text], ())
    assert (len(whole), len(pieces)) == (count, windows)
    for ids, own, owner in pieces:
        assert (ids[0], ids[-1], own, owner) == (CLS, SEP, len(ids), 0)
        assert len(ids) <= WINDOW + 2
    rebuilt: list[int] = []
    for at, piece in enumerate(pieces):
        rebuilt[at * (WINDOW * 3 // 4) :] = piece.ids[1:-1]
    assert rebuilt == whole


def test_of_several_windows_the_mean_is_said(tiny_model: Model) -> None:
    """Also where long and short texts stand together."""
    encoder, long = tiny_model.encoder, _words(300)
    pieces = [
        encoder._tokenizer.decode(each.ids[1:-1], skip_special_tokens=False) for each in encoder._pieces([long], ())
    ]
    assert len(pieces) == 3
    found = encoder.logits(["thank you", long, "late"])
    np.testing.assert_allclose(found[1], np.mean(encoder.logits(pieces), axis=0), rtol=1e-5)
    np.testing.assert_array_equal(found[0], encoder.logits(["thank you"])[0])
    np.testing.assert_array_equal(found[2], encoder.logits(["late"])[0])


def test_a_sentence_is_read_between_its_neighbours(tiny_model: Model) -> None:
    """The end of what is before and the start of what is after follow it, each with a mark, and are not its own."""
    encoder = tiny_model.encoder
    long = _words(100)
    tokens = encoder._tokenizer.encode(long).ids[1:-1]
    [piece] = encoder._pieces(["wrong again"], [Around(long, long)])
    own = encoder._tokenizer.encode("wrong again").ids
    assert piece.ids == [*own, *tokens[-BEFORE:], SEP, *tokens[:AFTER], SEP]
    assert piece.own == len(own)


def test_neighbours_are_heard_and_their_absence_is_being_alone(tiny_model: Model) -> None:
    alone = tiny_model.score(["wrong again", "late"])
    beside = tiny_model.score(["wrong again", "late"], around=[Around("thank you", "late"), Around("", "")])
    assert beside.p[0].tolist() != alone.p[0].tolist()
    assert beside.p[1].tolist() == alone.p[1].tolist()
    np.testing.assert_array_equal(
        tiny_model.score(["wrong again"], around=[Around("thank you", "late")]).p[0], beside.p[0]
    )


def test_a_sentence_in_several_windows_is_read_without_neighbours(tiny_model: Model) -> None:
    long = _words(WINDOW + 1)
    alone = tiny_model.encoder.logits([long])
    np.testing.assert_array_equal(tiny_model.encoder.logits([long], [Around("thank you", "late")]), alone)


def test_neighbours_are_the_two_before_and_the_one_after() -> None:
    texts = ["a", "b", "c", "d"]
    assert [neighbours(texts, at) for at in range(4)] == [("", "b"), ("a", "c"), ("a b", "d"), ("b c", "")]


def test_vectors_have_length_one(tiny_model: Model) -> None:
    vectors = tiny_model.vectors(["the invoice is late", "thank you", _words(400)])
    assert vectors.shape == (3, WIDTH)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_of_nothing_nothing_is_said(tiny_model: Model) -> None:
    assert tiny_model.score([]).p.shape == (0, len(OUTPUTS))
    assert tiny_model.alone([]).shape == (0, len(OUTPUTS))
    assert tiny_model.encoder.logits([]).shape == (0, len(OUTPUTS))
    assert tiny_model.vectors([]).shape == (0, WIDTH)


def test_in_a_cascade_the_encoder_reads_what_passes_a_gate_or_is_doubtful(tiny_model: Model) -> None:
    texts = [_words(n) for n in range(1, 12)]
    rough = tiny_model.alone(texts)
    gates = [OUTPUTS.index("flag.issue"), OUTPUTS.index("flag.promise")]
    passes = (rough[:, gates] >= 0.5).any(axis=1)
    assert 0 < passes.sum() < len(texts)
    doubtful = [place == int(np.flatnonzero(~passes)[0]) for place in range(len(texts))]
    every, found = tiny_model.score(texts), tiny_model.score(texts, cascade=True, doubtful=doubtful)
    assert found.deep.tolist() == (passes | np.array(doubtful)).tolist()
    np.testing.assert_array_equal(found.p[found.deep], every.p[found.deep])
    np.testing.assert_array_equal(found.p[~found.deep], rough[~found.deep])


@pytest.mark.parametrize("most", [0, 1, 3, 100])
def test_the_encoder_reads_at_most_so_many(tiny_model: Model, most: int) -> None:
    texts = [_words(n) for n in range(1, 12)]
    found = tiny_model.score(texts, most=most)
    assert found.deep.sum() == min(most, len(texts))
    loudest = (tiny_model.alone(texts) / tiny_model._gates).max(axis=1)
    assert loudest[found.deep].min(initial=np.inf) >= loudest[~found.deep].max(initial=-np.inf)


def test_the_word_that_weighs_most_is_named(tiny_model: Model) -> None:
    sentence = "the invoice is wrong again!"
    for output in ("flag.issue", "flag.praise", "feeling.anger"):
        said = tiny_model.because(sentence, output)
        assert said in sentence
        assert len(said.split()) <= 2
    assert tiny_model.because("wrong again", "flag.issue") == ""
    assert tiny_model.because(_words(61), "flag.issue") == ""
