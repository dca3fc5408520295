"""Who is spoken to in a message of ours, and who is meant by a name, "they" or "the client" in it.

Names that are known are written over with signs, letter for letter, so that rules see who is meant and offsets stay. A
name set off by a comma at the beginning or the end of a sentence is spoken to. A pronoun means whoever was named last,
in its sentence or the two before: somebody at the client, or an outsider such as a printer. Where nobody was, it means
the client only if a colleague is spoken to, or nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PERSON, ORGANISATION, SPOKEN_TO, COLLEAGUE = "ǂ", "ǀ", "ǃ", "ǁ"
"""Signs that stand over names: letters of no language that mail is written in (Unicode calls them click letters)."""
_BACK = 260
"""So many characters before a pronoun are searched for whom it means: two sentences or so."""
_ALSO_WORDS = frozenset(
    """will mark may bill rob grant frank art jack sue pat drew gene hope joy grace rose dawn april june summer penny
    stone marsh lane law chase rich dick miles guy max ray van ben an lee long short young white black brown green king
    price page love day case best bush cook field hill wood woods moon star faith earl major sharp small good holly ivy
    daisy amber ruby pearl carol eve mary lily iris olive ginger pike reed read hall park post bank paige norm don nick
    harry wade ward""".split()  # noqa: SIM905  # as a list it would fill a page
)
"""Names that are words, too: they are names only with a capital."""
_COMPANY = frozenset(
    """ltd limited inc llc plc gmbh ag bv co company corp corporation group holding holdings partners solicitors law
    lawyers foods food pictures films studio studios media clinic council hotel hotels school college university bikes
    optics bank trust charity association society museum theatre restaurant brewery practice agency services solutions
    consulting systems software design & and of the""".split()  # noqa: SIM905
)
_PLACES = frozenset(
    """clinic council hotel school college university bank trust charity association society museum theatre restaurant
    brewery practice studio agency""".split()  # noqa: SIM905
)
_OUTSIDER = re.compile(
    r"\b(?:(?:the|our|your|a|that|this|these|those|his|her|their|former|previous|other|opposing|some|my|whoever) "
    r"(?:[\w'-]+ ){0,2}?(?:print(?:ers?|shop)|suppliers?|vendors?|couriers?|post(?:man|office)?|provider|mill|plumber|"
    r"host(?:er|ing company|s)?|company|firm|agency|accountants?|bank|insurers?|landlord|tenants?|council|utility|"
    r"surveyors?|contractors?|builders?|caterers?|photographers?|models?|freelancers?|translators?|marshal|inspector|"
    r"authorit(?:y|ies)|office|ministry|police|court|judge|counsel|lawyers?|competitors?|users?|visitors?|guests?|"
    r"patients?|residents?|customers|readers|followers|trolls|neighbou?rs?|parents|children|kids|dog|son|daughter|"
    r"husband|wife|father|mother|partner|boss|assistant|secretary|colleague|intern|trainee|manager|venue|people at|"
    r"guys at|developers?|"
    r"seller|buyer|side|store|shop|airline|driver|electrician|technician|manufacturer|warehouse|registry|service|"
    r"rental (?:people|place|guys)|cleaners?|person|author|reviewer|critic|journalist|editor)"
    r"|customs|hmrc|whoever|opposing counsel|"
    r"(?:\w+ )?(?:printers|suppliers|couriers|residents|visitors|guests|patients))\b",
    re.IGNORECASE,
)
_THINGS = re.compile(
    r"\b(?:the|our|your|these|those|some|two|three|four|five|more|new|all) (?:[\w'-]+ ){0,2}?"
    r"(?:[a-rt-z]\w+[a-rt-z]s)\b(?!')",
    re.IGNORECASE,
)
"""Several things, which "they" may be. Other pronouns are people."""
_GENERIC = re.compile(r"\b(?:the|this|that|our) (?:\w+ )?(?:client|customer)\b|[ǂǀ]+", re.IGNORECASE)
_OPENING = (
    r"(?:^|(?<=\n)|(?<=[.!?…] )|(?<=[.!?…]\n))[ \t]*"
    r"(?:(?:hi|hello|hey|dear|good (?:morning|afternoon)|morning|thanks|thank you|sorry|fyi|ok|okay|yes|no|well|ha|oh|"
    r"and|also|so|ps|p\.s\.|mr|mrs|ms|miss|dr)[.,:]?[ \t]+){0,3}"
)
_PLURAL = frozenset({"they", "them", "their"})
_PRONOUNS = frozenset({"they", "them", "she", "her", "he", "him", "their", "his"})


@dataclass(frozen=True, slots=True)
class Party:
    """A client: the organisation's name or names, and those of its people, full or first; their addresses."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """`masked` is the text with signs over the names, wrapped lines joined, each character in its place."""

    masked: str
    client_addressed: bool
    colleague_addressed: bool

    def meant(self, words: str, at: int) -> float:
        """How surely these words, which begin at `at`, mean the client: a factor of odds, 0 where they do not."""
        alone = self.client_addressed and not self.colleague_addressed
        if PERSON in words or ORGANISATION in words:
            return 0.4 if alone else 1.0
        if words.endswith(("client", "customer")):
            return 0.3 if alone else 1.0
        named = self._named_before(at, things=words in _PLURAL)
        if named == "client":
            return 0.3 if alone else 0.8
        if named == "outsider" or self.client_addressed:
            return 0.0
        if self.colleague_addressed:
            return 0.6 if words in _PRONOUNS else 0.5
        return 0.35 if words in _PRONOUNS else 0.5

    def unnamed(self, at: int, *, needs_colleague: bool) -> float:
        """The same for words that name nobody: whom the words before them, or the whole message, are about."""
        before = self._named_before(at)
        if self.client_addressed or before == "outsider":
            return 0.0
        if before == "client":
            return 0.9
        if self.colleague_addressed:
            return 0.7
        return 0.4 if needs_colleague else 0.6

    def _named_before(self, at: int, *, things: bool = False) -> str:
        """Who was named last before `at`: "client", "outsider" (which with `things` may be several things) or ""."""
        low = max(0, at - _BACK)
        client = max((match.start() for match in _GENERIC.finditer(self.masked, low, at)), default=-1)
        outsider = max((match.start() for match in _OUTSIDER.finditer(self.masked, low, at)), default=-1)
        if things:
            outsider = max(outsider, *(match.start() for match in _THINGS.finditer(self.masked, low, at)), -1)
        if client < 0 and outsider < 0:
            return ""
        return "client" if client > outsider else "outsider"


