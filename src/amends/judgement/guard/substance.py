"""Rules about what the whole draft does: own, mend, plan, date, answer every point, stay within one's authority."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from amends.judgement import due, returning, rulebook, sentences
from amends.judgement.corrections import SAME, alike
from amends.judgement.guard.hits import Hit, matching
from amends.judgement.model import current
from amends.judgement.promises import find_promises

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.view import View

_OWNED = ("owns", "sorry", "feeling", "remedy")
_OWNING = frozenset({"apology", "owns", "feeling", "remedy", "account"})
_MENDING = frozenset({"remedy", "asks"})
_PLANNING = frozenset({"remedy", "plan", "asks"})
_NO_DAY = datetime(2026, 3, 10, 9, tzinfo=UTC)
"""For drafts without a date: only whether a day is named matters."""
_SOME = 3
NEAR = 0.4
"""From this cosine on a passage of the draft speaks of the open point."""


def admits(rule: GuardRule, view: View) -> Iterator[Hit]:
    """A mistake is admitted, and nothing in the draft mends it."""
    if not view.cast.leaves or view.moves & _MENDING or "?" in view.said:
        return
    yield from islice((hit for hit in matching(rule, view) if not _day_elsewhere(view, hit)), 1)


def _holds(view: View, hit: Hit, output: str) -> bool:
    """Does the encoder, where it may still read, not speak against this sentence doing this.

    In a draft of a sentence or two it has too little to go by.
    """
    if view.heard is None or hit.start not in view.heard.places or len(view.sentences) < _SOME:
        return True
    place = view.heard.places[hit.start]
    view.look([place])
    return not view.heard.doubts(place, output)


def not_owned(rule: GuardRule, view: View) -> Iterator[Hit]:
    """The client complains, and the draft neither owns nor mends nor looks into it."""
    if view.cast.leaves and view.words and view.grievance.complaint and not view.moves & _OWNING:
        if view.heard is not None:
            view.look(view.heard.likeliest(_OWNED))
        if not view.moves & _OWNING:
            yield Hit()


def feeling_ignored(rule: GuardRule, view: View) -> Iterator[Hit]:
    """The client says how they feel, and the draft shows no sign of having heard."""
    found = view.grievance
    if not (view.cast.leaves and view.words and found.feeling) or view.moves & {"apology", "feeling"}:
        return
    if (view.moves | view.ruled) & _OWNING:
        yield Hit(
            detail=f" They wrote “{found.feeling}”.", instead=rule.suggestion.replace("[their word]", found.feeling)
        )


def bad_news(rule: GuardRule, view: View) -> Iterator[Hit]:
    """Bad news without what comes next."""
    if not view.cast.leaves or view.moves & _PLANNING or "?" in view.said or _NEXT.search(view.said):
        return
    news = (hit for hit in matching(rule, view) if _grave(view, hit))
    yield from islice((hit for hit in news if not _day_elsewhere(view, hit)), 1)


_NEXT = re.compile(
    r"\b(?:by (?:mon|tues|wednes|thurs|fri|satur|sun)day|on (?:mon|tues|wednes|thurs|fri|satur|sun)day (?:we|i|you|at)|"
    r"(?:will be|is now|are now|new date|moved? to|moves to|now) (?:\w+ )?(?:on|by|to|at|in) (?:the )?\d)"
)
_LIGHT = re.compile(
    r"\b(?:can(?:not|'t)|unable|not able|won't be able) (?:to )?(?:join|attend|come|make it|meet you|talk"
    r"|take the call)|"
    r"\bmissed your call\b|\bout of (?:the )?office\b|\bi'm afraid (?:so|not|i (?:missed|don't))\b"
)
_NEGATIVE = re.compile(
    r"\b(?:not|n't|cannot|no|un\w+|refus\w+|reject\w+|turned down|declin\w+|cancel\w+|pull\w* out|lost|late|delay\w*|"
    r"missing|gone|given (?:to|away)|up by|increase\w*|fail\w*|fell|fallen|broke\w*|leav\w+|resign\w*"
    r"|over budget|used up|"
    r"postpon\w+|hold|behind|damag\w+|stolen|hack\w+|breach|leak\w*|sold|discontinu\w+|withdrawn|out of stock|"
    r"problem|setback|hitch|snag|bad news|went|double.?booked|bankrupt|closed|closing|suspend\w*|expired|ill|sick|dead|"
    r"more expensive|higher|rise|rises|longer|wrong|overrun|exceed\w*|compromised|overdue|corrupt\w*|unavailable)\b"
)


def _day_elsewhere(view: View, hit: Hit) -> bool:
    """Does another sentence name a day to come: something happens then."""
    others = (rulebook.plain(each.text) for each in view.sentences if each.start != hit.start)
    return any(_names_day(each, view) for each in others)


def _grave(view: View, hit: Hit) -> bool:
    plain = rulebook.plain(view.own[slice(hit.start, hit.end)])
    return _NEGATIVE.search(plain) is not None and _LIGHT.search(plain) is None


_VAGUE = re.compile(
    r"\b(?:(?<!as )soon(?:est)?(?! as)|shortly|asap|a\.s\.a\.p|as soon as (?:possible|we can|i can)"
    r"|in due (?:course|time)|at some point|"
    r"eventually|in the near future|when (?:we|i) (?:can|get (?:a|the) chance|have time|find the time)|"
    r"as (?:quickly|fast|early) as|at the earliest|as a priority|when(?:ever)? possible|sometime|some time|one day|"
    r"(?:once|when|as soon as) (?:i|we) (?:know|have|hear|can|get|find)(?: \w+)? (?:more|anything|any news|news"
    r"|something|an answer|a moment|time)|"
    r"in the coming (?:days|weeks)|over the next (?:few )?(?:days|weeks)|in a (?:bit|while))\b"
)
_CLOSE = re.compile(
    r"\b(?:now|right away|straight ?away|immediately|at once|today|tonight|tomorrow|this (?:morning|afternoon"
    r"|evening|week|"
    r"minute|instant)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|by (?:mon|tues|wednes|thurs|fri|satur"
    r"|sun)day|within|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|by (?:noon|midday|the end|close|end|lunch|\d)|next (?:week"
    r"|month|invoice|"
    r"bill|visit|delivery|meeting|call|newsletter|issue|release)|\d{1,2}(?:st|nd|rd|th)\b|\d{1,2}[:.]\d\d|"
    r"at (?:noon|\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)|in (?:an hour|\w+ (?:hours?"
    r"|minutes?|"
    r"days?|weeks?)|january|february|march|april|may|june|july|august|september|october|november|december)|"
    r"\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december) \d|\d{4}-\d\d|"
    r"when(?:ever)? (?:you|your|she|he|they|it)|once (?!more|again)|as soon as (?:you|your|it|he|she|they|the|mina|our)"
    r"|after (?:you|your|"
    r"the|that|it)|if (?:you|your|it|there|that|anything|something|this|the|we)|before (?:the|you|your|it|we"
    r"|they)|until|"
    r"unless|every|each|always|never|in future|in the future|from now|going forward|as usual|whenever"
    r"|until then|during|"
    r"meanwhile|first thing|over lunch|at the (?:meeting|hall|call|weekend)|when we (?:meet|speak|talk))\b"
)
_PLEDGE = re.compile(
    r"\b(?:(?:we|i)(?:'re| are|'m| am) (?:now |currently |also )?(?:planning|hoping|intending|aiming|looking) to|"
    r"(?:we|i) (?:intend|plan|hope|aim) to|"
    r"(?:someone|somebody|one of (?:us|our \w+)|a colleague|a member|our \w+ team|the \w+ team|(?:will"
    r"|'ll) be)(?: \w+){0,3}? (?:will|'ll))"
    r" (?:then |also )?(?:send|fix|correct|replace|repair|deliver|issue|provide|call|contact|get back|look into"
    r"|be in touch|"
    r"follow up|resolve|refund|update|review|reply|respond|ring|reach out)[^.!?\n]{0,80}"
)
_COURTESY = re.compile(
    r"\b(?:keep you (?:posted|informed|updated|in the loop|up to date)|look(?:ing)? forward|be (?:happy|glad"
    r"|pleased|delighted|"
    r"there|in touch if|available|here|your|on site|able)|let you (?:know if|go|decide|have a think)"
    r"|take (?:care of yourself|it|"
    r"note|that on board)|bear (?:that|it) in mind|remember|make sure|leave everything|ensure|try|do (?:my"
    r"|our) best|see you|hope|pass (?:it|that|"
    r"this) on|miss|stay|remain|continue|keep|need|find|see|have to|want|not|never|cost|cover|include|charge|invoice|"
    r"assume|treat|consider|say|add that|be honest|admit|leave (?:it|that|you)|wait|support you|help(?: you)?[.!]|"
    r"not be|stand by|respect|follow|go with|use|take the|be (?:the|a|at|in|with|more|careful|your|sending))\b"
)


def undated(rule: GuardRule, view: View) -> Iterator[Hit]:
    """A promise of something to be done, and no day for it in its sentence, the next one, or at the end."""
    if not view.cast.leaves or view.language != "en":
        return
    pledges = [(match.start(), match[0]) for match in _PLEDGE.finditer(view.said)]
    promises = pledges + [
        (each.start, each.quote)
        for each in find_promises(view.own, writer="firm")
        if each.by == "firm"
        and each.p >= 0.6
        and each.rule != "present-for-future"
        and not each.negative
        and (not each.open_until or _VAGUE.search(each.open_until))
    ]
    for start, quote in sorted(promises):
        place = next((n for n, each in enumerate(view.sentences) if each.start <= start < each.end), None)
        if place is None:
            continue
        around = [rulebook.plain(each.text) for each in view.sentences[place : place + 2]]
        said = rulebook.plain(quote)
        if (_COURTESY.search(said) and not _VAGUE.search(around[0])) or _dated_before(quote, view):
            continue
        if _VAGUE.search(around[0]) and not _names_day(around[0], view):
            if any(_names_day(each, view) for each in around):
                continue
            yield Hit(view.sentences[place].start, view.sentences[place].end)
            return
        if any(_CLOSE.search(each) or _names_day(each, view) for each in around) or _day_for_all(view, place):
            continue
        pledge = Hit(view.sentences[place].start, view.sentences[place].end)
        if _holds(view, pledge, "promise"):
            yield pledge
            return
    for place in view.heard.surely("vague") if view.heard is not None else ():
        around = [rulebook.plain(each.text) for each in view.sentences[place : place + 2]]
        if not any(_CLOSE.search(each) or _names_day(each, view) for each in around):
            yield Hit(view.sentences[place].start, view.sentences[place].end)
            return


def _dated_before(quote: str, view: View) -> bool:
    """Is this a promise that stands in the firm's books with a day."""
    return any(each.due is not None and alike(quote, each.text) >= SAME for each in view.context.promises)


