"""What the trained model says of a sentence: the names of its outputs, in the order in which it gives them."""

from __future__ import annotations

LABELS = (
    "admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion", "curiosity", "desire",
    "disappointment", "disapproval", "disgust", "embarrassment", "excitement", "fear", "gratitude", "grief", "joy",
    "love", "nervousness", "optimism", "pride", "realization", "relief", "remorse", "sadness", "surprise", "neutral",
)  # fmt: skip
"""The 28 labels of GoEmotions (Demszky et al., ACL 2020), several of which may hold of one sentence."""

FEELINGS = ("anger", "frustration", "disappointment", "worry", "confusion", "gratitude", "joy", "neutral")
"""The eight that are shown; exactly one holds of a sentence."""

FLAGS = ("issue", "passive", "irony", "request", "scope", "wanted", "leaving", "praise", "referral", "promise")
"""What a sentence of business mail does, as `training/letters/README.md` defines it."""

HEAT = ("uncivil", "bitter", "impatient", "mocking", "insulting")
"""What makes a discussion heated, as commented threads of programmers were labelled (see the model's card)."""

OUTPUTS = (
    *(f"label.{name}" for name in LABELS),
    *(f"feeling.{name}" for name in FEELINGS),
    *(f"flag.{name}" for name in FLAGS),
    *(f"heat.{name}" for name in HEAT),
    "polite",
    "asks",
    "same",
)
"""All outputs. `same` was to say of two issues, one read beside the other, whether they are one; it cannot (area under
the curve .51 on held pairs), and nothing uses it.

One number each, a logit; `feeling.*` go through one softmax, all others through a sigmoid each."""

TONES = ("blame", "excuse", "denial", "sarcasm", "insult", "over_promise")
"""What a sentence of a draft does to the client that it should not; families of the guard."""

MOVES = (
    "owns", "sorry", "feeling", "admits", "remedy", "plan", "dated", "promise", "vague", "bad_news", "asks", "evidence",
)  # fmt: skip
"""What a sentence of a draft does for the matter, as `training/drafts/README.md` defines it."""

GUARD_OUTPUTS = (*TONES, *MOVES)
"""What the guard's branch says of a sentence of a draft; one logit each, all through a sigmoid."""

GUARD_NGRAMS = (*GUARD_OUTPUTS, "complains")
"""What the guard's n-gram model says: the same, and of a few sentences of a client together whether they complain."""
