"""Remarks about a client that the client was not meant to read, above all where the client did read them.

"Noting in the email how dumb the client was … I accidentally hit reply-all." A remark is a sentence that speaks *about*
the client, in the third person, with contempt, mockery, annoyance or blame, or that is plainly internal: a private
opinion, money tactics, a secret, a story to be told. Phrases are rules (`rules/remarks.toml`); this module decides
whom they speak of. Names are known from the client's record; "they" and "she" are the client where the client was
named last, or where a colleague is spoken to and nobody else was named. What is said of a printer, of ourselves or to
the reader is no remark.

`find_remarks` is the bare finder; `find_leaks` keeps what should not have reached a client. **What is missed.** Blunt
words and stock phrases are found; contempt in words of the writer's own ("Rebecca has discovered fonts") mostly is not.
On remarks written after the rules about one in five was found (`training/leaks/README.md`), so that nothing was found
does not mean that nothing is there. The trained model would not help: what it says of mockery, insult and annoyance
hardly parts leaks from other mail (AUC .63), since contempt among colleagues is mostly said in calm words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from amends.judgement import language, rulebook, scenes, sentences
from amends.judgement.scanning import scanner
from amends.judgement.scenes import Party, Scene
from amends.judgement.spans import SHOWN, SURE, Span

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

__all__ = ["RULE_FILE", "Party", "Remark", "find_leaks", "find_remarks"]

RULE_FILE = "remarks"

Kind = Literal[
    "contempt", "mockery", "annoyance", "blame", "judgement", "money", "secrecy", "cover-up", "parting", "mild"
]
Severity = Literal["low", "medium", "high"]

SEVERITY: dict[str, Severity] = {
    "contempt": "high",
    "money": "high",
    "secrecy": "high",
    "cover-up": "high",
    "parting": "high",
    "mockery": "medium",
    "annoyance": "medium",
    "blame": "medium",
    "judgement": "medium",
    "mild": "low",
}
"""How bad it is that the client reads it: a lie or an insult ends relationships, "they are late again" stings."""
_INWARD = frozenset({"money", "secrecy", "cover-up"})
"""Said to the client, these are no remarks: "please keep this between us until the announcement"."""
_UNNAMED = frozenset({"contempt", "mockery", "annoyance"})
"""Without a word that says of whom, these need a colleague who is spoken to."""


@dataclass(frozen=True, slots=True)
class Remark(Span):
    """A remark about a client: `kind` says what sort, `severity` how bad it is that the client reads it.

    `whom` are the words of the text that mean the client ("Petra", "these people"), empty where none do. `history` is
    the place among the quoted parts in which it stands, whose offsets it has then; None: in the text itself.
    """

    kind: Kind
    severity: Severity
    whom: str
    history: int | None = None


class _Found(NamedTuple):
    p: float
    rule: rulebook.Rule
    sentence: sentences.Sentence
    whom: tuple[int, int]


def find_leaks(
    text: str,
    *,
    to_client: Party,
    colleagues: Sequence[str] = (),
    to_colleague: bool | None = None,
    history: Sequence[str] = (),
    off: frozenset[str] = frozenset(),
) -> list[Remark]:
    """Remarks in the new text of our message that `to_client` received, in the order of the text, then of `history`.

    `colleagues` are the names, full or first, of our people. `to_colleague` says whom the message is addressed to where
    the caller knows it (a colleague alone in To); None: its greeting decides. `history` are quoted or forwarded parts
    that colleagues wrote and this client had not received before. `off` are ids of rules not to use. What is only mild
    ("the client is late with the copy") is no leak.
    """
    found = find_remarks(text, about=to_client, colleagues=colleagues, to_colleague=to_colleague, off=off)
    for place, part in enumerate(history):
        among = find_remarks(
            part, about=to_client, colleagues=colleagues, to_colleague=_among(part, to_client), off=off
        )
        found += [replace(remark, history=place) for remark in among]
    return [remark for remark in found if remark.severity != "low"]


def find_remarks(
    text: str,
    *,
    about: Party | None = None,
    colleagues: Sequence[str] = (),
    to_colleague: bool | None = None,
    off: frozenset[str] = frozenset(),
) -> list[Remark]:
    """Remarks about the client in the new text of a message, at most one a sentence, in the order of the text.

    Without `about` only "the client", "these people" and pronouns are known to mean the client. The other arguments
    are those of `find_leaks`. In a language other than English nothing is found. Linear time; never raises on any text.
    """
    if not text.strip() or language.guess(text) != "en":
        return []
    scene = scenes.read(text, about=about, colleagues=colleagues, to_colleague=to_colleague)
    best: dict[sentences.Sentence, _Found] = {}
    doubt: dict[sentences.Sentence, float] = {}
    seen: set[tuple[int, str]] = set()
    for rule, sentence in scanner(RULE_FILE).hits(scene.masked, off=off):
        if (sentence.start, rule.id) in seen:
            continue
        seen.add((sentence.start, rule.id))
        found = _judged(rule, sentence, scene)
        if found is None:
            continue
        doubt[sentence] = doubt.get(sentence, 1.0) * (1 - found.p)
        if sentence not in best or _weight(found) > _weight(best[sentence]):
            best[sentence] = found
    made = [_remark(text, best[sentence], 1 - doubt[sentence]) for sentence in best]
    return [remark for remark in made if remark.p >= SHOWN]


def _among(part: str, client: Party) -> bool | None:
    """History among colleagues needs no greeting; but what greets the client was written to the client."""
    return None if scenes.greets_client(part, client) else True


def _weight(found: _Found) -> tuple[bool, float]:
    return SEVERITY[found.rule.kind] != "low", found.p


def _judged(rule: rulebook.Rule, sentence: sentences.Sentence, scene: Scene) -> _Found | None:
    """The surest reading of a rule's matches in a sentence, or None where they speak of nobody at the client."""
    plain = rulebook.plain(sentence.text)
    best: _Found | None = None
    for match in _matches(rule, plain):
        start, end = match.span("who") if "who" in match.re.groupindex and match["who"] else (-1, -1)
        quoted_at = start if start >= 0 else match.start()
        if _in_quotation(plain, quoted_at):
            continue
        factor = _factor(rule, sentence, scene, (start, end), match)
        if factor <= 0:
            continue
        odds = rule.confidence / (1 - rule.confidence) * factor
        p = odds / (1 + odds)
        if best is None or p > best.p:
            whom = (sentence.start + start, sentence.start + end) if start >= 0 else (0, 0)
            best = _Found(p, rule, sentence, whom)
    return best


