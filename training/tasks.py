"""What the one network is asked about a sentence: its outputs, in their order, and how each set of data speaks to them.

The order is part of the exported model; the runtime reads it from the card.
"""

from __future__ import annotations

from amends.judgement.model.outputs import FEELINGS, FLAGS, HEAT, LABELS, OUTPUTS

PLACE = {name: place for place, name in enumerate(OUTPUTS)}

#: Of the 28 labels of GoEmotions, what each counts as among the feelings that are shown. Labels that none of the eight
#: speaks for (sadness, grief, remorse, embarrassment) train the 28 only; with them nothing is said of the eight.
SHOWN_AS = {
    "anger": "anger",
    "disgust": "anger",
    "annoyance": "frustration",
    "disappointment": "disappointment",
    "disapproval": "disappointment",
    "fear": "worry",
    "nervousness": "worry",
    "confusion": "confusion",
    "gratitude": "gratitude",
    "joy": "joy",
    "amusement": "joy",
    "excitement": "joy",
    "love": "joy",
    "admiration": "joy",
    "optimism": "joy",
    "pride": "joy",
    "relief": "joy",
    "approval": "neutral",
    "caring": "neutral",
    "curiosity": "neutral",
    "desire": "neutral",
    "realization": "neutral",
    "surprise": "neutral",
    "neutral": "neutral",
}

__all__ = ["FEELINGS", "FLAGS", "HEAT", "LABELS", "OUTPUTS", "PLACE", "SHOWN_AS"]
