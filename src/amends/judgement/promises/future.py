"""What will be done: by the writer, by the writer's people, by nobody, or to a thing; and what the reader will have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amends.judgement.promises.lexicon import ING, PARTICIPLE
from amends.judgement.promises.subjects import Subject, subject
from amends.judgement.promises.verbs import commits, has_done, second_verb, threat
from amends.judgement.promises.view import NOT, Found, Group, View, embedded, groups, threatens

if TYPE_CHECKING:
    from collections.abc import Callable


_CLOCK = re.compile(r"\d|\b(?:at|by)\b")
_ARRIVED = frozenset(
    (
        "ready",
        "back",
        "live",
        "there",
        "finished",
        "done",
        "with you",
        "in your",
        "on your",
        "in the",
        "on its",
        "online",
        "up",
        "in place",
    )
) | {"under the", "at your"}


def own_future(view: View) -> Found | None:
    """I will, we're going to, ill."""
    return _future(view, _own)


def _own(view: View, group: Group, who: Subject) -> Found | None:
    ill = view.word(group.start) in ("ill", "gonna") and who.kind == ""
    if who.kind != "own" and not ill:
        return None
    lemma = view.verb(group.verb)[0]
    sure = 0.4 * (view.due is not None) + 0.3 * view.sent
    if view.word(group.verb) == "be":
        return _own_be(view, group, sure)
    if lemma == "have" and not view.lexicon.phrases["commits"].match(
        view.sentence.plain, view.sentence.starts[group.verb]
    ):
        return Found(sure - 0.3, group.negative) if has_done(view, group.verb) else None
    if not commits(view, group.verb, lemma, group.negative):
        second = not threat(view, lemma) and second_verb(view, group.verb)
        return Found(sure - 0.3) if second else None
    unknown = -0.8 if view.firm else -1.8
    return Found(
        sure + (0.3 if view.lexicon.is_(lemma, "act") or lemma in ("have", "see", "find") else unknown), group.negative
    )


def _own_be(view: View, group: Group, sure: float) -> Found | None:
    i = group.verb + 1
    while view.lexicon.is_(view.word(i), "adverb") or view.word(i) in NOT:
        i += 1
    lemma, form = view.verb(i)
    own_affair = view.lexicon.is_(lemma, "own_affair") and not view.sent and view.words[i : i + 2] != ["working", "on"]
    if form & ING and view.lexicon.is_(lemma, "act") and not own_affair and commits(view, i, lemma, group.negative):
        return Found(sure, group.negative)
    if view.word(i) in ("happy", "glad", "delighted", "pleased") and view.due is not None and view.word(i + 1) == "to":
        return Found(-1.2) if view.lexicon.is_(view.word(i + 2), "act") else None
    rest = view.words[i : i + 4]
    in_touch = rest[:2] == ["in", "touch"] or rest[:2] in (
        ["back", "to"],
        ["back", "with"],
        ["back", "in"],
        ["with", "you"],
    )
    if in_touch:
        return Found(sure)
    comes = rest[:1] in (["there"], ["round"], ["over"]) or rest[:2] in (["at", "your"], ["at", "the"], ["on", "site"])
    return Found(-0.6) if comes and _clocked(view) and not group.negative else None


def _clocked(view: View) -> bool:
    return view.due is not None and _CLOCK.search(view.plain, *view.due) is not None


def you_will_have(view: View) -> Found | None:
    """You will receive, you can expect, you won't be charged."""
    low = view.clause.low
    for i in range(low, view.clause.high - 2):
        three = view.words[i : i + 3]
        getting = three[:2] in (["you", "'re"], ["you", "are"]) and three[2] in ("getting", "receiving")
        if (three == ["you", "can", "expect"] or getting) and not view.asked:
            return Found()
    return _future(view, _you)


def _you(view: View, group: Group, who: Subject) -> Found | None:
    if who.kind != "you":
        return None
    i = group.verb
    lemma, after = view.verb(i)[0], view.word(i + 1)
    match lemma:
        case "receive" | "get" if not group.negative:
            return Found(0.2)
        case "have":
            if group.negative:
                return (
                    Found(negative=True)
                    if after == "to" and view.word(i + 2) in ("pay", "wait", "chase", "worry")
                    else None
                )
            perfect = view.verb(i + 1)[1] & PARTICIPLE or after in ("to", "noticed", "had", "been")
            return None if perfect else Found(0.2 if view.due is not None else -1.2)
        case "hear":
            return (
                Found() if after in ("from", "back") and view.word(i + 2) in ("us", "me", "our", "from", "my") else None
            )
        case "find":
            box = not {"inbox", "letterbox", "mailbox", "account", "doorstep"}.isdisjoint(view.words[i:])
            return Found() if box and view.due is not None else None
        case "pay" | "owe":
            return Found(negative=True) if group.negative or after in ("nothing", "no") else None
    passive = view.verb(i + 1)[0] if view.word(i) == "be" else ""
    if view.word(i) == "be" and view.word(i + 1) in ("getting", "receiving", "hearing") and not group.negative:
        return Found()
    if group.negative and passive in ("charge", "bill", "invoice"):
        return Found(negative=True)
    return (
        Found()
        if not group.negative and view.lexicon.is_(passive, "you_passive") and view.verb(i + 1)[1] & PARTICIPLE
        else None
    )


