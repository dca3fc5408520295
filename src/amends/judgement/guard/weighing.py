"""What is said of sentences, weighed in its place: a tone by what the draft does beside it and what it answers, and
what the whole draft lacks by what any of its sentences does. Training and use share these functions.

The numbers stand in the model's card (`placed`, `whole`): one logistic regression a tone and a family.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from amends.judgement.model.outputs import GUARD_OUTPUTS, MOVES, TONES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

WHOLE = ("complaint_not_owned", "promise_without_date")
"""Families that are weighed over the whole draft; for each its rule is a witness, too.

Of admissions without a way out and bad news without a plan there are too few to learn from.
"""
IN_PLACE = (
    *GUARD_OUTPUTS,
    *(f"rule {name}" for name in TONES),
    *(f"most {name}" for name in MOVES),
    "harm beside",
    "complains",
    "answers",
    "bias",
)
"""What is weighed of a sentence."""
OVER_ALL = (
    *(f"most {name}" for name in GUARD_OUTPUTS),
    "complains",
    "answers",
    "charge",
    "sentences",
    "asks back",
    "rule",
    "bias",
)
"""What is weighed of a draft."""
_FAR, _LONG = 5.0, 12
_T = len(TONES)


def logits(p: Floats) -> Floats:
    """Log odds, none further from even than `_FAR`."""
    kept = np.clip(p, 1e-4, 1 - 1e-4)
    return np.asarray(np.clip(np.log(kept / (1 - kept)), -_FAR, _FAR), np.float32)


def in_place(p: Floats, ruled: Floats, complains: float | None) -> Floats:
    """(sentences, IN_PLACE). `complains` is how likely the client complains, in log odds; None: nothing is answered."""
    if not len(p):
        return np.empty((0, len(IN_PLACE)), np.float32)
    z = logits(p)
    harm = z[:, :_T].max(axis=1)
    beside = np.full(len(z), -_FAR, np.float32)
    for at in range(len(z)):
        others = np.delete(harm, at)
        beside[at] = others.max() if len(others) else -_FAR
    every = np.repeat(z[:, _T:].max(axis=0)[None], len(z), axis=0)
    context = np.array([_near(complains), float(complains is not None), 1.0], np.float32)
    return np.hstack([z, ruled[:, :_T], every, beside[:, None], np.repeat(context[None], len(z), axis=0)])


def over_all(p: Floats, complains: float | None, *, charge: int, asks: bool, rule: bool) -> Floats:
    """(OVER_ALL,): `charge` as in `Grievance`, `asks`: there is a question in it, `rule`: the family's rule fires."""
    most = logits(p).max(axis=0)
    context = [_near(complains), complains is not None, charge > 0, min(len(p), _LONG) / _LONG, asks, rule, 1.0]
    return np.concatenate([most, np.array(context, np.float32)])


def likely(features: Floats, weights: Sequence[float] | Floats) -> Floats:
    """The probability that a logistic regression gives."""
    return np.asarray(1 / (1 + np.exp(-np.clip(features @ np.asarray(weights, np.float32), -30, 30))), np.float32)


def _near(complains: float | None) -> float:
    return 0.0 if complains is None else float(np.clip(complains, -_FAR, _FAR))