def read(
    text: str, *, about: Party | None = None, colleagues: Sequence[str] = (), to_colleague: bool | None = None
) -> Scene:
    """The scene of a message: whom it speaks to and which words are names."""
    party = about or Party()
    flat = _WRAPPED.sub(" ", text)
    people, organisations = _known((*party.names, *_from_addresses(party.addresses)))
    staff = tuple(sorted({alias for name in colleagues for alias in _aliases(name)}, key=len, reverse=True))
    both = set(map(str.lower, people)) & set(map(str.lower, staff))
    people = tuple(name for name in people if name.lower() not in both)
    masked = _spoken_to(flat, people, SPOKEN_TO)
    masked = _written_over(masked, tuple(name for name in people if " " in name), PERSON)
    masked = _written_over(masked, organisations, ORGANISATION)
    masked = _written_over(masked, people, PERSON)
    called = _calls(masked, staff)
    masked = _written_over(masked, staff, COLLEAGUE)
    client = SPOKEN_TO in masked
    return Scene(masked, client and to_colleague is not True, called if to_colleague is None else to_colleague)


def greets_client(text: str, client: Party) -> bool:
    """Is somebody at the client spoken to in this text."""
    return read(text, about=client).client_addressed


_WRAPPED = re.compile(r"(?<![\n,:;])\n(?=[^\s\-*•–>|])(?!\d{1,2}[.)])")
_AFTER = r"(?=[ \t]*(?:[,:!;…–—\n]|-[ -]|\.{2,}|$))"
_NOT_CALLED = (
    r"(?![ \t]+(?:is|was|has|had|will|would|can|could|should|does|did|sent|went|and|or|said|says|told|from|at|in|on|"
    r"with|wants|thinks|asked|made|forgot|knows|needs|found)\b|')"
)
_LOCAL = re.compile(r"^([a-z]{2,})[._-]([a-z]{2,})(?:\d*)@", re.IGNORECASE)


