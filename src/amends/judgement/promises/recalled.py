"""What the other side is reminded of: "you promised to send it", "you said you would call"."""

from __future__ import annotations

from itertools import pairwise

from amends.judgement.promises.view import Found, View

_THEN = frozenset(("would", "'d", "will", "'ll", "were", "was", "are"))
_AUXILIARIES = frozenset(("have", "had", "'d", "'ve", "has", "did", "n't"))
_WERE_TO = [[be, word, "to"] for be in ("were", "was") for word in ("going", "supposed", "meant", "due")]
_NO_OBJECT: tuple[list[str], ...] = ([], ["with"], ["that"], [","], ["on"], ["."], ["in"], ["at"])
_ENDS = ("because", "if", "when", "and", ";")
_BE_DONE = frozenset("free ready there done back with in live able no".split())  # noqa: SIM905
_NEVER = frozenset(("never", "nothing", "nobody", "not", "n't"))


def reported(view: View) -> Found | None:
    """You promised to send it; you said you would call; we were promised a call; you were going to write."""
    words = view.words[view.clause.low :]
    if any(word in ("you", "colleague", "team") and words[i + 1 : i + 4] in _WERE_TO for i, word in enumerate(words)):
        return Found(-0.4, other=True)
    for i, word in enumerate(words):
        if view.lexicon.is_(word, "reports") and not _denied(words, i, asked=view.asked):
            found = _recalls(view, words, i)
            if found is not None:
                return found
    if "had your word" in view.plain:
        return Found(other=True)
    document = words[:2] == ["according", "to"] or (words[:1] == ["your"] and "says" in words[:4])
    you_will = any(a == "you" and b in ("will", "would", "'d", "shall") for a, b in pairwise(words))
    return Found(-0.3, other=True) if document and you_will else None


def _denied(words: list[str], i: int, *, asked: bool) -> bool:
    """You never said; rest assured. "Didn't you say …?" denies nothing."""
    around = set(words[max(0, i - 4) : i + 2]) - ({"n't"} if asked else set())
    return not _NEVER.isdisjoint(around) or (words[i] == "assured" and words[i - 1 : i] in (["be"], ["rest"]))


def _recalls(view: View, words: list[str], i: int) -> Found | None:
    """Does the verb of saying at `words[i]` recall what the reader's side said of its own doing."""
    speaker = [word for word in words[max(0, i - 6) : i] if word not in _AUXILIARIES]
    while speaker and view.lexicon.is_(speaker[-1], "adverb"):
        speaker.pop()
    if any(view.lexicon.is_(word, "outsider") for word in speaker):
        return None
    rest = words[i + 1 :]
    would = _doing(view, rest)
    if words[i - 1 : i] in (["were"], ["was"]) and words[max(0, i - 2) : i - 1] in (["we"], ["i"], ["it"]):
        return _told(view, words, i, would)
    if "you" in speaker[-1:] or ("your" in speaker and "," not in speaker):
        if words[i] == "gave":
            return Found(-0.2, other=True) if "word" in rest[:4] else None
        if view.lexicon.is_(words[i], "strong") and (would or rest[:1] not in _NO_OBJECT):
            return Found(0.2, other=True)
        return Found(other=True) if would else None
    own_later = any(a in ("i", "we") and b in _THEN for a, b in pairwise(rest))
    aimed = not {"me", "us"}.isdisjoint(rest)
    return Found(-0.7, other=True) if _third_person(view, i, speaker) and would and aimed and not own_later else None


def _doing(view: View, rest: list[str]) -> bool:
    """Is something done after the "would" of what was said: "would send it", not "would be dead"."""
    end = min((rest.index(word) for word in _ENDS if word in rest[1:]), default=len(rest))
    for at, word in enumerate(rest[:end]):
        if word in ("would", "'d", "will", "'ll"):
            after = [each for each in rest[at + 1 : at + 6] if not view.lexicon.is_(each, "adverb", "hedge")]
            lemma, _ = view.lexicon.verb(after[0]) if after else ("", 0)
            if after[:1] == ["be"]:
                return bool(view.lexicon.verb("".join(after[1:2]))[1]) or "".join(after[1:2]) in _BE_DONE
            idle = view.lexicon.is_(lemma, "state") and not view.lexicon.phrases["commits"].match(" ".join(after))
            return bool(after) and not idle
    return False


def _told(view: View, words: list[str], i: int, would: bool) -> Found | None:
    """We were promised a call; I was told somebody would come; it was agreed that you would."""
    rest = words[i + 1 :]
    if words[i - 2] == "it":
        return Found(-0.3, other=True) if "you" in rest and would else None
    if would or (view.lexicon.is_(words[i], "strong") and rest[:1] not in _NO_OBJECT):
        return Found(other=True)
    return None


def _third_person(view: View, i: int, speaker: list[str]) -> bool:
    """A name of the other side: "Tom said he'd ring me", but not "he told me he would retire"."""
    at = view.clause.low + i - 1
    return (
        bool(speaker)
        and len(speaker) <= 2
        and at >= 0
        and view.sentence.capital(at)
        and speaker[-1] not in ("i", "he", "she", "they", "we")
    )
