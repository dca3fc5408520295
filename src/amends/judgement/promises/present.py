"""What is said of the present and meant of a day to come ("we ship on Friday"), and what holds by being said."""

from __future__ import annotations

import re

from amends.judgement.promises.lexicon import BASE, ING, PARTICIPLE, THIRD
from amends.judgement.promises.subjects import Subject, subject
from amends.judgement.promises.verbs import commits
from amends.judgement.promises.view import NOT, Found, View, be_before, embedded, inverted, threatens

_BE = frozenset(("'m", "am", "are", "'re", "is", "'s"))
_BEFORE_INFINITIVE = frozenset("to not n't can could would should may might do did".split())  # noqa: SIM905
_CONDITIONAL = frozenset(("if", "when", "once", "before", "after", "until"))
_FREE = re.compile(
    r"\b(?:for free|free of charge|at no (?:extra )?(?:cost|charge)|at our (?:own )?(?:cost|expense)"
    r"|off (?:your|the) (?:\w+ )?(?:bill|invoice|price|fee|total|account))\b"
)


def present_for_future(view: View) -> Found | None:
    """We ship on Friday; I'm sending it tonight; it leaves our warehouse tonight; nothing goes out without you."""
    if view.asked or "every" in view.words or _habit(view) or threatens(view):
        return None
    for i in range(view.clause.low + 1, view.clause.high):
        lemma, form = view.verb(i)
        if not form and view.words[i].endswith("ing"):
            form = ING
        if not form or view.word(i - 1) in ("to", "the", "a", "your", "our", "my", "of"):
            continue
        found = _progressive(view, i, lemma) if form & ING else _simple(view, i, lemma, form)
        if found is not None:
            return found
    return None


def _habit(view: View) -> bool:
    words = view.words[view.clause.low :]
    if any(view.lexicon.is_(word, "hedge") or word in ("always", "never", "whenever") for word in words):
        return True
    return view.due is not None and view.plain[slice(*view.due)] in ("the same day", "now")


def _progressive(view: View, i: int, lemma: str) -> Found | None:
    """I'm sending it tonight; we are refunding the fee; it is being shipped today."""
    be = be_before(view, i)
    if view.word(be) not in _BE:
        return None
    who = subject(view.sentence, view.clause.low, be, view.firm, view.lexicon)
    if embedded(view, who, be):
        return None
    if lemma == "be":
        made, form = view.verb(i + 1)
        aimed = view.due is not None and view.sent and who.kind in ("thing", "it")
        return Found(-0.2) if aimed and form & PARTICIPLE and view.lexicon.is_(made, "act") else None
    if who.kind == "own" and (view.lexicon.is_(lemma, "money") or _FREE.search(view.plain)):
        return Found(negative=not NOT.isdisjoint(view.words[be:i]))
    if who.kind not in ("own", "person", "pronoun") or not view.lexicon.is_(lemma, "act", "move"):
        return None
    if view.lexicon.is_(lemma, "own_affair"):
        over = view.word(i + 1) in ("over", "round", "by", "down", "up", "back") and who.kind == "own"
        if not over and not (view.lexicon.is_(lemma, "shared_affair") and view.sent):
            return None
    theirs = not view.firm and not view.sent and not view.lexicon.is_(lemma, "handing")
    return Found(0.2 * view.sent) if view.due is not None and (who.kind == "own" or view.sent) and not theirs else None


def _simple(view: View, i: int, lemma: str, form: int) -> Found | None:
    """We ship on Friday; it leaves our warehouse tonight; nothing goes out without you."""
    who = subject(view.sentence, view.clause.low, i, view.firm, view.lexicon)
    if view.word(i - 1) in _BEFORE_INFINITIVE or embedded(view, who, i) or inverted(view, who):
        return None
    if who.kind == "none":
        return Found(negative=True) if form & THIRD and lemma in ("go", "leave", "ship", "happen") else None
    act = view.lexicon.is_(lemma, "act") and not view.lexicon.is_(lemma, "no_simple")
    if who.kind == "own":
        if not (act and form & BASE and commits(view, i, lemma, negative=False)):
            return None
        if view.words[view.clause.low : view.clause.low + 2] == ["if", "you"] and who.opener == ",":
            return Found()
        ours = lemma == "start" and bool(view.verb(i + 1)[1] & ING)  # "we start printing at seven"
        if not view.firm and not view.sent and not view.lexicon.is_(lemma, "handing"):
            return None
        free = who.opener not in _CONDITIONAL and (ours or not view.lexicon.is_(lemma, "own_affair"))
        return Found(0.1 * view.sent) if free and _dated(view) else None
    return _others(view, who, lemma, form, act) if _dated(view) and _plain_phrase(view, who) else None


def _others(view: View, who: Subject, lemma: str, form: int, act: bool) -> Found | None:
    """Our crew arrives at 7:30 on the 5th; payment goes out on Friday."""
    moves = view.lexicon.is_(lemma, "move")
    plural = form & BASE and who.kind == "thing" and who.words[-1].endswith("s") and moves
    if who.kind not in ("thing", "it", "person") or not (form & THIRD or plural):
        return None
    named = not view.lexicon.sets["deliverable"].isdisjoint(who.words)
    if who.kind == "it" and lemma in ("start", "begin", "resume", "continue"):
        return None
    if not view.firm and not named and not view.sent:
        return None
    if not (moves or (act and who.kind == "person")) or (who.words[:1] == ["my"] and not named):
        return None
    return Found(0.3 if named or who.kind == "person" else -0.3)


def _plain_phrase(view: View, who: Subject) -> bool:
    """A subject of few words, none of them a verb or a preposition that would hide the real subject."""
    hidden = {"to", "with", "for", "by", "on", "i", "we", "you", "that", "and", "'d"}
    first = who.low <= view.clause.low + 1 or who.opener == ","
    known = who.kind != "person" or who.low > 0 or len(who.words) > 1
    return first and known and len(who.words) <= 5 and hidden.isdisjoint(who.words)


def _dated(view: View) -> bool:
    """A day to come rather than a span: "on Friday", "tonight"; not "on weekdays" or "in March"."""
    if view.due is None:
        return False
    phrase = view.plain[slice(*view.due)]
    span = "last" in phrase or phrase.startswith(("in ", "from ", "since ", "after "))
    return not span or any(each.isdigit() for each in phrase)


def gives_word(view: View) -> Found | None:
    """We undertake, I promise."""
    if view.asked:
        return None
    for i in range(view.clause.low, view.clause.high):
        if view.lexicon.is_(view.word(i), "performative") and view.word(i + 1) not in ("nothing", "anything"):
            start = i - (view.word(i - 1) == "do")
            who = subject(view.sentence, view.clause.low, start, view.firm, view.lexicon)
            denied = not NOT.isdisjoint(view.words[who.low : i])
            if who.kind == "own" and not denied and not embedded(view, who, i) and not inverted(view, who):
                return Found(0.2)
    return Found() if _WORD_GIVEN.search(view.plain) else None


_WORD_GIVEN = re.compile(
    r"\b(?:you have my word|my word on it|give you (?:my|our) word|our undertaking to you)\b|[a-z], promised?\W*$"
)
