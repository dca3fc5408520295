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
    r"(?:this|it|that) (?:can|could|should|must)(?:n't| not) (?:go on|happen|be|have (?:been|happened))|"
    r"not (?:what|the \w+) we (?:expect\w*|order\w*|agreed|paid|were promised|sign\w+)|(?:never|not) (?:had|seen"
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
_REPROACH = re.compile(
    r"\b(?:not (?:acceptable|good enough|on\b|what (?:we|i) (?:expect\w*|order\w*|agreed|pa(?:y|id)\b|were promised)"
    r"|the (?:\w+ )?(?:service|standard|quality|way|level)\b)|unacceptable|disgrace\w*|hopeless"
    r"|unprofessional|shambles"
    r"|(?:this|it|that) (?:can|could|should|must)(?:n't| not) (?:go on|happen|have (?:been|happened))"
    r"|(?:second|third|fourth|fifth|sixth|umpteenth) (?:time|\w+day|week|month|year) (?:in a row|running"
    r"|this|i|we|that)"
    r"|how (?:did|could) (?:that|this|it|you)\b.{0,20}\bhappen|why was (?:this|that|it) (?:not|never)"
    r"|(?:we|i)(?:'re| are| am|'m) (?:\w+ )?not (?:\w+ )?(?:happy|impressed|pleased|amused)"
    r"|(?:we|i)(?:'re| are| am|'m| were| was| feel) (?:(?:really|very|so|extremely|bitterly|deeply|quite"
    r"|absolutely) )*"
    r"(?:unhappy|angry|furious|livid|disappointed|upset|frustrated|fed up|appalled|tired of|sick of|let down)"
    r"|why (?:is|are|was|were|has|have|isn't|aren't|hasn't|haven't) .{1,60}\b(?:still|yet again)\b"
    r"|(?:we|i) were supposed to (?:see|get|have|receive|hear)|know how (?:that|this|it) (?:could )?happen"
    r"|(?:is|are|was|were) (?:short|down|broken|wrong|late|out|missing|empty) again\b"
    r"|(?:looked|looks) (?:dreadful|awful|terrible|appalling)"
    r"|(?:it was|was it|that was) (?:\w+ )?(?:embarrassing|humiliating)"
    r"|(?:it's|it has|that's|this has) cost us (?:the|our)\b"
    r"|not one (?:word|reply|answer|call)|beyond (?:a joke|frustrat\w+)|full of (?:mistakes|errors)"
    r"|(?:we|i) (?:expected (?:more|better|a lot)|deserve|(?:were|was) promised)|pay(?:ing)? you (?:lot )?(?:for|to)"
    r"|had to be (?:carried|cancelled|thrown|sent home|turned away)|looked like (?:fools|idiots|amateurs))\b"
)
"""Words by which a client does not ask or report, but reproaches."""
_FELT = re.compile(
    r"\b(?:furious|livid|angry|outraged|upset|frustrat\w+|disappoint\w+|let down|worried|anxious|fed up|"
    r"devastated|appalled|annoyed|sick (?:of|and tired)|at my wits' end|infuriat\w+|disgusted|"
    r"heartbroken|humiliat\w+|exhausted|desperate|scared|stressed|(?:at )?the end of my (?:rope|tether)|"
    r"could have (?:cried|screamed|died)|(?:not|n't) slept)\b"
    r"(?! (?:tweet|letter|review|customer|client|guest|comment|e?-?mail|post|people|neighbou?r|caller"
    r"|parent|patient|user|man|woman)s?\b)"
)
_NOT_FELT = re.compile(r"\b(?:not|n't|never|no longer|without being) (?:\w+ ){0,2}$")
_SOFT = re.compile(r"\b(?:bit|little|slightly|somewhat) $")