def _known(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The forms of names by which people and organisations are called, the longest first."""
    people: set[str] = set()
    organisations: set[str] = set()
    for name in names:
        (organisations if _is_company(name) else people).update(_aliases(name))
    return tuple(sorted(people, key=_longest)), tuple(sorted(organisations, key=_longest))


def _from_addresses(addresses: Iterable[str]) -> Iterator[str]:
    """Names that addresses of the form first.last@… spell."""
    for address in addresses:
        match = _LOCAL.match(address)
        if match is not None:
            yield f"{match[1]} {match[2]}".title()


def _longest(name: str) -> tuple[int, str]:
    return -len(name), name


def _is_company(name: str) -> bool:
    words = [word.strip(".,").lower() for word in name.split()]
    return "&" in name or any(word in _COMPANY for word in words[1:]) or len(words) > 3 or words[:1] == ["the"]


def _aliases(name: str) -> set[str]:
    """A name as it is written, and by its first and last word, or without the words that every firm has."""
    words = [
        word for word in name.replace(",", " ").split() if word.lower().strip(".") not in ("mr", "mrs", "ms", "dr")
    ]
    if not words:
        return set()
    found = {" ".join(words)}
    if _is_company(name):
        own = [word for word in words if word.lower().strip(".") not in _COMPANY]
        found |= {" ".join(own)} | {word for word in own if word.lower() not in _ALSO_WORDS or len(own) == 1}
        kind = next((each for each in (words[-1].lower(), words[-1].lower()[:-1]) if each in _PLACES), None)
        found |= {f"{word} {kind}" for word in ("the", "that", "this")} if kind else set()
    else:
        found |= {words[0], words[-1]}
    return {alias for alias in found if len(alias) > 1 and alias[0].isalpha()}


def _pattern(alias: str) -> str:
    """Matches a name; one that is a word, too, only with its capital."""
    spelt = re.escape(alias).replace(r"\ ", r"\s+")
    exact = alias.lower() in _ALSO_WORDS or len(alias) < 3
    return spelt if exact else f"(?i:{spelt})"


@lru_cache(maxsize=256)  # the same client's messages are read one after the other
def _finder(names: tuple[str, ...], before: str = "", after: str = "") -> re.Pattern[str] | None:
    if not names:
        return None
    return re.compile(f"{before}\\b(?P<name>{'|'.join(map(_pattern, names))})\\b{after}")


def _cover(text: str, pattern: re.Pattern[str] | None, sign: str) -> str:
    if pattern is None:
        return text
    pieces, last = [], 0
    for match in pattern.finditer(text):
        start, end = match.span("name")
        pieces += [text[last:start], "".join(" " if char.isspace() else sign for char in match["name"])]
        last = end
    return "".join([*pieces, text[last:]])


def _written_over(text: str, names: tuple[str, ...], sign: str) -> str:
    return _cover(text, _finder(names), sign)


def _spoken_to(text: str, names: tuple[str, ...], sign: str) -> str:
    """Signs over the names that are spoken to: at the beginning of a sentence or set off at its end."""
    text = _cover(text, _finder(names, f"(?i:{_OPENING})", f"(?:\\s+(?:and|&|/)\\s+[\\w{COLLEAGUE}]+)?{_AFTER}"), sign)
    text = _cover(
        text,
        _finder(
            names,
            r"(?i:\b(?:hi|hello|dear|hey|thanks|thank you|sorry|congratulations),?[ \t]+(?:mr|mrs|ms|dr)?\.?[ \t]*)",
        ),
        sign,
    )
    return _cover(text, _finder(names, r"(?<=, )", r"(?=[ ]?[.!?]+(?:\s|$)|\s*$)"), sign)


def _calls(text: str, names: tuple[str, ...]) -> bool:
    """Is one of these spoken to."""
    if SPOKEN_TO in _spoken_to(text.replace(SPOKEN_TO, PERSON), names, SPOKEN_TO):
        return True
    first = _finder(names, r"^\s*(?:(?i:hi|hello|hey|dear|ok|fyi|so|well)[ ,]+)?", _NOT_CALLED)
    return first is not None and first.search(text) is not None
