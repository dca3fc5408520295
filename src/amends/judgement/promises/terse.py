"""Commitments without a subject or without a verb: "Will send tonight.", "Back to you by 4.", "Draft Thursday."."""

from __future__ import annotations

from amends.judgement.promises.clauses import FINITE
from amends.judgement.promises.lexicon import BASE, ING, PARTICIPLE, THIRD
from amends.judgement.promises.subjects import subject
from amends.judgement.promises.verbs import commits, has_done
from amends.judgement.promises.view import Found, View, after

_TERSE_WORDS = 15
"""A sentence without a subject is no longer than this; else it is torn from another."""
_NOUN_WORDS = 12
_NOT_THERE = frozenset(("please", "pls", "?", "is", "are", "was", "were"))
_FOLLOWS = ("to follow", "on its way", "on their way", "coming your way")
_NO_HEAD = frozenset(("i", "we", "you", "it", "he", "she", "they", "by", "on", "for", "if", "to", "in", "at"))
_NO_PROMISE_BEFORE = frozenset(("the", "your", "my", "send", "no", "any"))
_SUBJECTS = _NO_HEAD | {"the", "a", "our", "your", "my", "this", "that", "who", "which", "there", "and"}
_NO_START = frozenset(("look", "write", "talk", "follow", "hold", "record", "file", "own", "start", "take"))
_DONE = frozenset(
    """will 'll has have attached enclosed below due can could should would may received""".split()  # noqa: SIM905
)


def terse(view: View) -> Found | None:
    """Will send tonight. Back to you by 4. Draft Thursday. Sending it now."""
    i = _first(view)
    word = view.word(i)
    if view.asked or view.clause.high - i > _TERSE_WORDS:
        return None
    if word in ("will", "shall"):
        joined = view.clause.low > 0 and view.word(view.clause.low) in ("and", "but", "then", "so")
        return None if joined and not _own_before(view) else _will(view, i)
    if word == "gonna":
        return Found() if view.lexicon.is_(view.verb(i + 1)[0], "act") else None
    if word == "on" and view.word(i + 1) == "it" and not view.word(i + 2).isalnum():
        return Found(0.2)
    if word == "back" and view.word(i + 1) in ("to", "with", "in"):
        return Found(0.3)
    lemma, form = view.verb(i)
    if form & ING and view.lexicon.is_(lemma, "act") and lemma not in _NO_START and view.word(i + 1) != "'s":
        near = set(view.words[i : i + 4])
        if not near.isdisjoint(("you", "u", "it")) or (
            view.due is not None and commits(view, i, lemma, negative=False)
        ):
            return Found(-0.3 if view.due is None else 0.2)
        return None
    for at in range(i + 1, view.clause.high - 1):  # "Rolled back, will post the cause before noon."
        if view.word(at) == "," and view.word(at + 1) == "will" and _SUBJECTS.isdisjoint(view.words[i:at]):
            return _will(view, at + 1)
    return _noun_by(view, i)


def _own_before(view: View) -> bool:
    """ "Sam is back on Monday and will pick this up": the sentence began with somebody of the writer's side."""
    first = next((i for i in range(1, view.clause.low) if view.word(i) in FINITE), 0)
    return subject(view.sentence, 0, first, view.firm, view.lexicon).kind in ("own", "person")


def _first(view: View) -> int:
    """The first word that is more than "ok, great, no problem"."""
    i = view.clause.low
    while i < view.clause.high and (
        view.lexicon.is_(view.words[i], "yes")
        or not view.words[i][0].isalnum()
        or (view.words[i] == "no" and view.word(i + 1) in ("problem", "worries"))
        or (i > view.clause.low and view.lexicon.is_(view.words[i], "adverb"))
    ):
        i += 1
    return i


def _will(view: View, i: int) -> Found | None:
    group = after(view, i, i + 1)
    lemma, form = view.verb(group.verb)
    if lemma == "have":
        return Found(negative=group.negative) if has_done(view, group.verb) else None
    does = form & BASE and view.lexicon.is_(lemma, "act") and commits(view, group.verb, lemma, group.negative)
    return Found(0.5, group.negative) if does else None


def _noun_by(view: View, i: int) -> Found | None:
    """Draft Thursday; proof in your inbox by noon; quote to follow; fix going live at 3."""
    words = view.words[i : view.clause.high]
    follows = any(each in view.plain for each in _FOLLOWS)
    if not words or len(words) > _NOUN_WORDS or not _NOT_THERE.isdisjoint(words) or (view.due is None and not follows):
        return None
    ours = "your way" in view.plain or not {"me", "us"}.isdisjoint(words)
    for at, word in enumerate(words[:4]):
        known = view.lexicon.is_(word, "client_deliverable")
        known = known or ((view.firm or ours or view.word(i + at + 1) == ":") and view.lexicon.is_(word, "deliverable"))
        in_time = view.due is None or _starts(view, i + at) <= view.due[0]
        if in_time and (known or (follows and at == 0 and word not in _NO_HEAD)):
            done = _finite_after(view, words[at + 1 :]) or words[0] in _NO_PROMISE_BEFORE
            return None if done else Found(0.3 * follows)
        form = 0 if view.lexicon.is_(word, "deliverable") else view.verb(i + at)[1]
        signed = at == 0 and form == form & ~BASE and view.lexicon.is_(view.word(i + 1), "deliverable")
        if word in _NO_HEAD or (form & (BASE | PARTICIPLE) and not signed):
            return None
    return None


def _starts(view: View, i: int) -> int:
    return view.sentence.starts[i] - view.sentence.starts[view.clause.low]


def _finite_after(view: View, words: list[str]) -> bool:
    """A verb, or a participle that says that it is done: attached, sent."""
    for word in words:
        form = view.lexicon.verb(word)[1]
        if word == "promised":  # "Mock-ups next Tuesday, promised."
            return False
        if word in _DONE or (
            form & (THIRD | PARTICIPLE) and not form & BASE and not view.lexicon.is_(word, "deliverable")
        ):
            return True
    return False
