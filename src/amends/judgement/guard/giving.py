"""Does a draft give away more than its sender may: an amount above the limit, or by its own words."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from amends.judgement import rulebook
from amends.judgement.guard.hits import Hit, matching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.view import View

_AMOUNT = re.compile(
    r"(?:(?:eur|usd|gbp|chf|euros?|dollars?|pounds?|[€$£])\s?)?(?<![\w.,:/-])(\d{1,3}(?:[.,' ]\d{3})+"
    r"|\d+)(?:[.,]\d{1,2})?"
    r"(?![\d:/%]|[.,]\d|\s?(?:%|percent|per cent|hours?|days?|weeks?|minutes?|pm|am|o'clock|pages?|words?|copies|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|st\b|nd\b|rd\b|th\b))"
)
_MONEY_ONLY = re.compile(r"[€$£]|\b(?:eur|usd|gbp|chf|euros?|dollars?|pounds?)\b")
_NOT_GIVING = re.compile(
    r"\b(?:has|have|was|were|been) (?:\w+ )?(?:approved|agreed|authori[sz]ed|cleared|signed off)\b"
    r"|\bapproved (?:a|the|by)\b|"
    r"\b(?:asked|ask|asking|requested|request) (?:\w+ ){0,3}(?:whether|if|for|to)\b|\?\s*$|"
    r"\b(?:tax office|bank|council|hmrc|insurer|insurance|supplier|provider|airline|hotel|venue|they|he|she) "
    r"(?:\w+ )?(?:refund|credit|pay|reimburse|deduct|waive)\w*|"
    r"\b(?:if|whether|would|could|can't|cannot|unable|not able|no) \b(?=.{0,40}\b(?:refund|credit|discount|take"
    r"|waive))|"
    r"\b(?:take|takes|took|taking) (?:place|part|care|\w+ (?:days|hours|weeks))\b|\bcredit (?:card|union"
    r"|note number)\b"
)


def beyond(rule: GuardRule, view: View) -> Iterator[Hit]:
    """Gives away an amount above the sender's authority."""
    limit = view.context.authority
    if limit is None or not view.cast.leaves:
        return
    for hit in matching(rule, view):
        plain = rulebook.plain(view.own[slice(hit.start, hit.end)])
        if _NOT_GIVING.search(plain):
            continue
        amounts = [each for each in (*_amounts(plain), *_times(plain)) if each > limit]
        if amounts:
            yield hit._replace(detail=f" The limit is {limit:,}, this gives {max(amounts):,}.")


def _amounts(plain: str) -> Iterator[Decimal]:
    strict = _MONEY_ONLY.search(plain) is not None
    for match in _AMOUNT.finditer(plain):
        around = plain[max(0, match.start() - 2) : match.end() + 9]
        year = len(match[1]) == 4 and match[1].startswith(("19", "20"))
        if (strict or year) and _MONEY_ONLY.search(around) is None:
            continue
        try:
            yield Decimal(re.sub(r"[.,' ]", "", match[1]))
        except InvalidOperation:
            continue


_TIMES = re.compile(
    r"\b(\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (?:\w+ )?(?:months?|weeks?"
    r"|days?|hours?|years?"
    r"|licen[cs]es|seats|units|copies|boxes|invoices|payments) (?:at|of|x|for|à) (?:eur |usd |gbp "
    r"|chf )?[€$£]?\s?(\d+(?:[.,]\d{3})*)"
)
_NUMBERS = dict(zip("two three four five six seven eight nine ten eleven twelve".split(), range(2, 13), strict=True))  # noqa: SIM905


def _times(plain: str) -> Iterator[Decimal]:
    """What so many months at so much come to."""
    if _MONEY_ONLY.search(plain):
        for match in _TIMES.finditer(plain):
            yield Decimal(_NUMBERS.get(match[1]) or int(match[1])) * Decimal(re.sub(r"[.,]", "", match[2]))


def said_beyond(rule: GuardRule, view: View) -> Iterator[Hit]:
    """The draft says itself that it was not allowed."""
    if view.cast.leaves:
        yield from matching(rule, view)
