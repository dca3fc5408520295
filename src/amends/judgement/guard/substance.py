"""Rules about what the whole draft does: own, mend, plan, date, answer every point, stay within one's authority."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from amends.judgement import returning, rulebook, sentences
from amends.judgement.guard.answered import APART
from amends.judgement.guard.hearing import SAID_AS, WEIGHED
from amends.judgement.guard.hits import Hit, matching
from amends.judgement.guard.pledges import COMES, names_day
from amends.judgement.guard.view import CONCEDING
from amends.judgement.model import current

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.view import View

_OWNED = ("owns", "sorry", "feeling", "remedy")
_OWNING = frozenset({"apology", "owns", "feeling", "remedy", "account"})
_MENDING = frozenset({"remedy", "asks"})
_PLANNING = frozenset({"remedy", "plan", "asks"})
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


def not_owned(rule: GuardRule, view: View) -> Iterator[Hit]:
    """The client complains, and the draft neither owns nor mends nor looks into it.

    Where they reproach, mending without a word that owns is too little as well; that is advice.
    """
    charge = view.grievance.charge
    enough = _OWNING if charge == 1 else CONCEDING
    if not (view.cast.leaves and view.words and charge) or view.ruled & enough or LOOKED.search(view.said):
        return
    if view.heard is not None:
        view.look(view.heard.likeliest(_OWNED))
    if not (view.moves if charge == 1 else _conceded(view)) & enough:
        yield Hit(severity="advice" if view.moves & _OWNING else None)


def _conceded(view: View) -> frozenset[str]:
    """What the draft does, where the model alone must be surer than a coin."""
    sure = {kind for kind, output in SAID_AS.items() if view.heard is not None and view.heard.likely(output, _EVEN)}
    return view.ruled - WEIGHED | sure


LOOKED = re.compile(
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
    r"\b(?:you can|you may|you could|you(?:'ll| will) (?:need|have) to) (?:still |also |now "
    r"|then )?(?:update|follow|use|get"
    r"|find|order|book|choose|pick|try|read|log|cancel|download|call|reach|apply|ask|do)\b"
    r"|\bfollow (?:the|these) steps\b|"
    r"\b(?:by (?:mon|tues|wednes|thurs|fri|satur|sun)day|on (?:mon|tues|wednes|thurs|fri|satur"
    r"|sun)day (?:we|i|you|at)|"
    r"(?:will be|is now|are now|new date|moved? to|moves to|now) (?:\w+ )?(?:on|by|to|at|in) (?:the )?\d)"
)
_LIGHT = re.compile(
    r"\b(?:can(?:not|'t)|unable|not able|won't be able|able) (?:to )?(?:\w+ )?(?:join|attend|come\b"
    r"|make (?:it|the trip)"
    r"|meet\b(?! (?:the|your|our|this|that) (?:deadline|date|spec|brief|target|budget))|talk|take the call"
    r"|participate|accept (?:your|the) (?:\w+ )?(?:offer|invitation)|go\b(?! (?:ahead|live|on))|have (?:lunch|dinner)"
    r"|drink|be (?:there|in|at|with you)\b|do that (?:either|today))|"
    r"\b(?:won't|will not) be (?:in\b|there|using|interested|around|joining|attending)|\b(?:out of town|previous"
    r" (?:engagement|commitments?)|need to reschedule)\b|\b(?:i|we) (?:do not|don't) know of\b|"
    r"\bmissed your call\b|\bout of (?:the )?office\b|\bi'm afraid (?:so|not|i (?:missed|don't))\b"
)
_NEGATIVE = re.compile(
    r"\b(?:not|\w+n't|cannot|no|un(?!fortunate|til|der|ited|ion|ivers|ique|it|like|less)\w+|refus\w+"
    r"|reject\w+|turned down|declin\w+|cancel\w+|pull\w* out|lost"
    r"|late|delay\w*|"
    r"missing|gone|given (?:to|away)|up by|increase\w*|fail\w*|fell|fallen"
    r"|pulled|administration|liquidation|receivership|beyond repair|broke\w*|leav\w+|resign\w*"
    r"|over budget|used up|"
    r"postpon\w+|hold|behind|damag\w+|stolen|hack\w+|breach|leak\w*|sold|discontinu\w+|withdrawn|out of stock|"
    r"problem|setback|hitch|snag|bad news|went|double.?booked|bankrupt|closed|closing|suspend\w*|expired"
    r"|ill|sick|dead|"
    r"more expensive|higher|rise|rises|longer|wrong|overrun|exceed\w*|compromised|overdue|corrupt\w*|unavailable)\b"
)


def _day_elsewhere(view: View, hit: Hit) -> bool:
    """Does another sentence say what comes on a day."""
    others = (rulebook.plain(each.text) for each in view.sentences if each.start != hit.start)
    return any(COMES.search(each) and names_day(each, view) for each in others)


def _grave(view: View, hit: Hit) -> bool:
    plain = rulebook.plain(view.own[slice(hit.start, hit.end)])
    return _NEGATIVE.search(plain) is not None and _LIGHT.search(plain) is None


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


def favour(rule: GuardRule, view: View) -> Iterator[Hit]:
    """Asks for a review or a recommendation while something of the client's is open, or too soon after the last time.

    With something open it is held; where it is too soon it is asked about.
    """
    context = view.context
    open_ = context.open_with or bool(context.issues) or bool(view.grievance.points)
    if not view.cast.leaves or not (open_ or context.too_soon):
        return
    detail = f" {context.open_with or context.too_soon}".rstrip()
    for hit in matching(rule, view):
        yield hit._replace(detail=detail, severity=None if open_ else "warn")
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
