"""A clause under judgement: its words, its verb groups that speak of the future, and what takes their force away."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from amends.judgement.promises import timing
from amends.judgement.promises.lexicon import BASE, Lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amends.judgement.promises.clauses import Clause, Tokens
    from amends.judgement.promises.subjects import Subject

MODAL = frozenset(("will", "'ll", "shall", "won't", "wont", "shan't"))
BE = frozenset(("is", "are", "am", "'m", "'re", "'s", "be"))
NOT = frozenset(("not", "n't", "never", "won't", "wont", "shan't", "no"))
_EMBEDDED = frozenset(
    """if whether when why how where unless what who until lest wherever whatever whenever whichever
    whose""".split()  # noqa: SIM905
)
_INVERTING = frozenset("could can should shall may do did will would might must".split())  # noqa: SIM905
_SET = frozenset(("scheduled", "booked", "set"))
_ILL = frozenset(("is", "was", "be", "been", "feel", "felt", "fell", "am", "'m", "very", "so"))
_ARTICLES = frozenset(("the", "a", "an", "my", "our", "your", "his", "her", "their", "bed", "court", "town", "this"))
_RECIPIENT = frozenset(("you", "your", "yours", "u", "ur"))


@dataclass(frozen=True)
class View:
    """A clause under judgement; `firm`: the firm writes it; `before`: the words of the sentence before the clause."""

    sentence: Tokens
    clause: Clause
    firm: bool
    asked: bool
    lexicon: Lexicon

    @cached_property
    def words(self) -> list[str]:
        """The tokens of the sentence up to the clause's end."""
        return self.sentence.words[: self.clause.high]

    @cached_property
    def plain(self) -> str:
        """The clause's text in lower case."""
        low, high = self.sentence.starts[self.clause.low], self.sentence.ends[self.clause.high - 1]
        return self.sentence.plain[low:high]

    @cached_property
    def due(self) -> tuple[int, int] | None:
        """Where in `plain` it says by when."""
        return timing.due_span(self.plain)

    @cached_property
    def by_then(self) -> bool:
        """Does it say "by" a time."""
        return self.due is not None and self.plain.startswith("by ", self.due[0])

    @cached_property
    def sent(self) -> bool:
        """Does it name the reader."""
        return not _RECIPIENT.isdisjoint(self.words[self.clause.low :])

    def word(self, i: int) -> str:
        """The token at `i`, or nothing beyond the end."""
        return self.words[i] if 0 <= i < len(self.words) else ""

    def verb(self, i: int) -> tuple[str, int]:
        """Dictionary form and form bits of the token at `i`."""
        return self.lexicon.verb(self.word(i))


@dataclass(frozen=True)
class Group:
    """A verb group that speaks of the future: where it begins, its main verb, and what stands between."""

    start: int
    verb: int
    negative: bool
    hedged: bool


@dataclass(frozen=True)
class Found:
    """A commitment: by how much surer (in log-odds) than its rule usually is, and whether it is the other side's."""

    shift: float = 0.0
    negative: bool = False
    other: bool = False


def groups(view: View) -> Iterator[Group]:
    """The verb groups of the clause that speak of the future, in order."""
    for i in range(view.clause.low, view.clause.high):
        before, word, next_ = view.word(i - 1), view.words[i], view.word(i + 1)
        if word in MODAL or (word == "ill" and before not in _ILL and _verb_like(view, i + 1)):
            yield after(view, i, i + 1)
        elif word == "gonna":
            yield after(view, i - 1 if before in BE else i, i + 1)
        elif word == "going" and next_ == "to" and _infinitive(view, i + 2):
            yield after(view, be_before(view, i), i + 2, not_before=i)
        elif word == "to" and before in _SET and view.word(i - 2) in ("is", "are"):
            yield after(view, i - 2, i + 1)
        elif word == "to" and before in ("is", "are", "am", "'m") and (view.verb(i + 1)[1] & BASE or next_ == "be"):
            yield after(view, i - 1, i + 1)


def _verb_like(view: View, i: int) -> bool:
    """After "ill" for "I'll": a verb that is known, or a word with a particle or an object after it."""
    return bool(view.verb(i)[1] & BASE) or view.word(i + 1) in ("up", "out", "off", "over", "it", "them", "you", "the")


def _infinitive(view: View, i: int) -> bool:
    """A verb, not a place: "going to print it", but not "going to Madrid" or "going to the fair"."""
    word = view.word(i)
    return word.isalpha() and not view.sentence.capital(i) and word not in _ARTICLES


def be_before(view: View, i: int) -> int:
    """Where the "am" or "is" stands that belongs to a verb at token `i`; `i` where there is none."""
    while i > view.clause.low and (view.word(i - 1) in BE or view.lexicon.is_(view.word(i - 1), "adverb", "hedge")):
        i -= 1
        if view.word(i) in BE:
            break
    return i


def after(view: View, start: int, i: int, not_before: int = 0) -> Group:
    """The verb group that begins at token `start` and whose main verb stands at `i` or after adverbs from there."""
    negative = view.word(start) in NOT or (not_before > start and not NOT.isdisjoint(view.words[start:not_before]))
    hedged = False
    while i < view.clause.high and (
        view.lexicon.is_(view.word(i), "adverb", "hedge")
        or view.word(i) in NOT
        or view.word(i).endswith("ly")
        or (view.word(i) == "," and view.word(i + 1) in ("of", "however", "therefore", "course"))
        or (view.word(i) == "," and view.word(i - 1) in ("course", "however", "therefore"))
    ):
        negative = negative or view.word(i) in NOT
        hedged = hedged or view.lexicon.is_(view.word(i), "hedge")
        i += 1
    if start and view.lexicon.is_(view.word(start - 1), "hedge"):
        hedged = True
    return Group(start, i, negative, hedged)


def threatens(view: View) -> bool:
    """A client who speaks of other firms or of lawyers promises nothing."""
    return not view.firm and view.lexicon.phrases["threat"].search(view.plain) is not None


def embedded(view: View, who: Subject, start: int) -> bool:
    """Is the clause only thought, told or asked by what stands before its subject."""
    if who.opener in _EMBEDDED and who.low - view.clause.low >= 1:
        return not (who.opener == "what" and who.kind == "own" and "is" in view.words[who.low :])
    before = view.words[view.clause.low : start]
    if before[:1] in (["please"], ["kindly"]) and "be" not in before[:2] and who.kind != "own":
        return True  # "Please confirm that it will be issued."
    for sign in (",", ":", ")", ";"):
        if sign in before:
            before = before[len(before) - before[::-1].index(sign) :]
    return any(
        view.lexicon.is_(word, "doubt", "hedge")
        and not (word in ("tell", "say") and "you" in before[at : at + 2])
        and not (word == "assured" and before[at - 1 : at] in (["be"], ["rest"]))
        for at, word in enumerate(before)
    )


def inverted(view: View, who: Subject) -> bool:
    """ "Could we schedule …": a question, with its mark or without."""
    return view.word(who.low - 1) in _INVERTING
