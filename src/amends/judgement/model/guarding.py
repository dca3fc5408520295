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
from amends.judgement.model.outputs import GUARD_NGRAMS, GUARD_OUTPUTS, TONES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnxruntime
    from numpy.typing import NDArray

    from amends.judgement.model.encoder import Around, Encoder
    from amends.judgement.model.files import Card, GuardNumbers

    Floats = NDArray[np.float32]

GUARD_BUCKETS = 1 << 16
"""Rows of the guard's n-gram table; fewer than the reader's, for it learned from fewer sentences."""
_TONES, _OUTPUTS, _COMPLAINS = len(TONES), len(GUARD_OUTPUTS), GUARD_NGRAMS.index("complains")
_TOGETHER, _MOST = 3, 60
"""So many sentences of a client are read together, and so many in all."""


class DraftReader:
    """Reads the sentences of a draft. Any call may raise NoModel. Safe to use from several threads."""

    def __init__(self, card: Card, numbers: GuardNumbers, encoder: Encoder) -> None:
        self._card, self._encoder, self.numbers = card, encoder, numbers
        found = [numbers.witnesses[name] for name in GUARD_OUTPUTS]
        self._both = np.array([[w.encoder, w.ngrams, w.rule, w.bias] for w in found], np.float32).T
        self._alone = np.array([[w.alone, w.alone_rule, w.alone_bias] for w in found], np.float32).T

    def read(
        self, texts: Sequence[str], *, around: Sequence[Around], ruled: Floats, most: int, gate: float | None = None
    ) -> Sheet:
        """Judge sentences, each between what stands around it. `ruled` is 1 where a rule says so of a sentence.

        The encoder reads at most `most`: those that without it are likeliest to hurt, if as likely as the
        gate (None: that of the card).
        """
        sheet = Sheet(self, texts, around, ruled)
        doubt = 1 - np.prod(1 - sheet.p[:, :_TONES], axis=1)
        least = self.numbers.gate if gate is None else gate
        sheet.deepen([int(place) for place in np.argsort(-doubt) if doubt[place] >= least], most=most)
        return sheet

    def alone(self, rough: Floats, ruled: Floats) -> Floats:
        """The probabilities without the encoder."""
        return _sigmoid(rough * self._alone[0] + ruled * self._alone[1] + self._alone[2])

    def together(self, deep: Floats, rough: Floats, ruled: Floats) -> Floats:
        """The probabilities with it."""
        return _sigmoid(deep * self._both[0] + rough * self._both[1] + ruled * self._both[2] + self._both[3])

    def encoder_logits(self, texts: Sequence[str], around: Sequence[Around]) -> Floats:
        """The branch's logits, (sentences, outputs)."""
        return self._encoder.guard_logits(texts, around)

    def ngram_logits(self, texts: Sequence[str]) -> Floats:
        """The linear model's logits, (sentences, outputs)."""
        rows = [self._rough(text) for text in texts]
        return np.stack(rows)[:, :_OUTPUTS] if rows else np.empty((0, _OUTPUTS), np.float32)

    def complains(self, texts: Sequence[str]) -> float:
        """Do these sentences of a client complain, in log odds: the most that is said of any `_TOGETHER` in a row."""
        return max(float(self._rough(text)[_COMPLAINS]) for text in together(texts))

    def _rough(self, text: str) -> Floats:
        counted = features(text) or {0: 0}
        rows = np.array([[row % GUARD_BUCKETS for row in counted]], np.int64)
        counts = np.array([list(counted.values())], np.float32)
        found: Floats = self._ngrams.run(None, {"rows_wanted": rows, "counts": counts})[0][0]
        return found

    @cached_property
    def _ngrams(self) -> onnxruntime.InferenceSession:
        return session(self._card, "guard-ngrams.onnx")


class Sheet:
    """The sentences of a draft with what is said of them so far: `p` (sentences, `GUARD_OUTPUTS`).

    `deep` marks those that the encoder has read; it may be asked to read more.
    """

    def __init__(self, reader: DraftReader, texts: Sequence[str], around: Sequence[Around], ruled: Floats) -> None:
        self._reader, self._texts, self._around, self._ruled = reader, texts, around, ruled
        self._rough = reader.ngram_logits(texts)
        self.p = reader.alone(self._rough, ruled)
        self.deep = np.zeros(len(texts), np.bool_)

    def deepen(self, places: Sequence[int], *, most: int) -> int:
        """Have the encoder read the first `most` of these that it has not yet read; how many it has. Raises NoModel."""
        chosen = [place for place in places if not self.deep[place]][: max(0, most)]
        if chosen:
            deep = self._reader.encoder_logits([self._texts[at] for at in chosen], [self._around[at] for at in chosen])
            self.p[chosen] = self._reader.together(deep, self._rough[chosen], self._ruled[chosen])
            self.deep[chosen] = True
        return len(chosen)


def together(texts: Sequence[str]) -> list[str]:
    """The sentences of a client, `_TOGETHER` in a row each."""
    last = max(1, min(len(texts), _MOST) - _TOGETHER + 1)
    return [" ".join(texts[at : at + _TOGETHER]) for at in range(last)]


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)
