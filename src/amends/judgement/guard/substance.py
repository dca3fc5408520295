"""Rules about what the whole draft does: own, mend, plan, date, answer every point, stay within one's authority."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from amends.judgement import due, returning, rulebook, sentences
from amends.judgement.corrections import SAME, alike
from amends.judgement.guard.answered import APART
from amends.judgement.guard.hearing import SAID_AS, WEIGHED
from amends.judgement.guard.hits import Hit, matching
from amends.judgement.guard.view import CONCEDING
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
    if not view.cast.leaves or "asks" in view.moves or "?" in view.said:
        return
    found = [hit for hit in matching(rule, view) if not _day_elsewhere(view, hit) and not _mends(view, hit, "remedy")]
    deeds = [hit for hit in found if not _BARE.match(rulebook.plain(view.own[slice(hit.start, hit.end)]))]
    told = sum(len(each.text.split()) > _SOME for each in view.sentences)
    if not deeds and (told > _SOME + 1 or (not view.answering and told < _SOME)):
        return  # "The fault is mine." names nothing that could be mended, and more may follow
    yield from (deeds or found)[:1]


_BARE = re.compile(
    r"^\W*(?:(?:and|but|again|yes|so|indeed|please|we|i|do|accept|my|our|sincere|sorry|apolog\w+|for"
    r"|really|truly|this|that|it"
    r"|is|was|an?|the|all|entire|whole|fault|mistake|error|blame|responsibility|mine|ours|on|with|us|me"
    r"|lies|entirely|completely"
    r"|clearly|part|side|slip|oversight|own|which|should|not|happen|have|happened|totally|bad|miss)\b\W*){1,16}$"
)
"""Words that own and say nothing of what."""


def _mends(view: View, hit: Hit, *kinds: str) -> bool:
    """Does the draft bring one of these: in the sentence itself only where that is likely, in another more readily."""
    ruled = {(move.sentence.start, move.rule.kind) for move in view.moved}
    for sentence in view.sentences:
        itself = sentence.start == hit.start
        for kind in kinds:
            said = (sentence.start, kind) in ruled
            p = view.heard.of(sentence.start, kind) if view.heard is not None else None
            likely = said if p is None else p >= (_LIKELY if itself else _EVEN)
            if likely or (said and (not itself or (p or 0) >= _SOMEWHAT)):
                return True
    return False


_LIKELY, _EVEN, _SOMEWHAT = 0.75, 0.5, 0.3


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
    """The client complains, and the draft neither owns nor mends nor looks into it.

    Where they reproach, mending without a word that owns is too little as well; that is advice.
    """
    charge = view.grievance.charge
    enough = _OWNING if charge == 1 else CONCEDING
    if not (view.cast.leaves and view.words and charge) or view.ruled & enough or _LOOKED.search(view.said):
        return
    if view.heard is not None:
        view.look(view.heard.likeliest(_OWNED))
    if not (view.moves if charge == 1 else _conceded(view)) & enough:
        yield Hit(severity="advice" if view.moves & _OWNING else None)


def _conceded(view: View) -> frozenset[str]:
    """What the draft does, where the model alone must be surer than a coin."""
    sure = {kind for kind, output in SAID_AS.items() if view.heard is not None and view.heard.likely(output, _EVEN)}
    return view.ruled - WEIGHED | sure


_LOOKED = re.compile(
    r"\b(?:we|i)(?: have|'ve)? (?:now |just |carefully |since |both |at once "
    r"|immediately )*(?:looked (?:into|at|through)|checked"
    r"|went (?:through|over|back)|gone (?:through|over|back)|been through|compared|counted|traced"
    r"|listened to|tested)\b"
    r"|\bour (?:records|logs?|notes) (?:show|say)\b"
)
"""Whoever has looked may find that the client is mistaken, and say so."""


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
    if not view.cast.leaves or "asks" in view.moves or "?" in view.said or _NEXT.search(view.said):
        return
    news = (hit for hit in matching(rule, view) if _grave(view, hit) and not _mends(view, hit, "remedy", "plan"))
    yield from islice((hit for hit in news if not _day_elsewhere(view, hit)), 1)


_NEXT = re.compile(
    r"\b(?:by (?:mon|tues|wednes|thurs|fri|satur|sun)day|on (?:mon|tues|wednes|thurs|fri|satur"
    r"|sun)day (?:we|i|you|at)|"
    r"(?:will be|is now|are now|new date|moved? to|moves to|now) (?:\w+ )?(?:on|by|to|at|in) (?:the )?\d)"
)
_LIGHT = re.compile(
    r"\b(?:can(?:not|'t)|unable|not able|won't be able) (?:to )?(?:join|attend|come|make it|meet you|talk"
    r"|take the call)|"
    r"\bmissed your call\b|\bout of (?:the )?office\b|\bi'm afraid (?:so|not|i (?:missed|don't))\b"
)
_NEGATIVE = re.compile(
    r"\b(?:not|\w+n't|cannot|no|un\w+|refus\w+|reject\w+|turned down|declin\w+|cancel\w+|pull\w* out|lost"
    r"|late|delay\w*|"
    r"missing|gone|given (?:to|away)|up by|increase\w*|fail\w*|fell|fallen|broke\w*|leav\w+|resign\w*"
    r"|over budget|used up|"
    r"postpon\w+|hold|behind|damag\w+|stolen|hack\w+|breach|leak\w*|sold|discontinu\w+|withdrawn|out of stock|"
    r"problem|setback|hitch|snag|bad news|went|double.?booked|bankrupt|closed|closing|suspend\w*|expired"
    r"|ill|sick|dead|"
    r"more expensive|higher|rise|rises|longer|wrong|overrun|exceed\w*|compromised|overdue|corrupt\w*|unavailable)\b"
)


def _day_elsewhere(view: View, hit: Hit) -> bool:
    """Does another sentence say what comes on a day."""
    others = (rulebook.plain(each.text) for each in view.sentences if each.start != hit.start)
    return any(_COMES.search(each) and _names_day(each, view) for each in others)


_WHEN = r"(?:on|by|at|from|until|this|next|tomorrow|tonight|today|in)\b"
_COMES = re.compile(
    r"\b(?:will|'ll|shall|going to|can|could|let's|let us|plan to|propose|suggest|expect|aim|hope to"
    r"|next (?:step|one)|new date)\b|\b(?:is|are) (?:\w+ ){0,4}?(?:on|at|by|for) "
    r"|\b(?:is|are|am|'m|'re|'s) \w+ing\b|\b(?:we|i|he|she|they) (?!have\b|had\b|was\b|were\b|did\b"
    r"|know\b|am\b|are\b|is\b)"
    rf"(?!\w+ed\b)\w+ (?:\w+ ){{0,6}}?{_WHEN}|\b[a-z]{{3,}}s (?:you |them |it |us )?{_WHEN}"
    rf"|\byou (?:have|get|receive|hear) (?:\w+ ){{0,5}}?{_WHEN}"
)


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
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|by (?:noon|midday|the end|close|end|lunch|\d|one|two"
    r"|three|four|five|six|seven|eight|nine|ten|eleven|twelve)|next (?:week"
    r"|month|invoice|"
    r"bill|visit|delivery|meeting|call|newsletter|issue|release)|\d{1,2}(?:st|nd|rd|th)\b|\d{1,2}[:.]\d\d|"
    r"at (?:noon|\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)|in (?:an hour|\w+ (?:hours?"
    r"|minutes?|"
    r"days?|weeks?)|january|february|march|april|may|june|july|august|september|october|november|december)|"
    r"\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december) \d|\d{4}-\d\d|"
    r"when(?:ever)? (?:you|your|she|he|they|it)|once (?!more|again)|as soon as (?:you|your|it|he|she|they"
    r"|the|mina|our)"
    r"|after (?:you|your|"
    r"the|that|it)|if (?:you|your|it|there|that|anything|something|this|the|we)|before (?:the|you|your|it|we"
    r"|they)|until|"
    r"unless|every|each|always|never|in future|in the future|from now|henceforth|from (?:\w+ )?(?:today"
    r"|monday|january) on|(?:for|at) (?:the|your) (?:\w+ )?(?:january|february|march|april|may|june|july"
    r"|august|september|october|november|december|spring|summer|autumn|winter|next) \w+|going forward"
    r"|as usual|whenever"
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
    r"not be|stand by|respect|noted|on (?:me|us)\b|follow|go with|use|take the|be (?:the|a|at|in|with"
    r"|more|careful|your|sending))\b"
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


def says_when(view: View) -> str:
    """The first sentence that says what the firm does, or what comes, by a day or an hour; empty where none does."""
    promised = [
        each.start for each in find_promises(view.own, writer="firm") if each.by == "firm" and not each.negative
    ]
    for sentence in view.sentences:
        plain = rulebook.plain(sentence.text)
        does = any(sentence.start <= start < sentence.end for start in promised) or _COMES.search(plain)
        if does and not plain.endswith("?") and _names_day(plain, view):
            return view.draft.new_text[sentence.start : sentence.end].strip()
    return ""


def _dated_before(quote: str, view: View) -> bool:
    """Is this a promise that stands in the firm's books with a day."""
    return any(each.due is not None and alike(quote, each.text) >= SAME for each in view.context.promises)


