"""What the trained model says of sentences, as probabilities.

Two models read: a linear one over n-grams, which costs a tenth of a millisecond a sentence, and an encoder, which costs
three. Their logits are blended with weights fitted on development data, which also calibrates them (Platt 1999,
and temperature scaling, Guo et al. 2017, for the feelings). In a *cascade* the encoder reads only sentences where the
linear model, or whoever asks, sees that something may be there; the rest are judged by the linear model alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from amends.judgement.model.encoder import Around, Encoder, session
from amends.judgement.model.files import SHIPPED, Card, NoModel, card
from amends.judgement.model.guarding import DraftReader
from amends.judgement.model.ngrams import features
from amends.judgement.model.outputs import FEELINGS, OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import onnxruntime
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

PLACE = {name: place for place, name in enumerate(OUTPUTS)}
_FEELINGS = slice(PLACE["feeling.anger"], PLACE["feeling.anger"] + len(FEELINGS))
_WORDS_WEIGHED = 60
_WEIGHED = 64
_TELLS = 0.3
"""A loss of log-odds by leaving words out that is worth telling."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What was said of each sentence: `p` is (sentences, outputs), `deep` which of them the encoder has read."""

    p: Floats
    deep: NDArray[np.bool_]

    def of(self, output: str) -> Floats:
        """The probabilities of one output, by sentence."""
        found: Floats = self.p[:, PLACE[output]]
        return found

    def pick(self, places: Sequence[int]) -> Scores:
        """The scores of these sentences, in this order."""
        return Scores(self.p[list(places)], self.deep[list(places)])

    @property
    def feelings(self) -> Floats:
        """(sentences, 8): the shown feelings in their order, each row summing to one."""
        found: Floats = self.p[:, _FEELINGS]
        return found


