"""Sentences through the encoders, each read by itself, or between the sentences before and after it.

An int8 encoder scales its activations by all that it reads at once, so a batch would make what is said of a sentence
depend on its neighbours; and on a CPU one by one is no slower. Several threads read several sentences. A
sentence longer than `WINDOW` tokens is read in windows, so that nothing is cut off.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from amends.judgement.model.files import Card, NoModel, checked
from amends.judgement.model.outputs import GUARD_OUTPUTS, OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

WINDOW = 126
"""Tokens of a window, without its two marks; a longer sentence is read in windows that overlap by a quarter."""
BEFORE, AFTER = 24, 16
"""Tokens of the neighbours that are read with a sentence."""
WIDTH = 384
"""Numbers of a vector."""
_STEP = WINDOW * 3 // 4


class Around(NamedTuple):
    """What stands before a sentence and after it, in the same message."""

    before: str
    after: str


class _Piece(NamedTuple):
    """Token ids, how many of them, from the first, are the sentence's own, and which text they are of."""

    ids: list[int]
    own: int
    owner: int


def beside(before: Sequence[int], after: Sequence[int]) -> tuple[int, ...]:
    """The neighbours of a sentence as tokens to add to its own: the end of what is before, the start of what is after.

    Both come as whole encodings, with their marks. Training and use share this function.
    """
    mark = before[-1]
    return (*before[1:-1][-BEFORE:], mark, *after[1:-1][:AFTER], mark)


class Encoder:
    """The word table, the tuned encoder (`logits`), its branch for drafts (`guard_logits`) and the untuned one
    (`vectors`), each loaded when first used. Both tuned branches stand on the same lower layers.

    `threads` sentences are read at a time.
    """

    def __init__(self, card: Card, *, threads: int) -> None:
        self._card = card
        self._pool = ThreadPoolExecutor(threads, "encoder") if threads > 1 else None

    def logits(self, texts: Sequence[str], around: Sequence[Around] = ()) -> Floats:
        """One row a text, one logit an output. Of a text in several windows, the mean. Raises NoModel.

        `around` has what stands before and after each text; without it each is read as if it stood alone.
        """
        pieces = self._pieces(texts, around)
        return self._through(pieces, len(texts), (self._lower, self._reader), len(OUTPUTS))

    def guard_logits(self, texts: Sequence[str], around: Sequence[Around] = ()) -> Floats:
        """One row a sentence of a draft, one logit an output of the guard (`GUARD_OUTPUTS`). Raises NoModel."""
        pieces = self._pieces(texts, around)
        return self._through(pieces, len(texts), (self._lower, self._guard), len(GUARD_OUTPUTS))

    def lower_states(self, text: str, around: Around) -> tuple[Floats, int]:
        """What the branches stand on, (tokens, 384), and how many tokens are the text's own; for training.

        Of a text in several windows, the first. Raises NoModel.
        """
        piece = self._pieces([text], [around])[0]
        states = self._words.run(["states"], {"ids": np.array([piece.ids], np.int64)})[0]
        found: Floats = self._lower.run(None, {"states": states})[0][0]
        return found, piece.own

    def vectors(self, texts: Sequence[str]) -> Floats:
        """One unit vector of 384 numbers a text; the cosine of two says how alike their texts are. Raises NoModel."""
        found = self._through(self._pieces(texts, ()), len(texts), (self._similar,), WIDTH)
        return _float32(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6))

    def warm(self) -> None:
        """Load what reading needs, so that the first message does not wait. Raises NoModel."""
        self.logits(["Warm."])

    def _through(
        self, pieces: Sequence[_Piece], count: int, chain: Sequence[onnxruntime.InferenceSession], width: int
    ) -> Floats:
        """The pieces through one session after the other; what a session has two inputs for, `own` is the second."""
        wanted = [len(each.get_inputs()) > 1 for each in chain]

        def read(piece: _Piece) -> Floats:
            states = self._words.run(["states"], {"ids": np.array([piece.ids], np.int64)})[0]
            own = np.zeros((1, len(piece.ids)), np.float32)
            own[0, : piece.own] = 1
            for run, with_own in zip(chain, wanted, strict=True):
                states = run.run(None, {"states": states, **({"own": own} if with_own else {})})[0]
            row: Floats = states[0]
            return row

        run: Callable[..., Iterable[Floats]] = self._pool.map if self._pool else map
        rows = list(run(read, pieces))
        return _means(rows, [piece.owner for piece in pieces], count) if rows else np.empty((0, width), np.float32)

    def _pieces(self, texts: Sequence[str], around: Sequence[Around]) -> list[_Piece]:
        """The windows of all texts; one that fits into one window has its neighbours with it."""
        found: list[_Piece] = []
        neighbours = [self._beside(each) for each in around] or [()] * len(texts)
        for owner, encoding in enumerate(self._tokenizer.encode_batch([_clean(text) for text in texts])):
            first, *inner, last = encoding.ids
            if len(inner) <= WINDOW:
                found.append(_Piece([first, *inner, last, *neighbours[owner]], len(inner) + 2, owner))
                continue
            for at in range(0, len(inner), _STEP):
                window = inner[at : at + WINDOW]
                found.append(_Piece([first, *window, last], len(window) + 2, owner))
                if at + WINDOW >= len(inner):
                    break
        return found

    def _beside(self, around: Around) -> tuple[int, ...]:
        """The tokens of what stands before and after a sentence, as they follow it when it is read."""
        return beside(*(self._tokenizer.encode(_clean(text)).ids for text in around)) if any(around) else ()

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        path = checked(self._card, "tokenizer.json")
        try:
            found = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises bare Exception
            raise NoModel(f"The tokenizer {path} cannot be used: install Amends anew.") from error
        found.no_padding()
        found.no_truncation()
        return found

    @cached_property
    def _words(self) -> onnxruntime.InferenceSession:
        return session(self._card, "words.onnx")

    @cached_property
    def _lower(self) -> onnxruntime.InferenceSession:
        return session(self._card, "lower.onnx")

    @cached_property
    def _guard(self) -> onnxruntime.InferenceSession:
        return session(self._card, "guard.onnx")

    @cached_property
    def _reader(self) -> onnxruntime.InferenceSession:
        return session(self._card, "reader.onnx")

    @cached_property
    def _similar(self) -> onnxruntime.InferenceSession:
        return session(self._card, "similar.onnx")


def session(card: Card, name: str) -> onnxruntime.InferenceSession:
    """An ONNX file of the model, ready to run on one thread of the CPU. Raises NoModel."""
    path = checked(card, name)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library has a class of its own for each failure, most of them private
        raise NoModel(f"The model's file {path} cannot be used: install Amends anew.") from error


def _clean(text: str) -> str:
    """Without lone surrogates, which the tokenizer refuses."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _means(rows: list[Floats], owners: list[int], count: int) -> Floats:
    """The mean of each text's windows."""
    found = np.stack(rows)
    if len(found) == count:
        return found
    sums = np.zeros((count, found.shape[1]), np.float32)
    np.add.at(sums, owners, found)
    return _float32(sums / np.bincount(owners, minlength=count)[:, None])


def _float32(numbers: NDArray[Any]) -> Floats:
    return numbers.astype(np.float32, copy=False)