def _matches(rule: rulebook.Rule, plain: str) -> Iterator[re.Match[str]]:
    for pattern in rule.patterns:
        for match in pattern.finditer(plain):
            if not any(guard.holds(plain, match.start()) for guard in rule.guards):
                yield match


def _factor(
    rule: rulebook.Rule, sentence: sentences.Sentence, scene: Scene, who: tuple[int, int], match: re.Match[str]
) -> float:
    """What to multiply the odds by, given of whom the words speak; 0 where it is not the client."""
    if rule.kind in _INWARD and scene.client_addressed:
        return 0.0
    if who[0] >= 0:
        return scene.meant(match["who"], sentence.start + who[0])
    return scene.unnamed(sentence.start + match.start(), needs_colleague=rule.kind in _UNNAMED)


def _in_quotation(plain: str, at: int) -> bool:
    """Does a word stand between quotation marks: somebody else's words."""
    return plain.count('"', 0, at) % 2 == 1 and '"' in plain[at:]


def _remark(text: str, found: _Found, p: float) -> Remark:
    rule, sentence = found.rule, found.sentence
    start, end = found.whom
    return Remark(
        quote=text[sentence.start : sentence.end],
        start=sentence.start,
        end=sentence.end,
        p=min(SURE, p),
        rule=rule.id,
        why=rule.why,
        kind=rule.kind,  # type: ignore[arg-type]  # the rule file is data; a test holds its kinds to these
        severity=SEVERITY[rule.kind],
        whom=text[start:end],
    )
