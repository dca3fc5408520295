"""What words can be: which verb a form belongs to, and which kinds of thing or person a noun names.

The lists stand in `rules/promises.toml`, dictionary forms only; the forms of English verbs are made here.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

BASE, THIRD, ING, PAST, PARTICIPLE = 1, 2, 4, 8, 16
"""Forms of a verb, as bits: send, sends, sending, sent, sent."""
_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`forms` knows of each form of a verb its dictionary form and which forms it can be; `sets` are sets of words.

    `phrases` match where a verb begins: those that commit, and those that don't, though the verb alone says otherwise.
    """

    forms: dict[str, tuple[str, int]]
    sets: dict[str, frozenset[str]]
    phrases: dict[str, re.Pattern[str]]

    def verb(self, word: str) -> tuple[str, int]:
        """The dictionary form of a word and its form bits; the word itself and 0 where it is not known."""
        return self.forms.get(word, (word, 0))

    def is_(self, word: str, name: str, other: str | None = None) -> bool:
        """Does the word stand in one of these lists."""
        return word in self.sets[name] or (other is not None and word in self.sets[other])


@cache
def lexicon() -> Lexicon:
    """The lexicon of `rules/promises.toml`."""
    source = files("amends.judgement").joinpath("rules", "promises.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)
    sets = {name: frozenset(text.split()) for name, text in table["lexicon"].items()}
    phrases = {name: re.compile("|".join(f"(?:{each})" for each in every)) for name, every in table["phrases"].items()}
    irregular = {each.split("/")[0]: each.split("/") for each in sets["irregular"]}
    forms: dict[str, tuple[str, int]] = {}
    for verb in sorted(sets["act"] | sets["state"] | sets["move"] | irregular.keys()):
        past, participle = irregular[verb][1:] if verb in irregular else (_added(verb, "ed", sets["double"]),) * 2
        _enter(forms, verb, verb, BASE)
        _enter(forms, _third(verb), verb, THIRD)
        _enter(forms, _added(verb, "ing", sets["double"]), verb, ING)
        _enter(forms, past, verb, PAST)
        _enter(forms, participle, verb, PARTICIPLE)
    return Lexicon(forms, sets, phrases)


def _enter(forms: dict[str, tuple[str, int]], form: str, verb: str, bit: int) -> None:
    known, bits = forms.get(form, (verb, 0))
    forms[form] = (known, bits | bit)


def _third(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "o", "z")):
        return verb + "es"
    return verb[:-1] + "ies" if verb.endswith("y") and verb[-2] not in _VOWELS else verb + "s"


def _added(verb: str, ending: str, double: frozenset[str]) -> str:
    if verb in double:
        return verb + verb[-1] + ending
    if verb.endswith("e") and not (ending == "ing" and (verb == "be" or verb.endswith(("ee", "oe", "ye")))):
        return verb[:-1] + ending
    if ending == "ed" and verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    return verb + ending
