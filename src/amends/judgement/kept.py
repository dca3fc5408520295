"""Does a later message speak of what was promised, as of something that is done: words first, then likeness.

No more than a suggestion, put before a person: "Jo wrote on Thursday: …: kept?". A sentence that promises again, asks,
or says that it is not done yet, is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from amends.judgement import sentences

LIKE = 0.62
"""How alike, as a cosine of the model's vectors, a sentence must be that shares too few words with the promise."""
_MOST = 60  # sentences of one message that are looked at
_WORD = re.compile(r"[^\W\d_]{3,}|\d[\d.,]*\w*")
_PLAIN = frozenset(
    """the and for you your our with will shall that this have has had was were are is be been can could would should
    from into onto over under about than then them they their there here she her him his its who whom which what when
    where how all any some not but also just very more most send sent get got give given let make made see know please
    dear hello thanks thank today tomorrow monday tuesday wednesday thursday friday saturday sunday week month noon
    morning evening end day next latest soon back one two three new""".split()  # noqa: SIM905
)
_DONE = re.compile(
    r"\b(?:attached|enclosed|here (?:is|are|it is|you)|"
    r"(?:is|are|it's|that's|now|been|was|were|have|has|i've|we've)\b.{0,40}"
    r"\b(?:done|ready|finished|fixed|corrected|sent|live|online|uploaded|delivered|complete|completed|updated|changed|"
    r"paid|signed|approved|booked|published|resolved|in place)|just (?:sent|uploaded|finished|fixed)|please find|"
    r"you(?:'ll| will)? find|as promised|as agreed)\b",
    re.I,
)
_NOT = re.compile(
    r"\b(?:will|'ll|shall|going to|not yet|hasn't|haven't|isn't|aren't|have not|has not|is not|are not|"
    r"still (?:working|waiting)|once|as soon as|until|delay(?:ed)?|late|sorry that)\b|\?\s*$",
    re.I,
)

Likeness = Callable[[str, Sequence[str]], Sequence[float]]


def shows(promise: str, text: str, *, likeness: Likeness | None = None) -> tuple[int, int] | None:
    """Where in the new text of a later message its writer speaks of this promise as kept; None where nowhere.

    `likeness` gives, for the promise and some sentences, how alike each is (the cosine of the model's vectors).
    """
    wanted = _words(promise)
    if not wanted:
        return None
    done = [one for one in list(sentences.split(text))[:_MOST] if _DONE.search(one.text) and not _NOT.search(one.text)]
    best = max(done, key=lambda one: len(wanted & _words(one.text)), default=None)
    if best is not None and len(wanted & _words(best.text)) >= min(2, len(wanted)):
        return best.start, best.end
    if likeness is None or not done:
        return None
    alike = list(likeness(promise, [one.text for one in done]))
    at = max(range(len(done)), key=lambda number: alike[number])
    return (done[at].start, done[at].end) if alike[at] >= LIKE else None


def _words(text: str) -> frozenset[str]:
    """What a sentence is about, without endings."""
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()) if word not in _PLAIN)


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