def _day_for_all(view: View, place: int) -> bool:
    """Does another sentence of the draft name a day to come: then the writer does not leave it open."""
    others = [rulebook.plain(each.text) for n, each in enumerate(view.sentences) if n != place]
    return any(
        re.search(r"\b(?:you'll|you will|it'll|by|done|ready|both|all|will)\b", each) and _names_day(each, view)
        for each in others
    )


def _names_day(plain: str, view: View) -> bool:
    if not any(char.isdigit() for char in plain) and _DAYWORD.search(plain) is None:
        return False
    at = view.draft.at if view.draft.at is not None and view.draft.at.tzinfo is not None else _NO_DAY
    found = due.due(plain, at=at)
    return found is not None and found.at is not None


_DAYWORD = re.compile(
    r"day|week|month|morning|evening|noon|night|tomorrow|hour|minute|today|year|quarter|easter|christmas|january|february|"
    r"march|april|may|june|july|august|september|october|november|december"
)


def unanswered(rule: GuardRule, view: View) -> Iterator[Hit]:
    """The client named several points, and one of them is nowhere in the draft."""
    points = view.context.issues or view.grievance.points
    least = 1 if view.context.issues else 2
    if not view.cast.leaves or not view.words or len(points) < least or "everything" in view.moves:
        return
    if not view.moves & _OWNING:
        return  # that is a complaint not owned
    parts = [each.text for each in view.sentences]
    answered = [point for point in points if _shares(point, view.own)]
    if not answered and not view.context.issues:
        answered = _nearest(points, view)
        if not answered:
            return
    for point in points:
        if point not in answered and not _near(point, parts, view):
            yield Hit(detail=f"“{point}”", instead=rule.suggestion.replace("the open point", _short(point)))
            return


