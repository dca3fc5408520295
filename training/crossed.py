"""The whole guard on drafts by writers that its model has not learned from: what the figures of the card are of.

The guard runs as it is shipped, but of each sentence the n-gram model and the encoder's branch say what they said in
the fold without its writer. What a draft does as a whole follows from its sentences' tags (`expected`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.judgement import sentences
from amends.judgement.guard import Context, Draft, Earlier, Mailbox, check
from amends.judgement.guard.view import unquoted
from amends.judgement.model import Model, use
from amends.judgement.model.encoder import Around
from amends.judgement.model.guarding import DraftReader
from amends.judgement.model.outputs import TONES
from training import drafts, guard
from training.drafts import Told

JO, MARTA = Mailbox("jo@firm.example", "Jo Tanner"), Mailbox("marta@harbour.example", "Marta Ruiz")
SUBSTANCE = ("admits_without_solution", "complaint_not_owned", "promise_without_date", "bad_news_without_plan")
_OWNING = frozenset({"owns", "sorry", "feeling", "remedy"})
_MENDING = frozenset({"remedy", "plan", "asks"})
Floats = NDArray[np.float32]
Counts = Counter[tuple[str, str]]


class _Crossed(DraftReader):
    """Says of a sentence what was said of it, or of the line that it is a part of, in the fold without its writer."""

    def __init__(self, model: Model) -> None:
        assert model.card.guard is not None
        super().__init__(model.card, model.card.guard, model.encoder)
        kept = np.load(guard.FOLDS)
        self._deep, self._rough = kept["deep"], kept["rough"]
        self._lines = {str(text): at for at, text in enumerate(kept["texts"])}
        self.here: list[str] = []

    def knows(self, draft: Told) -> bool:
        """Was the draft among those of the folds."""
        return all(unquoted(text) in self._lines for _, text in draft.lines)

    def _at(self, text: str) -> int:
        line = next((line for line in self.here if text in line), None)
        return self._lines[line if line is not None else self.here[0]]

    def ngram_logits(self, texts: Sequence[str]) -> Floats:
        return np.stack([self._rough[self._at(text)] for text in texts])

    def encoder_logits(self, texts: Sequence[str], around: Sequence[Around]) -> Floats:
        return np.stack([self._deep[self._at(text)] for text in texts])


def expected(draft: Told) -> set[str]:
    """The families of substance that a draft's tags speak of."""
    found = set()
    if draft.answering == "complaint" and not draft.tags & _OWNING:
        found.add("complaint_not_owned")
    if "admits" in draft.tags and not draft.tags & _MENDING:
        found.add("admits_without_solution")
    if "bad_news" in draft.tags and not draft.tags & _MENDING:
        found.add("bad_news_without_plan")
    if any({"promise", "vague"} <= tags and "dated" not in tags for tags, _ in draft.lines):
        found.add("promise_without_date")
    return found


def judged(every: Iterable[Told], model: Model | None) -> Iterator[tuple[Told, list[Any], list[tuple[int, int, Any]]]]:
    """Each draft with the findings, and its lines with where they lie."""
    crossed = _Crossed(model) if model is not None else None
    if model is not None:
        model.drafts = crossed
    for draft in every:
        if crossed is not None:
            crossed.here = [unquoted(text) for _, text in draft.lines]
        places, at = [], 0
        for tags, text in draft.lines:
            places.append((at, at + len(text), tags))
            at += len(text) + 1
        thread = (Earlier(draft.asked, MARTA, (JO,)),) if draft.asked else ()
        context = Context(own_domains=frozenset({"firm.example"}), thread=thread)
        with use(model):
            result = check(Draft(draft.text, JO, (MARTA,)), context)
        yield draft, list(result.findings), places


def counted(every: Iterable[Told], model: Model | None) -> Counts:
    """How often each family was right, wrong and missed; a sentence of two tones is met by either.

    Families of substance that the guard leaves out beside a tone that it tells are not missed.
    """
    counts: Counts = Counter()
    for draft, findings, places in judged(every, model):
        tones = [each for each in findings if each.family in TONES]
        for start, end, tags in places:
            labels = [tone for tone in TONES if tone in tags]
            here = [each.family for each in tones if each.start < end and start < each.end]
            right = [family for family in here if family in labels]
            for family in here:
                counts[family, "right" if family in labels else "wrong"] += 1
            if labels and not right:
                counts[labels[0], "missed"] += 1
        told, wanted = {each.family for each in findings if each.family in SUBSTANCE}, expected(draft)
        for family in told | wanted:
            if family in told:
                counts[family, "right" if family in wanted else "wrong"] += 1
            elif not tones:
                counts[family, "missed"] += 1
    return counts


def known(model: Model) -> list[Told]:
    """The drafts of the folds that are drafts, not single sentences."""
    crossed = _Crossed(model)
    return [each for each in drafts.every() if each.trade != drafts.ALONE_TRADE and crossed.knows(each)]


__all__ = ["SUBSTANCE", "counted", "expected", "judged", "known", "sentences"]
