"""The whole check on drafts by hands that its model has not learned from: its last numbers, and the card's figures.

The check runs as it is shipped, but of each sentence the n-gram model and the encoder's branch say what they said in
the fold without its hand. From that come the weights of a tone in its place and of what a draft lacks
(`guard.weighing`), and for the figures each hand's are fitted without that hand.

What a draft lacks is told from its tags (`lacks`); where fair readers would differ it is left open and counts neither
way. Beside a tone that hurts the check tells no more than that a complaint is not owned.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.judgement.guard import Context, Draft, Earlier, Finding, Mailbox, check, lacking, rulefiles, weighing
from amends.judgement.guard.view import View, unquoted
from amends.judgement.guard.weighing import WHOLE
from amends.judgement.model import Model, use
from amends.judgement.model.encoder import Around
from amends.judgement.model.guarding import DraftReader
from amends.judgement.model.outputs import TONES
from training import drafts, guard
from training.drafts import Told

JO, MARTA = Mailbox("jo@firm.example", "Jo Tanner"), Mailbox("marta@harbour.example", "Marta Ruiz")
_AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
_OWNING = frozenset({"owns", "sorry", "feeling", "admits", "remedy"})
_MENDING = frozenset({"remedy", "plan", "asks", "promise", "dated"})
_HARM = frozenset({"blame", "denial", "excuse", "sarcasm", "insult"})
_RULES = {rule.family: rule for rule in rulefiles.load().values() if rule.family in WHOLE}
_APART = re.compile(r"(?i)(?:dear|hi|hello|hey|good (?:morning|afternoon|evening|day))\b.{0,40}|.{1,60},")
_GREETING = 6
Floats = NDArray[np.float32]
Counts = Counter[tuple[str, str]]


def body(told: Told) -> str:
    """The text as mail: greeting and closing on lines of their own, other sentences one after the other."""
    made = ""
    for tags, text in told.lines:
        apart = not tags and len(text.split()) <= _GREETING and _APART.fullmatch(text) is not None
        made = f"{made.rstrip()}\n\n{text}\n\n" if apart else f"{made}{text} "
    return made.strip()


def lacks(told: Told) -> dict[str, bool | None]:
    """By family, whether the draft lacks it, as its tags say; None where they do not say."""
    tags = told.tags
    mends, harms = bool(tags & _MENDING), bool(tags & _HARM)
    answers = told.answering == "complaint" and bool(told.asked) and not tags & _OWNING
    looks = bool(tags & {"asks", "evidence", "plan"}) and not harms
    found: dict[str, bool | None] = {"complaint_not_owned": None if answers and looks else answers}
    for tag, family in (("admits", "admits_without_solution"), ("bad_news", "bad_news_without_plan")):
        found[family] = None if tag in tags and "evidence" in tags and not mends else tag in tags and not mends
    if "admits" in tags and found["bad_news_without_plan"]:
        found["bad_news_without_plan"] = None
    dated, vague = "dated" in tags, "vague" in tags
    found["promise_without_date"] = (
        None if (vague and dated) or (not vague and "promise" in tags and not dated) else vague
    )
    return found


class Crossed(DraftReader):
    """Says of a sentence what was said of it, or of the line that it is a part of, in the fold without its writer."""

    def __init__(self, model: Model) -> None:
        assert model.card.guard is not None
        super().__init__(model.card, model.card.guard, model.encoder)
        kept = np.load(guard.FOLDS)
        self._deep, self._rough = kept["deep"], kept["rough"]
        self._asked = dict(zip(map(str, kept["asked"]), map(float, kept["complains"]), strict=True))
        self._lines = {str(text): at for at, text in enumerate(kept["texts"])}
        self.here: list[str] = []
        self.answers = ""

    def _at(self, text: str) -> int:
        found = self._lines.get(text)
        if found is None:
            line = next((line for line in self.here if text in line or line in text), self.here[0])
            found = self._lines[line]
        return found

    def ngram_logits(self, texts: Sequence[str]) -> Floats:
        return np.stack([self._rough[self._at(text)] for text in texts])

    def encoder_logits(self, texts: Sequence[str], around: Sequence[Around]) -> Floats:
        return np.stack([self._deep[self._at(text)] for text in texts])

    def complains(self, texts: Sequence[str]) -> float:
        return self._asked[self.answers]


@dataclass(frozen=True)
class Heard:
    """What is weighed of one draft: by sentence (`placed`, with `tones` as labelled, -1 unknown) and as a whole."""

    hand: str
    answering: str | None
    complaint: tuple[float, float, float] | None
    placed: Floats
    tones: Floats
    whole: dict[str, Floats]
    lacks: dict[str, bool | None]


def drafted() -> list[Told]:
    """The drafts that are drafts, no single sentences."""
    return [each for each in drafts.every() if each.trade != drafts.ALONE_TRADE]


def as_sent(told: Told) -> tuple[Draft, Context]:
    """The draft as it would leave, and what it answers."""
    thread = (Earlier(told.asked, MARTA, (JO,), at=_AT),) if told.asked else ()
    return Draft(body(told), JO, (MARTA,), at=_AT), Context(own_domains=frozenset({"firm.example"}), thread=thread)


@contextmanager
def reading(model: Model, numbers: Any = None) -> Iterator[Crossed]:
    """The check reads with what the folds said, and with these numbers."""
    kept, before = model.drafts, model.card
    if numbers is not None:
        model.card = replace(model.card, guard=numbers)
    crossed = Crossed(model)
    model.drafts = crossed
    try:
        with use(model):
            yield crossed
    finally:
        model.drafts, model.card = kept, before


def heard(model: Model, every: Iterable[Told], numbers: Any) -> Iterator[Heard]:
    """What is weighed of each draft that the check reads."""
    with reading(model, numbers) as crossed:
        for told in every:
            crossed.here = [unquoted(text) for _, text in told.lines]
            crossed.answers = told.asked
            view = View(*as_sent(told))
            if view.heard is None or not len(view.heard.p):
                continue
            yield weighed(view, drafts.hand(told.file), told.answering, _labels(told, view), lacks(told))


def weighed(view: View, hand: str, answering: str | None, tones: Floats, lacked: dict[str, bool | None]) -> Heard:
    """What is weighed of a draft that the check has heard."""
    assert view.heard is not None
    complaint = view.complaint
    placed = weighing.in_place(view.heard.p, view.heard.ruled, view.complains)
    whole = {}
    for family in WHOLE:
        fired = bool(list(lacking.BY_RULE[family](_RULES[family], view)))
        whole[family] = lacking.features(view, ruled=fired)
    return Heard(hand, answering, complaint, placed, tones, whole, lacked)


def _labels(told: Told, view: View) -> Floats:
    """(sentences, TONES): 1 where a line that overlaps has the tone."""
    assert view.heard is not None
    found = np.zeros((len(view.heard.p), len(TONES)), np.float32)
    for start, end, tags in places(told, view.draft.new_text):
        for at, part in enumerate(view.sentences[: len(found)]):
            if part.start < end - 1 and start < part.end - 1:
                found[at] = np.maximum(found[at], [float(name in tags) for name in TONES])
    return found


def places(told: Told, text: str) -> list[tuple[int, int, frozenset[str]]]:
    """Where each line lies in the text, with its tags."""
    found, at = [], 0
    for tags, line in told.lines:
        start = text.find(line, at)
        if start >= 0:
            at = start + len(line)
            found.append((start, at, tags))
    return found


def counted(told: Told, findings: Sequence[Finding]) -> Counts:
    """How often each family was right, wrong and missed; a sentence of two tones is met by either."""
    counts: Counts = Counter()
    tones = [each for each in findings if each.family in TONES]
    lines = places(told, body(told))
    for each in tones:
        here = [tags for start, end, tags in lines if (each.start or 0) < end and start < (each.end or 0)]
        right = any(each.family in tags for tags in here)
        counts[each.family, "right" if right else "wrong"] += 1
    for start, end, tags in lines:
        labels = [tone for tone in TONES if tone in tags]
        if labels and not any(f.family in tags and (f.start or 0) < end and start < (f.end or 0) for f in tones):
            counts[labels[0], "missed"] += 1
    wanted = lacks(told)
    told_of = {each.family for each in findings}
    for family in WHOLE:
        if family in told_of:
            if wanted[family] is not None:
                counts[family, "right" if wanted[family] else "wrong"] += 1
        elif wanted[family] and (family == "complaint_not_owned" or not told.tags & (_HARM | {"over_promise"})):
            counts[family, "missed"] += 1
    return counts


def checked(model: Model, every: Iterable[Told], numbers: Any) -> Counts:
    """The check over these drafts, counted."""
    counts: Counts = Counter()
    with reading(model, numbers) as crossed:
        for told in every:
            crossed.here = [unquoted(text) for _, text in told.lines]
            crossed.answers = told.asked
            counts += counted(told, check(*as_sent(told)).findings)
    return counts
