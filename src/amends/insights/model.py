"""The trained model as people see it: whether it judges, and what its card says of it.

A card is read as it comes: what is missing in it stays empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amends.judgement.model import current, missing


@dataclass(frozen=True, slots=True)
class State:
    """Whether the model reads together with the rules; if not, `mend` says how it would."""

    reads: bool
    say: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Data that the model was made of."""

    name: str
    licence: str
    by: str
    used: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: `value` with its 95% interval, `of` what it is, and what named peers reach on the same data."""

    name: str
    value: float
    of: str = ""
    low: float | None = None
    high: float | None = None
    rows: int | None = None
    precision: float | None = None
    recall: float | None = None
    peers: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """The parts of a card that a person reads."""

    name: str
    version: str
    what: str
    licence: str
    base: str
    data: list[Source] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    thresholds: list[tuple[str, float]] = field(default_factory=list)
    files: list[tuple[str, str, int | None]] = field(default_factory=list)  # name, SHA-256, bytes


def model_state() -> State:
    """Whether a model reads the mail in this process."""
    if current() is not None:
        return State(reads=True, say="The model judges together with the rules.")
    why = missing() or "It could not be loaded."
    mend = ""
    if "switched off" in why:
        mend = "To have it back, take AMENDS_MODEL=off out of the settings and start Amends again."
    elif "install" not in why.lower():
        mend = "Install Amends anew, and look again with: amends doctor"
    return State(reads=False, say=f"There is no model: rules judge alone. {why}", mend=mend)


def model_card() -> Card | None:
    """The card of the model that is used; None where there is none."""
    model = current()
    return card_of(model.about) if model is not None else None


def card_of(raw: Mapping[str, Any]) -> Card:
    """What of a card is there, in the shapes that pages need."""
    return Card(
        name=_text(raw.get("name")),
        version=_text(raw.get("version")),
        what=_text(raw.get("what")),
        licence=_text(raw.get("licence")),
        base=_text(raw.get("base")),
        data=[
            Source(*(_text(row.get(key)) for key in ("name", "licence", "by", "used")))
            for row in _rows(raw.get("data"))
        ],
        limits=[_text(one) for one in _list(raw.get("limits")) if _text(one)],
        figures=[found for name, one in _table(raw.get("figures")) if (found := _figure(str(name), one)) is not None],
        thresholds=[
            (str(name), least) for name, p in _table(raw.get("thresholds")) if (least := _number(p)) is not None
        ],
        files=[
            (str(name), _text(entry.get("sha256")), entry.get("bytes") if isinstance(entry.get("bytes"), int) else None)
            for name, entry in _table(raw.get("files"))
            if isinstance(entry, Mapping)
        ],
    )


def _figure(name: str, raw: object) -> Figure | None:
    if not isinstance(raw, Mapping) or (value := _number(raw.get("value"))) is None:
        return None
    low, high = _number(raw.get("low")), _number(raw.get("high"))
    if low is None or high is None or not low <= high:
        low = high = None
    return Figure(
        name=name,
        value=value,
        of=_text(raw.get("of")),
        low=low,
        high=high,
        rows=raw.get("rows") if isinstance(raw.get("rows"), int) else None,
        precision=_number(raw.get("precision")),
        recall=_number(raw.get("recall")),
        peers=tuple((str(who), number) for who, p in _table(raw.get("peers")) if (number := _number(p)) is not None),
    )


def _number(raw: object) -> float | None:
    return float(raw) if isinstance(raw, int | float) and not isinstance(raw, bool) and raw == raw else None


def _text(raw: object) -> str:
    return " ".join(raw.split()) if isinstance(raw, str) else "" if raw is None else str(raw)


def _list(raw: object) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _rows(raw: object) -> list[Mapping[str, Any]]:
    return [row for row in _list(raw) if isinstance(row, Mapping)]


def _table(raw: object) -> list[tuple[Any, Any]]:
    return list(raw.items()) if isinstance(raw, Mapping) else []
