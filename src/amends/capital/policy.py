"""The policy: a versioned TOML file that says how many points an event is worth, and why. Pure.

The shipped one is `policies/policy-1.toml`, documented line by line. What a firm writes itself is read by the same
`read`, which refuses what it cannot apply, with the line at fault.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from importlib import resources
from typing import Any

from amends.capital.rules import Event, Speaker
from amends.core.errors import AmendsError

SHIPPED = 1
MOST_POINTS = 1000
"""The largest amount of one line: beyond it, one event would be the whole account."""
LONGEST = 60_000  # characters of a policy
_HUNDRED = Decimal(100)
_KINDS_OF_SPEAKER = ("contact", "decider")


class BadPolicy(AmendsError):
    """A policy that cannot be applied; the text says which line, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one kind of event is worth, in hundredths of a point, and why."""

    kind: str
    amount: int
    reason: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """One version: its lines by kind; `lowest` and `highest` (points) bound what is shown, never the account."""

    version: int
    half_life_days: int
    lowest: int
    highest: int
    least_strength: float
    speakers: Mapping[str, float]
    titles: tuple[str, ...]
    lines: Mapping[str, Line]

    def amount(self, event: Event) -> int:
        """What the event is worth, in hundredths of a point: by its kind, strength and speaker, and nothing else.

        0 for a kind without a line.
        """
        line = self.lines.get(event.kind)
        if line is None:
            return 0
        strength = Decimal(str(min(1.0, max(self.least_strength, event.strength)))).quantize(Decimal("0.01"))
        speaker = Decimal(str(self.speakers.get(event.speaker.value, 1.0)))
        return int((line.amount * strength * speaker).quantize(Decimal(1), ROUND_HALF_EVEN))

    def speaker_of(self, title: str) -> Speaker:
        """Whether somebody with this title decides."""
        words = title.casefold()
        return Speaker.DECIDER if any(each in words for each in self.titles) else Speaker.CONTACT


@cache
def shipped(version: int = SHIPPED) -> str:
    """The text of a policy that Amends brings along."""
    return (resources.files("amends.capital") / "policies" / f"policy-{version}.toml").read_text("utf-8")


@cache
def read(text: str) -> Policy:
    """A policy from its TOML. Raises `BadPolicy` with one sentence that says how to mend it."""
    if len(text) > LONGEST:
        raise BadPolicy(f"A policy has at most {LONGEST:,} characters: shorten its reasons.")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"This is not TOML: {error}. Compare it with the shipped policy.") from error
    _known(raw, {"version", "half_life_days", "lowest", "highest", "least_strength", "speaker", "line"}, "The policy")
    lowest, highest = _whole(raw, "lowest", -100_000, 0), _whole(raw, "highest", 0, 100_000)
    if lowest == highest:
        raise BadPolicy("lowest and highest are the same: say a range, like -100 and 100.")
    speaker = _table(raw.get("speaker", {}), "speaker")
    _known(speaker, {*_KINDS_OF_SPEAKER, "titles"}, "[speaker]")
    titles = speaker.get("titles", [])
    if not isinstance(titles, list) or not all(isinstance(each, str) and each.strip() for each in titles):
        raise BadPolicy('[speaker] titles is a list of words, like ["ceo", "owner"].')
    return Policy(
        version=_whole(raw, "version", 1, 1_000_000),
        half_life_days=_whole(raw, "half_life_days", 7, 3650),
        lowest=lowest,
        highest=highest,
        least_strength=_number(raw.get("least_strength", 0), "least_strength", 0, 1),
        speakers={name: _number(speaker.get(name, 1), f"[speaker] {name}", 0, 10) for name in _KINDS_OF_SPEAKER},
        titles=tuple(each.strip().casefold() for each in titles),
        lines={kind: _line(kind, given) for kind, given in _table(raw.get("line", {}), "line").items()},
    )


def _line(kind: str, given: Any) -> Line:
    if kind not in KINDS:
        raise BadPolicy(f"[line.{kind}] is no kind of event that there is: they are {', '.join(KINDS)}.")
    where = f"[line.{kind}]"
    table = _table(given, where)
    _known(table, {"amount", "reason", "source"}, where)
    reason = table.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise BadPolicy(f'{where} has no reason: write one, like reason = "They renewed.". The statement shows it.')
    if not isinstance(table.get("source", ""), str):
        raise BadPolicy(f"{where} source is a text in quotation marks.")
    points = Decimal(str(_number(table.get("amount"), f"{where} amount", -MOST_POINTS, MOST_POINTS)))
    hundredths = points * _HUNDRED
    if hundredths != hundredths.to_integral_value():
        raise BadPolicy(f"{where} amount {points} has more than two decimals: round it.")
    return Line(kind, int(hundredths), reason.strip(), str(table.get("source", "")).strip())


def _table(given: Any, where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise BadPolicy(f"{where} is a table of its own, as in the shipped policy.")
    return given


def _known(table: Mapping[str, Any], names: set[str], where: str) -> None:
    unknown = sorted(set(table) - names)
    if unknown:
        raise BadPolicy(f"{where} has {', '.join(unknown)}, which is not known: it has {', '.join(sorted(names))}.")


def _whole(raw: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadPolicy(f"{name} is a whole number from {least:,} to {most:,}.")
    return value


def _number(value: Any, where: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise BadPolicy(f"{where} is a number from {least:,} to {most:,}.")
    return value


KINDS = (
    "complaint", "anger", "frustration", "disappointment", "leaving", "praise", "recommended", "silence", "recurrence",
    "internal_leak", "promise_kept", "promise_broken", "owned_in_time", "owned_late", "recovery_yes",
    "recovery_unconfirmed", "gesture", "scope_absorbed", "review_good", "review_bad", "referral_in",
    "referral_out_helped", "renewal", "returned", "claim_honoured", "claim_refused",
)  # fmt: skip
"""Every kind of event, in the order of the shipped policy."""
