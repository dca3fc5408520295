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

ORDINARY_SENTENCES = 25.0
"""In a text of so many sentences more than three, a finding's odds are halved: chance says as much."""
_FEW, _MANY = 2, 4
_READ = 6_000
_ENOUGH = 500


def odds_factor(plain: str, sentence_count: int) -> float:
    """What to multiply the odds of a complaint by, from about 1/100 to 1; `plain` as `rulebook.plain` gives it.

    Counts different words only, in the first 6,000 characters.
    """
    words = _words()
    head = plain[:_READ]
    dealings = len(set(words["dealings"].findall(head)))
    length = max(len(head) / 1000, 1.0)
    technical = len(set(words["technical"].findall(head))) / length
    public = len(set(words["public"].findall(head))) / length
    factor = 1 / (1 + max(sentence_count - 3, 0) / ORDINARY_SENTENCES)
    if not dealings:
        factor *= 1 - 0.6 * min(1.0, len(plain) / _ENOUGH)
    away = max(technical, public)
    if away >= _MANY and dealings < away:
        factor *= 0.15
    elif away >= _FEW and dealings < away:
        factor *= 0.4
    return factor


@cache
def _words() -> dict[str, re.Pattern[str]]:
    table = tomllib.loads(files(__package__).joinpath("rules", "setting.toml").read_text(encoding="utf-8"))
    return {name: re.compile("|".join(f"(?:{each})" for each in parts), re.MULTILINE) for name, parts in table.items()}