class Model:
    """A model whose card has been read; its files are loaded when first needed. Any call may raise NoModel.

    Safe to use from several threads.
    """

    def __init__(self, card: Card, *, threads: int = 1) -> None:
        self.card = card
        self.threads = threads
        self.encoder = Encoder(card, threads=threads)
        self.drafts = DraftReader(card, card.guard, self.encoder) if card.guard else None
        blends = [card.blends[name] for name in OUTPUTS]
        self._both = [
            np.array(each, np.float32) for each in zip(*((b.encoder, b.ngrams, b.bias) for b in blends), strict=True)
        ]
        self._alone = [
            np.array(each, np.float32) for each in zip(*((b.alone, b.alone_bias) for b in blends), strict=True)
        ]
        self._drops = lru_cache(_WEIGHED)(self._drops_of)  # one sentence is asked about for several outputs
        self._gates = np.array([card.gates.get(name, np.inf) for name in OUTPUTS], np.float32)

    def score(
        self,
        sentences: Sequence[str],
        *,
        around: Sequence[Around] = (),
        cascade: bool = False,
        doubtful: Sequence[bool] = (),
        watch: Sequence[str] = (),
        odds: float = 1.0,
        most: int | None = None,
    ) -> Scores:
        """Judge sentences, each between its neighbours (`around`) or alone, whatever else is judged with it.

        In a `cascade` the encoder reads only those that are `doubtful` or pass a gate, of all outputs or of those
        to `watch`, at `odds` times the odds that the linear model gives (below 1 where nothing is likely to be found).
        It reads at most `most` (None: no limit): those that are furthest past a gate.
        """
        if not sentences:
            return Scores(np.empty((0, len(OUTPUTS)), np.float32), np.empty(0, np.bool_))
        rough = self.ngram_logits(sentences)
        found = self._unread(rough)
        places = self._worth(_at_odds(found, odds), cascade, doubtful, watch, most)
        if len(places):
            beside = [around[place] for place in places] if around else ()
            logits = self.encoder.logits([sentences[place] for place in places], beside)
            found[places] = _probabilities(logits * self._both[0] + rough[places] * self._both[1] + self._both[2])
        deep = np.zeros(len(sentences), np.bool_)
        deep[places] = True
        return Scores(found, deep)

    def _worth(
        self, found: Floats, cascade: bool, doubtful: Sequence[bool], watch: Sequence[str], most: int | None
    ) -> list[int]:
        """The places of the sentences that the encoder reads."""
        watched = [PLACE[name] for name in watch] if watch else slice(None)
        past = (found / self._gates)[:, watched].max(axis=1)
        places = [
            place
            for place, height in enumerate(past)
            if not cascade or height >= 1 or (len(doubtful) > 0 and doubtful[place])
        ]
        if most is not None and len(places) > most:
            places = sorted(sorted(places, key=lambda place: -past[place])[:most])
        return places

    def because(self, sentence: str, output: str) -> str:
        """The word or two that weigh most for an output in the n-gram model: without them it says much less."""
        words = sentence.split()
        if not 3 <= len(words) <= _WORDS_WEIGHED:
            return ""
        runs = [(at, size) for size in (1, 2) for at in range(len(words) - size + 1)]
        drops = self._drops(sentence, tuple(runs))[:, PLACE[output]]
        at, size = runs[int(drops.argmax())]
        return " ".join(words[at : at + size]).strip(".,;:!?\"'()") if drops.max() > _TELLS else ""

    def _drops_of(self, sentence: str, runs: tuple[tuple[int, int], ...]) -> Floats:
        """(runs, outputs): how much less is said of the sentence without each run of its words."""
        words = sentence.split()
        said = self.ngram_logits([sentence, *(" ".join([*words[:at], *words[at + size :]]) for at, size in runs)])
        drops: Floats = said[0] - said[1:]
        return drops

    def alone(self, sentences: Sequence[str]) -> Floats:
        """The probabilities that the linear model gives by itself, (sentences, outputs)."""
        return self._unread(self.ngram_logits(sentences))

    def ngram_logits(self, sentences: Sequence[str]) -> Floats:
        """The linear model's logits, (sentences, outputs)."""
        rows = [self._rough(sentence) for sentence in sentences]
        return np.stack(rows) if rows else np.empty((0, len(OUTPUTS)), np.float32)

    def vectors(self, texts: Sequence[str]) -> Floats:
        """One unit vector of 384 numbers a text, for similarity."""
        return self.encoder.vectors(texts)

    def warm(self) -> None:
        """Load everything that reading needs, now."""
        self.score(["Warm."])

    def _unread(self, rough: Floats) -> Floats:
        return _probabilities(rough * self._alone[0] + self._alone[1])

    def _rough(self, sentence: str) -> Floats:
        counted = features(sentence) or {0: 0}
        rows = np.array([list(counted.keys())], np.int64)
        counts = np.array([list(counted.values())], np.float32)
        found: Floats = self._ngrams.run(["logits"], {"rows_wanted": rows, "counts": counts})[0][0]
        return found

    @cached_property
    def _ngrams(self) -> onnxruntime.InferenceSession:
        return session(self.card, "ngrams.onnx")

    @property
    def about(self) -> dict[str, Any]:
        """The card, for people."""
        return self.card.raw


def load(folder: Path = SHIPPED, *, threads: int = 1) -> Model:
    """The model in this folder, found to be whole. Raises NoModel."""
    found = Model(card(folder), threads=threads)
    found.warm()
    return found


def neighbours(texts: Sequence[str], at: int) -> Around:
    """What a sentence of a message is read between: the two before it and the one after."""
    return Around(" ".join(texts[max(0, at - 2) : at]), texts[at + 1] if at + 1 < len(texts) else "")


def _at_odds(p: Floats, odds: float) -> Floats:
    return p if odds == 1 else p * np.float32(odds) / (1 - p * np.float32(1 - odds))


def _probabilities(logits: Floats) -> Floats:
    """A sigmoid each, but one softmax over the feelings."""
    bounded = np.clip(logits, -30, 30)
    found = 1 / (1 + np.exp(-bounded))
    shown = np.exp(bounded[:, _FEELINGS] - bounded[:, _FEELINGS].max(axis=1, keepdims=True))
    found[:, _FEELINGS] = shown / shown.sum(axis=1, keepdims=True)
    return found.astype(np.float32, copy=False)


__all__ = ["Model", "NoModel", "Scores", "load"]
