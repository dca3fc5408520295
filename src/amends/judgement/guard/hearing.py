"""What the trained model hears in the sentences of a draft, with the rules as witnesses beside it.

A draft that is read gets one row of probabilities a sentence (`model.guarding`). Where there is no model that reads
drafts, there are none, and the rules stand alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from amends.judgement.guard import weighing
from amends.judgement.model import NoModel, current
from amends.judgement.model.outputs import GUARD_OUTPUTS, MOVES, TONES
from amends.judgement.model.scoring import neighbours

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from amends.judgement.guard.view import View
    from amends.judgement.model.files import GuardNumbers
    from amends.judgement.model.guarding import Sheet

MOST_SENTENCES = 150
"""So many sentences of a draft are read; rules see the rest alone."""
SAID_AS = {
    "apology": "sorry",
    "owns": "owns",
    "feeling": "feeling",
    "remedy": "remedy",
    "plan": "plan",
    "asks": "asks",
}
"""Kinds of `moves.toml` by the output of the model that speaks of the same."""
WEIGHED = frozenset({"remedy", "plan"})
"""Kinds that rules hear in too many sentences: the model's word, which counts theirs, stands in place of theirs."""
GATE = 0.1
"""As likely as that a sentence hurts, the encoder reads it where a complaint is answered; elsewhere the card says."""
POSSIBLE, DOUBTFUL = 0.03, 0.05
"""Of which something holds with less than the first, need not be read; what is below the second is not believed."""
PLACE = {name: place for place, name in enumerate(GUARD_OUTPUTS)}


@dataclass(frozen=True, slots=True)
class Heard:
    """The sheet of the draft's sentences; `places` finds a sentence by its start."""

    sheet: Sheet
    places: dict[int, int]
    numbers: GuardNumbers
    ruled: NDArray[np.float32]

    @property
    def p(self) -> NDArray[np.float32]:
        """(sentences, outputs)."""
        return self.sheet.p

    @property
    def deep(self) -> int:
        """So many sentences the encoder has read."""
        return int(self.sheet.deep.sum())

    def said(self, output: str) -> list[int]:
        """The sentences of which this output holds."""
        likely = self.p[:, PLACE[output]] >= self.numbers.found[output]
        return [int(at) for at in np.flatnonzero(likely)]

    def likely(self, output: str, least: float) -> bool:
        """Does this output hold of any sentence with at least this probability."""
        return bool((self.p[:, PLACE[output]] >= least).any())

    def of(self, start: int, output: str) -> float | None:
        """The probability of the sentence that starts here; None where it was not read."""
        at = self.places.get(start)
        return None if at is None else float(self.p[at, PLACE[output]])

    def likeliest(self, outputs: Iterable[str]) -> list[int]:
        """The sentences of which any of these may hold, the likeliest first."""
        best = self.p[:, [PLACE[output] for output in outputs]].max(axis=1)
        return [int(at) for at in np.argsort(-best) if best[at] >= POSSIBLE]

    def doubts(self, at: int, output: str) -> bool:
        """Has the encoder read this sentence, and is it unlikely that this output holds of it."""
        return bool(self.sheet.deep[at]) and bool(self.p[at, PLACE[output]] < DOUBTFUL)

    def tones(self, complains: float | None) -> NDArray[np.float32]:
        """(sentences, TONES): how likely each tone is, given how likely a complaint is answered."""
        weights = np.array([self.numbers.placed[name] for name in TONES], np.float32).T
        return weighing.likely(weighing.in_place(self.p, self.ruled, complains), weights)

    def least(self, tone: str, complains: float | None) -> float:
        """From which probability on a tone is told without a rule: where nobody complains, harm is rare."""
        told = self.numbers.told[tone]
        return told if complains is not None and complains > 0 else max(told, self.numbers.calm)

    def likeliest_of(self, outputs: Iterable[str]) -> int:
        """The sentence of which one of these holds likeliest."""
        return int(self.p[:, [PLACE[output] for output in outputs]].max(axis=1).argmax())


def hear(view: View) -> tuple[Heard | None, str]:
    """What the model hears in a draft; None where there is none, with why where something failed."""
    model = current()
    if model is None or model.drafts is None or not view.cast.leaves or view.language != "en":
        return None, ""
    parts = view.sentences[:MOST_SENTENCES]
    texts = [part.text.strip() for part in parts]
    places = {part.start: at for at, part in enumerate(parts)}
    ruled = np.zeros((len(parts), len(GUARD_OUTPUTS)), np.float32)
    for hit in view.worded:
        if hit.sentence.start in places:
            ruled[places[hit.sentence.start], PLACE[view.family(hit.rule.id)]] = 1
    for hit in view.moved:
        if hit.sentence.start in places and hit.rule.kind in SAID_AS:
            ruled[places[hit.sentence.start], PLACE[SAID_AS[hit.rule.kind]]] = 1
    around = [neighbours(texts, at) for at in range(len(texts))]
    try:
        gate = GATE if (view.complains or 0) > 0 else None
        sheet = model.drafts.read(texts, around=around, ruled=ruled, most=view.left, gate=gate)
    except NoModel as error:
        return None, type(error).__name__
    return Heard(sheet, places, model.drafts.numbers, ruled), ""


__all__ = ["MOST_SENTENCES", "MOVES", "SAID_AS", "Heard", "hear"]
