"""Whom the first line of a message greets."""

from __future__ import annotations

import re
from typing import NamedTuple

_SALUTE = (
    r"(?:hi|hello|hey|hiya|dear|good (?:morning|afternoon|evening|day)|morning|greetings|sehr geehrte[rs]?|liebe[rs]?|"
    r"hallo|guten (?:tag|morgen|abend)|bonjour|bonsoir|cher|chère|chers|hola|estimad[oa]s?|querid[oa]s?|gentile|"
    r"gentil[ei]|buongiorno|ciao|caro|cara|beste|geachte|dag)"
)
_TITLE = (
    r"(?:mr|mrs|ms|miss|dr|prof|herrn?|frau|monsieur|madame|mme|m|señora?|sra?|signora?|sig|dottore?|dhr|"
    r"mevrouw|heer)\.?"
)
_NAME = r"[^\W\d_][\w'’-]*"
_LINE = re.compile(
    rf"^\s*(?:(?P<salute>(?i:{_SALUTE}))\b[ ]*)?(?P<title>(?:(?i:{_TITLE}) )*)"
    rf"(?P<names>{_NAME}(?:(?: | and | und | & | et | y | e | en |/|, (?i:{_SALUTE}) |, (?={_NAME} (?:and|und|&"
    rf"|et|y|e|en) )){_NAME}){{0,5}})?[ ]*(?P<end>[,:!;.–—-]|\n|$)"
)
_SPLIT = re.compile(r",? and |,? und | & | et | y | e | en |/|, ")
GENERIC = frozenset(
    """all everyone everybody team folks friends colleagues both there sir madam customer customers client clients guys
    ladies gentlemen people partners members sirs whom it may concern again you two three together zusammen damen herren
    tous toutes equipo tutti allen support""".split()  # noqa: SIM905
)
SEVERAL = frozenset(
    """all everyone everybody both team folks friends colleagues guys ladies gentlemen people three two together
    zusammen""".split()  # noqa: SIM905
)


class Greeting(NamedTuple):
    """`names` as written, without salutation and title; `salute` whether there was one; start and end of the names."""

    names: tuple[str, ...]
    salute: bool
    start: int
    end: int
    titled: bool = False


NOBODY = Greeting((), False, 0, 0)


def read(text: str) -> Greeting:
    """The greeting at the head of a message; NOBODY where there is none."""
    match = _LINE.match(text[:200])
    if match is None or not match["names"]:
        return NOBODY
    found: list[str] = []
    for part in _SPLIT.split(match["names"]):
        bare = re.sub(rf"^(?i:{_SALUTE}) ", "", part.strip())
        bare = re.sub(rf"^(?i:{_TITLE}) ", "", bare)
        if bare:
            found.append(bare)
    if not match["salute"] and not _called(found, match["end"]):
        return NOBODY
    if any(len(each.split()) > 3 for each in found):
        return NOBODY
    start, end = match.span("names")
    return Greeting(tuple(found), bool(match["salute"]), start, end, bool(match["title"].strip()))


def _called(found: list[str], end: str) -> bool:
    """Are these names alone at the head of a message a call: "Marta," but not "Quick question." """
    several = len(found) <= 3 and all(each[:1].isupper() for each in found) and end not in (";", ".")
    return several or (len(found) == 1 and " " not in found[0] and end in (",", "-", "–", "—", ":"))


def is_generic(name: str) -> bool:
    """Greets nobody in particular."""
    return any(word.lower() in GENERIC for word in name.split())


_NICK = [
    {"mike", "michael", "mick", "mickey"},
    {"bob", "rob", "robert", "bobby"},
    {"bill", "will", "william", "billy", "willy"},
    {"tom", "thomas", "tommy"},
    {"kate", "katie", "katherine", "catherine", "cathy", "kathy"},
    {"liz", "beth", "elizabeth", "lisa", "betty"},
    {"dick", "rick", "richard", "rich"},
    {"jim", "james", "jimmy"},
    {"jack", "john", "johnny", "jon", "jonathan"},
    {"peggy", "meg", "margaret", "maggie"},
    {"tony", "anthony", "antonio"},
    {"ted", "ed", "edward", "eddie", "theodore"},
    {"sasha", "alex", "alexander", "alexandra", "sandra"},
    {"harry", "henry", "harold"},
    {"nick", "nicholas", "nicola", "nicky", "klaus", "claus", "nico"},
    {"pepe", "josé", "jose"},
    {"paco", "francisco", "fran", "frank"},
    {"becky", "rebecca"},
    {"molly", "polly", "mary"},
    {"ellie", "eleanor", "helen", "ellen", "nell"},
]


def same_person(said: str, known: str) -> bool:
    """Could `said` be how somebody called `known` is greeted: a part of the name, a short or a misspelt form."""
    ours = {part.lower().strip(".'’") for part in said.replace("-", " ").split()}
    theirs = {part.lower().strip(".'’") for part in known.replace("-", " ").split()}
    for one in ours:
        for other in theirs:
            if one == other or (
                min(len(one), len(other)) >= 3 and (one.startswith(other[:3]) or other.startswith(one[:3]))
            ):
                return True
            if len(one) <= 2 and other.startswith(one):
                return True
            if any(one in group and other in group for group in _NICK) or close(one, other):
                return True
    return False


def close(one: str, other: str, *, most: int = 1) -> bool:
    """Do two words differ by at most so many letters."""
    if abs(len(one) - len(other)) > most or min(len(one), len(other)) < 4:
        return False
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            swap = min(row[j] + 1, row[j - 1] + 1, last + (left != right))
            last, row[j] = row[j], swap
    return row[-1] <= most
