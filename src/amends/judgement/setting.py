"""Does a text come from dealings with a firm, where the words of the rules mean what the rules take them to mean.

"This is ridiculous" is a complaint in a letter about an invoice, and small talk on a mailing list. The same words
therefore count for less where nothing in a text of some length is about work done for somebody, less where
programmers talk among themselves or the news is told, and less in a long text, where any phrase turns up once.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from amends.judgement import rulebook
from amends.judgement.fragments import words

ORDINARY_SENTENCES = 25.0
"""In a text of so many sentences more than three, a finding's odds are halved: chance says as much."""
_FEW, _MANY = 2, 4
_READ = 6_000
_ENOUGH = 500


def odds_factor(text: str, sentence_count: int) -> float:
    """What to multiply the odds of a complaint by, from about 1/100 to 1.

    Counts different words only, in the first 6,000 characters.
    """
    head = rulebook.plain(text[:_READ])
    spoken = set(words(head))
    dealings = _different("dealings", head, spoken)
    length = max(len(head) / 1000, 1.0)
    technical = _different("technical", head, spoken) / length
    public = _different("public", head, spoken) / length
    factor = 1 / (1 + max(sentence_count - 3, 0) / ORDINARY_SENTENCES)
    if not dealings:
        factor *= 1 - 0.75 * min(1.0, len(text) / _ENOUGH)
    away = max(technical, public)
    if away >= _MANY and dealings < away:
        factor *= 0.15
    elif away >= _FEW and dealings < away:
        factor *= 0.4
    return factor


def _different(setting: str, head: str, spoken: set[str]) -> int:
    """How many different words and phrases of a setting stand there."""
    known, phrases = _setting(setting)
    return len(spoken & known) + len(set(phrases.findall(head)))


@cache
def _setting(name: str) -> tuple[frozenset[str], re.Pattern[str]]:
    table = tomllib.loads(files(__package__).joinpath("rules", "setting.toml").read_text(encoding="utf-8"))
    phrases = "|".join(f"(?:{each})" for each in table[name])
    return frozenset(table.get(f"{name}_words", "").split()), re.compile(phrases, re.MULTILINE)
