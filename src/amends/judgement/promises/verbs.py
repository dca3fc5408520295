"""Does a verb with what follows it commit, be it done by the writer or by the writer's people."""

from __future__ import annotations

from amends.judgement.promises.lexicon import BASE, PARTICIPLE
from amends.judgement.promises.view import View

_DONE = frozenset(
    ("ready", "done", "back", "there", "up", "with", "over", "across", "off", "out", "sorted", "finished")
)


def commits(view: View, at: int, lemma: str, negative: bool) -> bool:
    """Does the verb at token `at` with what follows commit, be it done by me or by my people."""
    lexicon = view.lexicon
    if not lemma[:1].isalpha() or view.lexicon.is_(lemma, "no_verb") or threat(view, lemma):
        return False
    if lemma in ("charge", "bill") or (negative and lexicon.is_(lemma, "refuse")):
        return negative and not lexicon.is_(lemma, "refuse")
    if not view.firm and negative and lexicon.is_(lemma, "refuse_client"):
        return False
    place = view.sentence.starts[at]
    if lexicon.phrases["commits"].match(view.sentence.plain, place):
        return True
    if lexicon.is_(lemma, "state") or lexicon.phrases["idle"].match(view.sentence.plain, place):
        return False
    if not view.firm and lexicon.phrases["idle_client"].match(view.sentence.plain, place):
        return False
    if lexicon.is_(lemma, "vague"):  # "get", "keep", "work" say little without somebody or something
        return view.sent or view.due is not None or negative or view.lexicon.is_(view.word(at + 1), "objects")
    return True


def threat(view: View, lemma: str) -> bool:
    """Does a client who says this verb of himself threaten, take leave or only choose."""
    return (
        not view.firm
        and view.lexicon.is_(lemma, "threaten_client")
        and not (view.sent and lemma in ("order", "review"))
    )


def second_verb(view: View, at: int) -> bool:
    """ "think about it and let you know": is there a second verb, which commits where the first did not."""
    return any(
        view.word(i - 1) in ("and", "then")
        and view.verb(i)[1] & BASE
        and view.lexicon.is_(view.verb(i)[0], "act")
        and commits(view, i, view.verb(i)[0], negative=False)
        for i in range(at + 2, view.clause.high)
    )


def has_done(view: View, have: int) -> bool:
    """ "have it ready", "have Jonas send you": somebody sees to something; not "have the salmon" or "have lived"."""
    if view.word(have + 1) == "to":
        return False
    if view.verb(have + 1)[1] & PARTICIPLE and not view.verb(have + 1)[1] & BASE:
        return False
    for i in range(have + 2, min(have + 8, view.clause.high)):
        lemma, form = view.verb(i)
        acts = view.lexicon.is_(lemma, "act") and form & (PARTICIPLE | BASE)
        if acts or view.word(i) in _DONE or view.words[i : i + 2] in (["on", "site"], ["in", "by"], ["in", "on"]):
            return True
    return False


def goes_on(view: View) -> bool:
    """ "…, and upload them on Friday": a second verb under the subject of the clause before."""
    i = view.clause.low
    while view.word(i) in ("and", "then", ",") or view.lexicon.is_(view.word(i), "adverb"):
        i += 1
    lemma, form = view.verb(i)
    begun = i > view.clause.low and bool(form & BASE) and view.lexicon.is_(lemma, "act")
    return begun and commits(view, i, lemma, negative=False)
