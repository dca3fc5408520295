"""What the client wrote that a draft answers: does it complain, of what, and with which feeling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from amends.judgement import language, returning, rulebook, sentences, setting
from amends.judgement.model import current
from amends.judgement.reading import by_model, by_rules
from amends.judgement.spans import SHOWN

if TYPE_CHECKING:
    from amends.judgement.guard.people import Cast

SURE = 0.6
"""From here on the rules know by themselves that something is wrong."""
_MOST_READ = 50_000
"""Characters of a quoted part that are read."""

_ATTRIBUTION = re.compile(r"^[>\s]*(?:On|Am|Le|El|Il|Op)\b.{4,200}:\s*$|^[>\s]*.{0,120}<[^>\s]+@[^>\s]+>.{0,60}:\s*$")
_HEADER = re.compile(r"^(?:From|Von|De|Da|Van|Sent|Gesendet|Date|To|Cc|Subject|An|Betreff|Datum):")
_LEVEL = re.compile(r"^((?:> ?)+)")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ITEM = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s*")
_MOOD = re.compile(
    r"\b(?:not (?:acceptable|good enough|happy|amused|pleased|impressed)|unacceptable|hopeless|ridiculous"
    r"|a (?:joke|mess|shame)|"
    r"(?:please|can|could) (?:you )?(?:sort|fix|mend|look|explain)\b.*|how did (?:that|this|it) happen|(?:it"
    r"|this|that) (?:is|was) an? (?:\w+ )?(?:embarrassment|disgrace|shame|nightmare|disaster|joke)|"
    r"(?:this|it) (?:can|could|should)(?:n't| not) (?:go on|happen|be)|(?:never|not) (?:had|seen"
    r"|known) anything like)\b|"
    r"\b(?:fed up|furious|livid|angry|upset|frustrat\w+|disappoint\w+|let down|annoyed|tired of)\b.*"
)
_PLAIN_FAULT = re.compile(
    r"\b(?:wrong|nobody|no one|never|still (?:no|not|have|haven't|waiting|missing|hasn't|isn't)|not work\w*"
    r"|n't work\w*|"
    r"missing|late|lost|broken|ruined|only have|charged|billed|overcharged|nothing|incorrect|failed|double|twice|"
    r"without (?:asking|telling|warning)|damaged|dirty|empty|cold|rude|out of date|misspelled|misspelt|unreadable|"
    r"(?:is|are|was|were|has|have|had|did|does|do|could|can)n't|(?:is|are|was|were|has|have|had|did|does|do) not|"
    r"down|dropp?(?:s|ed|ing)|stopp(?:s|ed|ing)|crash\w*|keeps?|slow|queue\w*|in the rain|cut off|disgrace\w*|twice|"
    r"more than (?:we )?(?:agreed|quoted|ordered)|than (?:was |we )?(?:agreed|quoted)|too (?:much|high|late"
    r"|small|few|casual|expensive)|"
    r"had to|why (?:was|were|did|is|are)|still in|although|even though|but (?:we|i|it|they))\b"
)
_FELT = re.compile(
    r"\b(?:furious|livid|angry|outraged|upset|frustrat\w+|disappoint\w+|let down|worried|anxious|fed up|"
    r"devastated|appalled|annoyed|sick (?:of|and tired)|at my wits' end|infuriat\w+|disgusted|"
    r"heartbroken|humiliat\w+|exhausted|desperate|scared|stressed)\b"
)
_NOT_FELT = re.compile(r"\b(?:not|n't|never|no longer|without being) (?:\w+ ){0,2}$")
_SOFT = re.compile(r"\b(?:bit|little|slightly|somewhat) $")


@dataclass(frozen=True, slots=True)
class Grievance:
    """`complaint`: does something go wrong; `points` what, each a sentence; `feeling` the word for it, if any.

    `deep` counts the sentences that the encoder has read to find out.
    """

    complaint: bool = False
    points: tuple[str, ...] = ()
    feeling: str = ""
    deep: int = 0


NONE = Grievance()


def grievance(text: str, *, most: int) -> Grievance:
    """Judge what is answered; the encoder reads at most `most` sentences, and none where rules are sure."""
    if not text.strip() or language.guess(text) != "en":
        return NONE
    heard = by_rules.hear(text)
    parts = list(sentences.split(text))
    complaint, deep = heard.complaint >= SURE, 0
    issues = {span.start for span in heard.issues}
    model = current()
    if model is not None and not complaint and parts:
        odds = min(1.0, setting.odds_factor(text, len(parts)) / 0.25)
        page = by_model.read_page(parts, heard, model, cascade=True, watch=("flag.issue",), odds=odds, most=most)
        found = by_model.issues(page, by_model.complaint(page))
        complaint, deep = bool(found), int(np.count_nonzero(page.scores.deep))
        issues |= {span.start for span in found}
    elif model is None:
        complaint = heard.complaint >= SHOWN
    if not complaint:
        return Grievance(feeling=_feeling(text), deep=deep)
    return Grievance(True, tuple(_points(parts, issues)), _feeling(text), deep)


def _points(parts: list[sentences.Sentence], issues: set[int]) -> list[str]:
    """What is wrong, each said once: sentences that complain or name a plain fault; a mood is no point."""
    found: list[str] = []
    for part in parts:
        plain = rulebook.plain(part.text)
        bare = _ITEM.sub("", part.text).strip()
        words = len(bare.split())
        listed = bare != part.text.strip()
        fault = _PLAIN_FAULT.search(plain) is not None
        mood = _MOOD.search(plain) is not None and _PLAIN_FAULT.search(_MOOD.sub("", plain)) is None
        meant = len(set(returning.content(bare))) >= 2
        if words >= 4 and meant and not mood and (fault or listed or part.start in issues):
            found.append(bare)
    return found


def _feeling(text: str) -> str:
    plain = rulebook.plain(text)
    for match in _FELT.finditer(plain):
        before = plain[max(0, match.start() - 24) : match.start()]
        if not _NOT_FELT.search(before) and not _SOFT.search(before):
            return match[0]
    return ""


def quoted(below: str, cast: Cast) -> str:
    """The words of the latest message in a quoted part, where somebody outside wrote it; else nothing."""
    lines = below[:_MOST_READ].strip("\n").split("\n")
    body: list[str] = []
    author = ""
    level = 0
    for line in lines:
        mark = _LEVEL.match(line)
        depth = mark[1].count(">") if mark else 0
        bare = line[mark.end() :] if mark else line
        opens = (len(line) < 300 and _ATTRIBUTION.match(line) is not None) or (
            not body and _HEADER.match(bare) is not None
        )
        if opens and body:
            break
        if opens:
            found = _ADDRESS.search(line[:300])
            author = author or (found[0].lower() if found else "")
            continue
        if not body:
            level = depth
        elif depth > level:
            break
        body.append(bare)
    theirs = {each.domain for each in cast.draft.recipients}
    if author and theirs and author.rpartition("@")[2] not in theirs:
        return ""  # a forwarded message of somebody else is not what is answered
    if author and not cast.outside_address(author):
        return ""
    return "\n".join(body).strip()
