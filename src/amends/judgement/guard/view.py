"""A draft as the rules see it: its sentences, what it does, what it answers; each worked out once, when first asked."""

from __future__ import annotations

import math
import re
from functools import cached_property
from typing import TYPE_CHECKING

from amends.judgement import language, rulebook, sentences, setting
from amends.judgement.guard import answered, hearing, rulefiles
from amends.judgement.guard.people import Cast
from amends.judgement.model import NoModel, current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.judgement.guard.answered import Grievance
    from amends.judgement.guard.hearing import Heard
    from amends.judgement.guard.types import Context, Draft
    from amends.judgement.scanning import Hit

MOST_DEEP = 3
"""Sentences of a draft and of what it answers that the encoder reads, at most."""
_MOST_OF_THEIRS = 2
"""Of these so many of what it answers."""
_USUAL = 0.25
"""The odds factor (`setting`) from which on a text is as likely as any to come from dealings with a firm."""

CONCEDING = frozenset({"apology", "owns", "feeling"})
"""Kinds of moves by which a draft grants that the client has reason to complain."""
MOST_READ = 100_000
"""Characters of the new text that are looked at; wording is judged in its first 20,000 and last 4,000 of these."""

_WRAPPED = re.compile(r"(?<![\n,:;])\n(?=[^\s\-*•–>|])(?!\d{1,2}[.)])")
_QUOTATION = re.compile(r"\"[^\"\n]{1,400}\"|“[^”\n]{1,400}”|„[^“”\n]{1,400}[“”]|«[^»\n]{1,400}»|`[^`\n]{1,400}`")
_WORDS = re.compile(r"\w+")
_TROUBLE = re.compile(
    r"\b(?:sorry|apolog\w+|late|delay\w*|mistake|error|wrong|fault|missed|failed|problem|outage|slipped|"
    r"behind|overdue|held up|down|lost|broke\w*|complain\w*|inconvenien\w+|miss(?:ed|ing)|not ready)\b"
)


class View:
    """A draft with its context, and what the encoder may still read."""

    def __init__(self, draft: Draft, context: Context) -> None:
        self.draft, self.context = draft, context
        self.cast = Cast(draft, context)
        self.deep = 0
        self.failed: dict[str, str] = {}

    @property
    def left(self) -> int:
        """So many sentences may the encoder still read."""
        return MOST_DEEP - self.deep

    @cached_property
    def flat(self) -> str:
        """The new text with wrapped lines joined, each character in its place."""
        return _WRAPPED.sub(" ", self.draft.new_text[:MOST_READ])

    @cached_property
    def own(self) -> str:
        """`flat` with dots over what stands in quotation marks: somebody else's words, or a text shown."""
        return unquoted(self.flat)

    @cached_property
    def language(self) -> str:
        """Of the new text, ISO 639-1."""
        return language.guess(self.draft.new_text)

    @cached_property
    def sentences(self) -> list[sentences.Sentence]:
        """The sentences of the new text, with quotations blanked."""
        return list(sentences.split(self.own))

    @cached_property
    def worded(self) -> tuple[Hit, ...]:
        """Every wording rule that fires, whether the firm uses it or not, with its sentence."""
        return tuple(rulefiles.wording().hits(self.own))

    @cached_property
    def moved(self) -> tuple[Hit, ...]:
        """Every rule of `moves.toml` that fires, with its sentence."""
        return tuple(rulefiles.moves().hits(self.own))

    @cached_property
    def heard(self) -> Heard | None:
        """What the trained model hears in the sentences; None where none reads drafts."""
        found, why = hearing.hear(self)
        if why:
            self.failed["model"] = why
        self.deep += found.deep if found else 0
        return found

    def family(self, rule: str) -> str:
        """The family of a rule."""
        return rulefiles.load()[rule].family

    @cached_property
    def ruled(self) -> frozenset[str]:
        """What the draft does, as the rules of `moves.toml` alone hear it."""
        return frozenset(hit.rule.kind for hit in self.moved)

    def look(self, places: Sequence[int]) -> None:
        """Have the encoder read these sentences, the first first, as long as it may."""
        if self.heard is not None:
            try:
                self.deep += self.heard.sheet.deepen(places, most=self.left)
            except NoModel as error:
                self.failed["model"] = type(error).__name__

    @property
    def moves(self) -> frozenset[str]:
        """What the draft does: kinds of `moves.toml`, as rules and model hear it together so far."""
        if self.heard is None:
            return self.ruled
        weighed = {kind for kind, output in hearing.SAID_AS.items() if self.heard.said(output)}
        return self.ruled - hearing.WEIGHED | weighed

    @cached_property
    def said(self) -> str:
        """The new text in lower case with straight apostrophes."""
        return rulebook.plain(self.own)

    @cached_property
    def troubled(self) -> bool:
        """Is it about something that went wrong."""
        return _TROUBLE.search(self.said) is not None or self.grievance.complaint

    @cached_property
    def answering(self) -> str:
        """The new text of the client's message that this answers; empty where there is none."""
        thread = [each for each in self.context.thread if each.sender is None or self.cast.outside(each.sender)]
        if thread:
            return thread[-1].text if self.context.thread[-1] is thread[-1] else ""
        if self.context.thread or not self.draft.below:
            return ""
        return answered.quoted(self.draft.below[0], self.cast)

    @cached_property
    def grievance(self) -> Grievance:
        """What is wrong, in the message that this answers."""
        found = answered.grievance(self.answering, most=max(0, min(self.left, _MOST_OF_THEIRS)))
        self.deep += found.deep
        return found

    @cached_property
    def complaint(self) -> tuple[float, float, float] | None:
        """What n-grams say of whether the client complains, what the reader says, and how likely such a text comes
        from dealings with a firm at all, in log odds; None where nothing is answered."""
        model = current()
        text = self.answering[: sentences.LONGEST]
        if model is None or model.drafts is None or not text.strip() or language.guess(text) != "en":
            return None
        theirs = [part.text.strip() for part in sentences.split(text)]
        try:
            rough = model.drafts.complains(theirs)
        except NoModel as error:
            self.failed["model"] = type(error).__name__
            return None
        odds = min(1.0, setting.odds_factor(text, len(theirs)) / _USUAL)
        return rough, float(self.grievance.complaint), math.log(max(odds, 1e-4))

    @cached_property
    def complains(self) -> float | None:
        """How likely the client complains, in log odds; None where nothing is answered."""
        model = current()
        if self.complaint is None or model is None or model.drafts is None:
            return None
        *weights, bias = model.drafts.numbers.complains
        return sum(weight * said for weight, said in zip(weights, self.complaint, strict=True)) + bias

    @cached_property
    def words(self) -> int:
        """How many words are new."""
        return len(_WORDS.findall(self.draft.new_text))


def unquoted(text: str) -> str:
    """The text with dots over what stands in quotation marks, each character in its place."""
    return _QUOTATION.sub(lambda match: '"' + "·" * (len(match[0]) - 2) + '"', text)
