"""Rules of language as data: what each looks for, why, and examples of what it must and must not catch.

A rule file is TOML under `rules/`. It may define `[words]`, pieces of pattern that rules name as `{piece}`,
and `[guards]`, reasons to stay quiet; every `[[rule]]` has an `id` (which switches it off), a `kind`, a `why`
that a reader of the finding sees, a `confidence`, `patterns`, `guards`, and the examples `fires` and `quiet`.

Patterns are matched against one sentence of at most 500 characters, in lower case and with straight
apostrophes; they hold no nested or unbounded repetition of overlapping parts, so time stays linear.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRAIGHT = str.maketrans({"\u2019": "'", "\u2018": "'", "\u00b4": "'", "`": "'", "\u00a0": " ", "\u201c": '"'})


class BadRule(ValueError):
    """A rule file that cannot be used; says which rule and why. Trying again does not help."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A reason to stay quiet: found anywhere in the sentence, or right before the match."""

    anywhere: re.Pattern[str] | None
    before: re.Pattern[str] | None

    def holds(self, sentence: str, start: int) -> bool:
        """Does this guard speak against a match that begins at `start`."""
        if self.anywhere is not None and self.anywhere.search(sentence):
            return True
        return self.before is not None and self.before.search(sentence[:start]) is not None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, ready to use; `confidence` is how often it is right where it fires, 0 to 1."""

    id: str
    kind: str
    why: str
    confidence: float
    patterns: tuple[re.Pattern[str], ...]
    guards: tuple[Guard, ...]
    feeling: str | None
    fires: tuple[str, ...]
    quiet: tuple[str, ...]

    def find(self, plain: str) -> tuple[int, int] | None:
        """Where this rule first fires in a sentence that went through `plain`, or None."""
        found = (self.fits(pattern, plain) for pattern in self.patterns)
        return next((span for span in found if span is not None), None)

    def fits(self, pattern: re.Pattern[str], plain: str) -> tuple[int, int] | None:
        """Where one of this rule's patterns first matches and no guard speaks against it, or None."""
        match = pattern.search(plain)
        if match is None or any(guard.holds(plain, match.start()) for guard in self.guards):
            return None
        return match.span()


def plain(text: str) -> str:
    """The text as patterns see it, character for character in the same places."""
    if text.isascii() and "`" not in text:
        return text.lower()
    straight = text.translate(_STRAIGHT)
    low = straight.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in straight)


@cache
def load(*names: str) -> tuple[Rule, ...]:
    """The rules of the files `names` (without `.toml`), in order; words and guards of `shared` serve all.

    Raises BadRule.
    """
    rules = [rule for name in names for rule in compiled(_read(name))]
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise BadRule(f"Two rules are called {rule.id!r}.")
        seen.add(rule.id)
    return tuple(rules)


def compiled(table: dict[str, Any]) -> list[Rule]:
    """The rules of a table read from TOML, ready to use; words and guards of `shared` serve it, too. Raises BadRule."""
    shared = _read("shared")
    words = {**shared.get("words", {}), **table.get("words", {})}
    guards = {**shared.get("guards", {}), **table.get("guards", {})}
    return list(_rules(table, words, guards))


def _rules(table: dict[str, Any], words: dict[str, str], guards: dict[str, Any]) -> Iterator[Rule]:
    made = {name: _guard(name, parts, words) for name, parts in guards.items()}
    for raw in table.get("rule", ()):
        try:
            yield Rule(
                id=raw["id"],
                kind=raw["kind"],
                why=raw["why"],
                confidence=float(raw["confidence"]),
                patterns=tuple(_pattern(raw["id"], each, words) for each in raw["patterns"]),
                guards=tuple(made[name] for name in raw.get("guards", ())),
                feeling=raw.get("feeling"),
                fires=tuple(raw["fires"]),
                quiet=tuple(raw["quiet"]),
            )
        except KeyError as error:
            raise BadRule(f"Rule {raw.get('id', '?')!r} lacks or does not know {error}.") from error


def _guard(name: str, parts: dict[str, list[str]], words: dict[str, str]) -> Guard:
    anywhere, before = ("|".join(f"(?:{part})" for part in parts.get(key, ())) for key in ("anywhere", "before"))
    return Guard(
        anywhere=_pattern(name, anywhere, words) if anywhere else None,
        before=_pattern(name, f"(?:{before})$", words) if before else None,
    )


def _pattern(owner: str, source: str, words: dict[str, str]) -> re.Pattern[str]:
    for _ in range(3):  # words may use words
        for name, piece in words.items():
            source = source.replace("{" + name + "}", piece)
    try:
        return re.compile(source)
    except re.error as error:
        raise BadRule(f"A pattern of {owner!r} does not compile: {error}.") from error


def _read(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath("rules", f"{name}.toml").read_text(encoding="utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRule(f"The rules {name!r} are not TOML: {error}.") from error
