"""What is found in one message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from amends.judgement.model.outputs import FEELINGS
from amends.judgement.promises import Promise
from amends.judgement.spans import Span


def silent() -> dict[str, float]:
    """The feelings of a message of which nothing is known."""
    return {name: float(name == "neutral") for name in FEELINGS}


@dataclass(frozen=True, slots=True)
class Feeling(Span):
    """A finding of a feeling: `kind` is one of the eight that are shown, and not neutral."""

    kind: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one message, each kind in the order of the text.

    `emotions` are the eight shown feelings of the message as a whole, summing to one; `carrier` is the sentence
    that speaks loudest. `complaint` is the confidence that the client says something is wrong; `issues` are the
    sentences that say so, and are empty where it does not count as one. `leaving_p` and `praise_p` are the confidences
    that the message does so at all. In a `language` other than "en" nothing is judged. `by` is who judged: the
    trained "model" together with the rules, or "rules" alone.
    """

    language: str
    by: str = "rules"
    emotions: Mapping[str, float] = field(default_factory=silent)
    carrier: Span | None = None
    complaint: float = 0.0
    issues: tuple[Span, ...] = ()
    feelings: tuple[Feeling, ...] = ()
    praise: tuple[Span, ...] = ()
    leaving: tuple[Span, ...] = ()
    leaving_p: float = 0.0
    praise_p: float = 0.0
    scope_request: tuple[Span, ...] = ()
    referral: tuple[Span, ...] = ()
    requests: tuple[Span, ...] = ()
    wanted: tuple[Span, ...] = ()
    promises: tuple[Promise, ...] = ()

    @property
    def judged(self) -> bool:
        """Was the text read at all; if not, "nothing found" means nothing."""
        return self.language == "en"