def colleague_will(view: View) -> Found | None:
    """Petra will call; our courier is going to collect; she will do so."""
    return _future(view, _colleague)


def _colleague(view: View, group: Group, who: Subject) -> Found | None:
    if who.kind not in ("person", "pronoun", "none"):
        return None
    if who.kind == "none" and who.opener in ("which", "that"):
        return None  # "slides which nobody will open"
    lemma = view.verb(group.verb)[0]
    i = group.verb
    negative = group.negative or who.kind == "none"
    aimed = view.due is not None or view.sent
    doubt = -0.9 * (who.kind == "pronoun") - 0.7 * (not aimed) + 0.3 * (view.due is not None)
    if view.word(i) == "be":
        rest = view.words[i + 1 : i + 3]
        ing = view.verb(i + 1)[1] & ING and commits(view, i + 1, view.verb(i + 1)[0], group.negative)
        comes = rest in (
            ["with", "you"],
            ["in", "touch"],
            ["on", "site"],
            ["back", "to"],
            ["back", "on"],
            ["out", "to"],
        )
        comes = comes or rest[:1] in (["there"], ["round"], ["over"])
        return Found(doubt) if ing or (comes and aimed) else None
    if lemma == "have":
        return Found(doubt) if has_done(view, i) else None
    if who.kind == "pronoun" and not aimed:
        return None
    if not commits(view, i, lemma, group.negative):
        return None
    if view.lexicon.is_(lemma, "act"):
        return Found(doubt, negative)
    guessed = view.firm and who.kind == "person" and view.due is not None and not view.verb(i)[1]
    return Found(doubt - 0.8, negative) if guessed else None  # a verb that no list knows


def will_be_done(view: View) -> Found | None:
    """It will be sent; the tiles are going to be fitted; your login will follow."""
    return _future(view, _thing)


def _thing(view: View, group: Group, who: Subject) -> Found | None:
    if who.kind not in ("thing", "it", "none", "pronoun"):
        return None
    i = group.verb
    lemma = view.verb(i)[0]
    named = not view.lexicon.sets["deliverable"].isdisjoint(who.words)
    sure = 0.3 * (view.due is not None) + 0.2 * view.sent + 0.3 * named
    if view.word(i) == "be":
        while view.word(i + 1) and view.lexicon.is_(view.word(i + 1), "adverb"):
            i += 1
        made, form = view.verb(i + 1)
        apart = made == "take" and view.word(i + 2) in ("off", "care", "down", "away", "over", "back", "out")
        if form & PARTICIPLE and view.lexicon.is_(made, "act") and (apart or not view.lexicon.is_(made, "no_passive")):
            if view.word(i + 2) == "by" and view.word(i + 3) not in ("our", "my", "me", "us") and not view.by_then:
                return None  # by others
            return Found(sure - 0.3 * (view.due is None), group.negative or who.kind == "none")
        rest = view.words[i + 1 : i + 3]
        comes = " ".join(rest[:1]) in _ARRIVED or " ".join(rest) in _ARRIVED
        aimed = (view.due is not None or rest[1:] == ["you"]) and not group.negative
        return Found(sure - 0.4) if comes and aimed else None
    if group.negative:
        again = lemma == "happen" and view.word(i + 1) in ("again", "twice")
        return Found(negative=True) if again else None
    if view.word(group.start + 1) == "to":
        return None  # "this is to follow up our call"
    if lemma == "go" and view.word(i + 1) not in ("out", "live", "off", "to", "online"):
        return None
    if view.lexicon.is_(lemma, "move") and (view.due is not None or view.sent):
        return Found(sure - (0.6 if named else 1.4)) if who.words[:1] != ["my"] or named else None
    if who.kind == "none" and view.lexicon.is_(lemma, "act"):
        return Found(-0.4, negative=True)
    return None


def _future(view: View, rule: Callable[[View, Group, Subject], Found | None]) -> Found | None:
    """The first verb group of the clause that satisfies the rule, where nothing around it takes its force away."""
    for group in groups(view):
        if group.hedged or group.verb >= view.clause.high:
            continue
        who = subject(view.sentence, view.clause.low, group.start, view.firm, view.lexicon)
        if who.kind == "" and not view.asked and view.word(group.start - 1) in ("and", "then", "but", ","):
            who = _inherited(view, group, who)
        if embedded(view, who, group.start) or view.asked or threatens(view):
            continue
        found = rule(view, group, who)
        if found is not None:
            return found
    return None


def _inherited(view: View, group: Group, who: Subject) -> Subject:
    """ "I have kept Monday free and will join the call": the subject of the verb before."""
    own = not {"i", "we"}.isdisjoint(view.words[: group.start])
    return Subject("own", group.start, [], "") if own else who
