"""What the trained model says of the sentences of a draft: six tones that hurt, and what each does for the matter.

Three witnesses are heard of each sentence: a linear model over n-grams, which costs a twentieth of a millisecond; the
guard's branch of the encoder, which costs some and reads only the few sentences that it is worth; and the rules. One
logistic regression an output weighs them, fitted on what each said of writers that it had not learned from.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from amends.judgement.model.encoder import session
from amends.judgement.model.ngrams import features
from amends.judgement.model.outputs import GUARD_OUTPUTS, TONES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnxruntime
    from numpy.typing import NDArray

    from amends.judgement.model.encoder import Around, Encoder
    from amends.judgement.model.files import Card, GuardNumbers

    Floats = NDArray[np.float32]

GUARD_BUCKETS = 1 << 16
"""Rows of the guard's n-gram table; fewer than the reader's, for it learned from fewer sentences."""
_TONES = len(TONES)


class DraftReader:
    """Reads the sentences of a draft. Any call may raise NoModel. Safe to use from several threads."""

    def __init__(self, card: Card, numbers: GuardNumbers, encoder: Encoder) -> None:
        self._card, self._encoder, self.numbers = card, encoder, numbers
        found = [numbers.witnesses[name] for name in GUARD_OUTPUTS]
        self._both = np.array([[w.encoder, w.ngrams, w.rule, w.bias] for w in found], np.float32).T
        self._alone = np.array([[w.alone, w.alone_rule, w.alone_bias] for w in found], np.float32).T

    def read(self, texts: Sequence[str], *, around: Sequence[Around], ruled: Floats, most: int) -> tuple[Floats, int]:
        """The probabilities (sentences, `GUARD_OUTPUTS`), and how many sentences the encoder has read.

        `ruled` is 1 where a rule says so of a sentence, of the same shape. The encoder reads at most `most`: those
        that without it are likeliest to hurt, if at least as likely as the gate.
        """
        if not texts:
            return np.empty((0, len(GUARD_OUTPUTS)), np.float32), 0
        rough = self.ngram_logits(texts)
        logits = rough * self._alone[0] + ruled * self._alone[1] + self._alone[2]
        found = _sigmoid(logits)
        doubt = 1 - np.prod(1 - found[:, :_TONES], axis=1)
        places = [int(place) for place in np.argsort(-doubt)[: max(0, most)] if doubt[place] >= self.numbers.gate]
        if places:
            deep = self._encoder.guard_logits([texts[place] for place in places], [around[place] for place in places])
            found[places] = _sigmoid(
                deep * self._both[0] + rough[places] * self._both[1] + ruled[places] * self._both[2] + self._both[3]
            )
        return found, len(places)

    def ngram_logits(self, texts: Sequence[str]) -> Floats:
        """The linear model's logits, (sentences, outputs)."""
        return np.stack([self._rough(text) for text in texts])

    def _rough(self, text: str) -> Floats:
        counted = features(text) or {0: 0}
        rows = np.array([[row % GUARD_BUCKETS for row in counted]], np.int64)
        counts = np.array([list(counted.values())], np.float32)
        found: Floats = self._ngrams.run(None, {"rows_wanted": rows, "counts": counts})[0][0]
        return found

    @cached_property
    def _ngrams(self) -> onnxruntime.InferenceSession:
        return session(self._card, "guard-ngrams.onnx")


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)
