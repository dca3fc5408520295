"""The files of a model and the card that vouches for them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amends.core.errors import AmendsError
from amends.judgement.model.outputs import GUARD_OUTPUTS, OUTPUTS

SHIPPED = Path(__file__).resolve().parent / "shipped"
CARD = "card.json"


class NoModel(AmendsError):
    """There is no model to use; says what is missing or wrong. Trying again helps once the files are mended."""


@dataclass(frozen=True, slots=True)
class Blend:
    """How the encoder's logit and the n-gram model's become one: `encoder` x + `ngrams` y + `bias`.

    `alone` and `alone_bias` serve a sentence that only the n-gram model has read: `alone` y + `alone_bias`.
    """

    encoder: float
    ngrams: float
    bias: float
    alone: float
    alone_bias: float


@dataclass(frozen=True, slots=True)
class Witness:
    """How three witnesses of a draft's sentence become one logit: the encoder's branch, the n-gram model, the rules.

    `encoder` x + `ngrams` y + `rule` r + `bias`, where r is 1 if a rule says so; without the encoder `alone` y +
    `alone_rule` r + `alone_bias`.
    """

    encoder: float
    ngrams: float
    rule: float
    bias: float
    alone: float
    alone_rule: float
    alone_bias: float


@dataclass(frozen=True, slots=True)
class GuardNumbers:
    """What the card holds of the guard's branch, by output.

    `found` are the probabilities from which an output counts as said, `keep` those below which a rule's finding is
    dropped; `gate` is the probability of any tone, without the encoder, from which the encoder is asked. `complains`
    weighs whether the client complains, by `View.complaint` (three weights and a bias); `placed` by tone and `whole` by
    family are the weights of `guard.weighing`, `told` the probabilities from which these are told, `calm` that of
    tones where nobody complains.
    """

    witnesses: dict[str, Witness]
    found: dict[str, float]
    keep: dict[str, float]
    gate: float
    complains: tuple[float, ...]
    placed: dict[str, list[float]]
    whole: dict[str, list[float]]
    told: dict[str, float]
    calm: float


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a model: its files with their hashes, and the numbers fitted on development data.

    `blends` by output; `thresholds` are the probabilities at which an output counts as said; `gates` are those of
    the n-gram model from which the encoder is asked. `raw` is the whole card, for people. `guard` is None where the
    model says nothing of drafts.
    """

    folder: Path
    version: str
    files: dict[str, str]
    blends: dict[str, Blend]
    thresholds: dict[str, float]
    gates: dict[str, float]
    numbers: dict[str, list[float]]
    raw: dict[str, Any]
    guard: GuardNumbers | None = None


def card(folder: Path = SHIPPED) -> Card:
    """The card in this folder. Raises NoModel where there is none, or none for this release."""
    path = folder / CARD
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        found = Card(
            folder=folder,
            version=raw["version"],
            files={name: entry["sha256"] for name, entry in raw["files"].items()},
            blends={name: Blend(*numbers) for name, numbers in raw["blends"].items()},
            thresholds=raw["thresholds"],
            gates=raw["gates"],
            numbers=raw["numbers"],
            raw=raw,
            guard=guard_numbers(raw["guard"]) if "guard" in raw else None,
        )
        fits = tuple(raw["outputs"]) == OUTPUTS and set(found.blends) == set(OUTPUTS)
        fits = fits and (found.guard is None or set(found.guard.witnesses) == set(GUARD_OUTPUTS))
    except FileNotFoundError as error:
        raise NoModel(f"There is no model in {folder}: install Amends anew.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoModel(f"The model's card {path} cannot be read ({error}): install Amends anew.") from error
    if not fits:
        raise NoModel(f"The model in {folder} was made for another release: install Amends anew.")
    return found


def guard_numbers(raw: dict[str, Any]) -> GuardNumbers:
    """The card's part about the guard. Raises KeyError or TypeError."""
    return GuardNumbers(
        witnesses={name: Witness(*numbers) for name, numbers in raw["witnesses"].items()},
        found=raw["found"],
        keep=raw["keep"],
        gate=raw["gate"],
        complains=tuple(raw["complains"]),
        placed=raw["placed"],
        whole=raw["whole"],
        told=raw["told"],
        calm=raw["calm"],
    )


def checked(card: Card, name: str) -> Path:
    """The path of a file of the model, after its bytes were found to be those that the card names. Raises NoModel."""
    path = card.folder / name
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise NoModel(f"The model's file {path} cannot be read: install Amends anew.") from error
    if found != card.files.get(name):
        raise NoModel(f"The model's file {path} is not the one its card names: install Amends anew.")
    return path