@dataclass(frozen=True, slots=True)
class Grievance:
    """`complaint`: does something go wrong; `points` what, each a sentence; `feeling` the word for it, if any.

    `charge` is how plainly the client lays it at our door: 2 in words of reproach, 1 where rules are sure that
    something is wrong and it is told, 0 else. `others` are what they ask beside, each a sentence. `alone` says
    of each point whether it is a matter of its own. `deep` counts the sentences that the encoder has read to find out.
    """

    complaint: bool = False
    points: tuple[str, ...] = ()
    feeling: str = ""
    deep: int = 0
    charge: int = 0
    others: tuple[str, ...] = ()
    alone: tuple[bool, ...] = ()


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
    points = tuple(_points(parts, issues))
    others = tuple(_asked(parts, points))
    if not complaint:
        points = tuple(each for each in points if APART.match(each.lower()))
        return Grievance(False, points, _feeling(text), deep, 0, others, _alone(list(points), text))
    charge = _charge(parts, heard.complaint)
    return Grievance(True, points, _feeling(text), deep, charge, others, _alone(list(points), text))


def _charge(parts: list[sentences.Sentence], sure: float) -> int:
    plain = [rulebook.plain(part.text) for part in parts]
    if any(_REPROACH.search(each) for each in plain):
        return 2
    told = sure >= SURE and not any(each.endswith("?") or _THEIR_OWN.search(each) for each in plain)
    return 1 if told else 0


def _alone(points: list[str], text: str) -> tuple[bool, ...]:
    """Of each point: is it a matter of its own, and not the one before told on."""
    plain = [rulebook.plain(each) for each in points]
    starts = [max(0, text.find(each)) for each in points]
    listed = [re.search(r"(?:^|\s)(?:[-*•–]|\d{1,2}[.)])\s*$", text[max(0, at - 8) : at]) for at in starts]
    marked = [bool(APART.match(each) or item) for each, item in zip(plain, listed, strict=True)]
    later = [mark or of_its_own(each) for each, mark in zip(points, marked, strict=True)]
    return (marked[0] or any(later[1:]), *later[1:]) if points else ()


def of_its_own(sentence: str) -> bool:
    """Does a sentence that says what is wrong begin another matter, and not tell on of the one before."""
    plain = rulebook.plain(sentence)
    return APART.match(plain) is not None or _SEPARATE.match(plain) is not None


def _asked(parts: list[sentences.Sentence], points: tuple[str, ...]) -> list[str]:
    """What is asked for, without what is wrong."""
    bare = [_ITEM.sub("", part.text).strip() for part in parts]
    return [each for each in bare if each not in points and (each.endswith("?") or _REQUEST.search(each.lower()))]


_THEIR_OWN = re.compile(
    r"\b(?:our|my) own (?:file|text|fault|mistake|error|list|side|end)\b|\b(?:i|we) (?:found|made|spotted"
    r"|forgot|broke|dropped|spilt|deleted)\b"
    r"|\bmy (?:mistake|fault|bad)\b|\bdid i\b|\bhow (?:do|can|should) (?:i|we)\b"
)
"""What went wrong at the client's own hands."""
_SEPARATE = re.compile(
    r"(?:and |but |oh |plus )*(?:the|your|why|i still|we still|you (?:also|still)|two|three|several)\b"
)
APART = re.compile(
    r"(?:and |but |oh |ps:? |p\.s\. )*(?:also|another (?:thing|point)|more important\w*|most important\w*"
    r"|worse|what is more|besides"
    r"|in addition|one more thing|second(?:ly)?|third(?:ly)?|finally|lastly|by the way|apart from that"
    r"|separately|on top of that)\b"
)
"""How one begins what is wrong beside what one asks."""
_REQUEST = re.compile(r"\b(?:please|tell me|let me know|i(?:'d| would) like|we(?:'d| would) like|could you|can you)\b")


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
        apart = APART.match(plain) is not None and not plain.endswith("?") and _REQUEST.search(plain) is None
        if words >= 4 and meant and not mood and (fault or listed or apart or part.start in issues):
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