def _day_for_all(view: View, place: int) -> bool:
    """Does another sentence of the draft name a day to come: then the writer does not leave it open."""
    others = [rulebook.plain(each.text) for n, each in enumerate(view.sentences) if n != place]
    return any(
        (re.search(r"\b(?:you'll|you will|it'll|by|done|ready|both|all|will)\b", each) or _COMES.search(each))
        and _names_day(each, view)
        for each in others
    )


def _names_day(plain: str, view: View) -> bool:
    if not any(char.isdigit() for char in plain) and _DAYWORD.search(plain) is None:
        return False
    at = view.draft.at if view.draft.at is not None and view.draft.at.tzinfo is not None else _NO_DAY
    found = due.due(plain, at=at)
    return found is not None and found.at is not None


_DAYWORD = re.compile(
    r"day|week|month|morning|evening|noon|night|tomorrow|hour|minute|today|year|quarter|easter|christmas"
    r"|january|february|"
    r"march|april|may|june|july|august|september|october|november|december"
)


def unanswered(rule: GuardRule, view: View) -> Iterator[Hit]:
    """The client named several points, and one of them is nowhere in the draft."""
    known, asked = view.context.issues, view.grievance
    points = known or asked.points
    least = 1 if known else 2
    if not view.cast.leaves or not view.words or not points or "everything" in view.moves:
        return
    apart = not known and any(APART.match(point.lower()) for point in points)
    if len(points) + (len(asked.others) if apart else 0) < least:
        return
    answered = [point for point in points if _shares(point, view.own)]
    beside = apart and any(_shares(each, view.own) for each in asked.others)
    if not beside and not view.moves & _OWNING:
        return  # that is a complaint not owned
    if not answered and not beside and not known:
        answered = _nearest(points, view)
        if not answered:
            return
    parts = [each.text for each in view.sentences]
    for place, point in enumerate(points):
        if point in answered or not (known or asked.alone[place]):
            continue
        if not _near(point, parts, view):
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
        days not also two three four last year month""".split(),  # noqa: SIM905
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
