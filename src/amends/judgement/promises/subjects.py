"""Who is to do it: the subject before a verb group, as far as its words tell."""

from __future__ import annotations

from typing import Literal, NamedTuple

from amends.judgement.promises.clauses import Tokens
from amends.judgement.promises.lexicon import BASE, ING, Lexicon

Kind = Literal["own", "you", "person", "pronoun", "it", "none", "thing", "outsider", ""]
"""`own`: I, we; `person`: somebody of the writer's side; `none`: nobody, nothing; `thing`: what is sent or mended;
`outsider`: whom the writer does not command; empty: no subject at all."""

_EDGE = frozenset(",;:()–—\"'.!?")
_OPENERS = frozenset(
    """and but so or yet then that because as if when once unless until which who while although whether ok okay yes
    sure hi hello thanks also too how why where what""".split()  # noqa: SIM905
)
_NOBODY = frozenset(("nobody", "nothing", "none"))
_IT = frozenset(("it", "this", "that", "there", "these", "those", "which", "all", "everything", "what", "here"))
_TITLES = frozenset(("mr", "mrs", "ms", "dr", "prof", "miss"))
_DAYS = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december christmas easter""".split()  # noqa: SIM905
)


class Subject(NamedTuple):
    """Its kind, where its words begin, and which they are; `opener` is the word before it."""

    kind: Kind
    low: int
    words: list[str]
    opener: str


def subject(sentence: Tokens, low: int, verb: int, firm: bool, lexicon: Lexicon) -> Subject:
    """The subject of the verb group that begins at token `verb`, in the clause that begins at `low`.

    `firm`: the firm writes, so that "the team" and "your trainer" are its own.
    """
    words = sentence.words
    end = verb
    while end > low and (lexicon.is_(words[end - 1], "adverb", "hedge") or words[end - 1] in ("'ve",)):
        end -= 1
    if end > low and words[end - 1] == ",":  # "Your trainer, Ms Hale, will …"
        opening = end - 2
        while opening > low and words[opening] != ",":
            opening -= 1
        if low < opening >= end - 6 and words[opening] == ",":
            end = opening
    start = end
    while start > low and words[start - 1] not in _EDGE and words[start - 1] not in _OPENERS:
        start -= 1
        if words[start] in ("i", "we", "you", "he", "she", "they", "it") and end - start <= 1:
            break
    comma = start - 1 > low and words[start - 2] == ","
    if (
        start == end
        and start > low
        and (words[start - 1] in ("that", "all", "what") or (words[start - 1] in ("who", "which") and comma))
    ):
        start -= 1  # "and that will be sent"
    found = words[start:end]
    opener = words[start - 1] if start > low else ""
    return Subject(_kind(sentence, start, found, firm, lexicon), start, found, opener)


def _kind(sentence: Tokens, start: int, found: list[str], firm: bool, lexicon: Lexicon) -> Kind:
    if not found:
        return ""
    last = found[-1]
    if last in ("i", "we") or found[:2] == ["i", "and"] or (found[:2] == ["the", "two"] and last == "us"):
        return "own"
    if last == "us" and found[0] in ("one", "two", "three", "both", "all", "some"):
        return "own"
    if last == "you":
        return "you"
    if last == "who" and start and sentence.words[start - 1] != ",":
        return "outsider"  # "someone who will do it"
    if last in ("he", "she", "they", "who"):
        return "pronoun"
    if found[0] in _NOBODY or "no" in found[-3:-1] or (found[0] == "not" and len(found) > 2):
        return "none"
    if len(found) == 1 and last in _IT:
        return "it"
    return _phrase(sentence, start, found, firm, lexicon)


def _phrase(sentence: Tokens, start: int, found: list[str], firm: bool, lexicon: Lexicon) -> Kind:
    names = set(found)
    if names & lexicon.sets["outsider"] or "other" in names:
        return "outsider"
    theirs = names & {"our", "my", "us", "me"}
    people = names & lexicon.sets["person"]
    if theirs and people:
        return "person"
    crew = "the" in names and names & lexicon.sets["team"]
    if firm and "your" not in names and (crew or (people and names & {"a", "an", "one", "someone", "somebody"})):
        return "person"
    if firm and "your" in names and names & lexicon.sets["firm_role"]:
        return "person"
    if found[0] in _TITLES or _named(sentence, start, found, lexicon):
        return "person"
    at = start + len(found) - 1
    after_time = len(found) > 1 and found[-2] in ("on", "now", "today", "tomorrow") and found[-1] not in _DAYS
    return "person" if after_time and sentence.capital(at) else "thing"


def _named(sentence: Tokens, start: int, found: list[str], lexicon: Lexicon) -> bool:
    """Capitalised words only, none of which is a day or, at the beginning, looks like a common noun."""
    if (
        found[0] in _DAYS
        or lexicon.is_(found[0], "deliverable")
        or not all(sentence.capital(start + i) or w in ("and", "from", "of") for i, w in enumerate(found[:2]))
    ):
        return False
    if start > 0 or len(found) > 1:
        return found[0].isalpha()
    word = found[0]
    plural = word.endswith("s") and not word.endswith(("ss", "as", "is", "us"))
    lists = ("deliverable", "person", "outsider", "adverb", "hedge")
    common = any(lexicon.is_(word, each) for each in lists) or lexicon.verb(word)[1] & (BASE | ING)
    return (
        word.isalpha()
        and not plural
        and not common
        and not word.endswith(("ion", "ity", "ing", "ance", "ence", "ment", "ness", "ly"))
    )
