"""Words to begin with: a first reply, a question for what would put it right, and honesty where the client erred. Pure.

Each names what was felt in the client's own words, takes responsibility, makes no excuse, and says what is next and
when (after Michele Hansen and Deirdre Campbell in "When a Client Relationship Goes Off the Rails").
"""

from __future__ import annotations

from datetime import datetime

_HEARD = {
    "anger": "I hear that you are really angry",
    "frustration": "I hear that you are really frustrated",
    "disappointment": "I hear that you are disappointed",
    "worry": "I hear that you are worried",
    "confusion": "I hear that this is not clear to you",
}
_THANKS = "Thank you for telling us so plainly."
_SORRY = "I am sorry."
_OWNED = "It is ours to put right: I have taken it on myself, and I answer for that."
ASK_WANTED = (
    "What would put this right for you?",
    "If you could choose how we mend this, what would you like to see?",
    "What do you need from us first, so that you can go on with your work?",
)
_LONG = 180  # characters of a quote


def first_reply(*, to: str, felt: tuple[str, str], by: str, until: datetime, first_words: str = "") -> str:
    """A first reply. `felt` is a feeling and the words it was said with, or "" each; `until` is in the firm's zone;
    `first_words` are a playbook's and say what the client has met with: the apology, and who puts it right, stand
    beside them always. Whose fault it was nobody knows yet, so nothing here says it.
    """
    feeling, quote = felt
    heard = _HEARD.get(feeling, "I hear that this is not as it should be")
    said = f"{heard}: you write “{_short(quote)}”." if quote else f"{heard}."
    failed = first_words.strip() or _THANKS
    sorry = "" if "sorry" in failed.lower() else f" {_SORRY}"
    day = f"{until:%A} {until.day} {until:%B}, {until:%H:%M}"
    return (
        f"Dear {to or 'all'},\n\n{said}\n\n{_sentence(failed)}{sorry} {_OWNED}\n\n"
        f"I am going through every point now. By {day} you have from me what happened, what we do about each point, "
        f"and by when.\n\nIf there is something that would put this right for you, please tell me: it counts.\n\n{by}\n"
    )


_OTHER_WAY = (
    "From our notes, this went the other way: {evidence}. I would rather tell you so plainly than leave it unsaid. "
    "I see how it cost you time, and we will help to put it right all the same."
)
_COULD_HAVE_ASKED = (
    "I looked for what we did here, and what I found is {evidence}. "
    "We could have asked once more before we went on, and from now on we do."
)
_TWO_WAYS = (
    "We read this in two ways: you meant {theirs}, and we understood {ours}. Neither of us saw it then. "
    "Our part was to ask, and from now on we ask."
)
_WHO_MEANT_WHAT = (
    "What we wrote could be read in two ways, and you read it in the other one. "
    "Your work with us matters more to me than who meant what, so here is what we do:"
)
MISTAKEN = {"client": (_OTHER_WAY, _COULD_HAVE_ASKED), "misunderstanding": (_TWO_WAYS, _WHO_MEANT_WHAT)}
"""What to say where the client was mistaken, honestly and kindly; braces stand for what the evidence says."""


def _sentence(words: str) -> str:
    return words if words[-1] in ".!?…" else f"{words}."


def _short(quote: str) -> str:
    plain = " ".join(quote.split()).rstrip(".!")
    return plain if len(plain) <= _LONG else plain[:_LONG].rsplit(" ", 1)[0] + " …"