def _short(point: str) -> str:
    words = point.split()
    return " ".join(words[:8]) + (" …" if len(words) > 8 else "")


_COMMON = frozenset(
    map(
        returning.stem,
        """have been had our your call mail email message send sent tell told put right made make take taken
        come came page file portal thing time people client customer guest point work done give ask answer
        sorry morning noon since today apologis apologiz really never still only although either week weeks
        days""".split(),  # noqa: SIM905
    )
)


_TWO_WORDS = re.compile(r"\b(log|sign|check)(?:ged|ging|s)?[ -]in\b")


@lru_cache(maxsize=512)
def _content(text: str) -> frozenset[str]:
    whole = _TWO_WORDS.sub(r"\1in", text.lower())
    return frozenset(word for word in returning.content(whole) if len(word) > 2) - _COMMON


def _shares(point: str, text: str) -> bool:
    """Do they share a word that carries a meaning."""
    return bool(_content(point) & _content(text))


def _nearest(points: Sequence[str], view: View) -> list[str]:
    """The one of the first three points of which the draft speaks, where no word tells."""
    model = current()
    if model is None or view.left <= len(points[:3]):
        return []
    vectors = model.vectors([view.own[: sentences.LONGEST], *points[:3]])
    view.deep += len(vectors)
    likeness = vectors[1:] @ vectors[0]
    return [points[int(likeness.argmax())]] if likeness.max() > 0.15 else []


def _near(point: str, parts: Sequence[str], view: View) -> bool:
    """Does a passage say the same in other words: the encoder reads the point and at most three passages."""
    model = current()
    room = min(view.left - 1, 3)
    if model is None or room < 1 or not parts:
        return False
    size = -(-len(parts) // room)
    passages = [" ".join(parts[at : at + size])[: sentences.LONGEST] for at in range(0, len(parts), size)]
    vectors = model.vectors([point, *passages])
    view.deep += 1 + len(passages)
    return bool((vectors[1:] @ vectors[0]).max() >= NEAR)


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
    r"\b(?:take|takes|took|taking) (?:place|part|care|\w+ (?:days|hours|weeks))\b|\bcredit (?:card|union|note number)\b"
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
        amounts = [each for each in _amounts(plain) if each > limit]
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


def said_beyond(rule: GuardRule, view: View) -> Iterator[Hit]:
    """The draft says itself that it was not allowed."""
    if view.cast.leaves:
        yield from matching(rule, view)
