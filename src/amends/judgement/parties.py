"""Who an outside organisation is to the firm: client, vendor, applicant, a service's robot, or not known.

Told from little: how often each side wrote, and samples of subjects and first lines (`rules/parties.toml`). The
costs are not equal. A vendor shown as a client is one click for a person; a client taken for a vendor is a
relationship that nobody watches. So a vendor needs words of a vendor, twice or beyond doubt, and no word of a client;
and whoever exchanges letters with us without any such words is a client. One letter is no exchange: "unknown" loses
nothing, since whoever is not known is watched like a client.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from amends.judgement.scanning import scanner

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from amends.judgement import rulebook

PartyKind = Literal["client", "vendor", "applicant", "service", "unknown"]

RULE_FILE = "parties"
SAMPLES = 40
"""Only so many samples of each side are read, and of each its first `SAMPLE_LENGTH` characters."""
SAMPLE_LENGTH = 600

_ROBOT = re.compile(
    r"^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|donotreply|mailer-daemon|postmaster|bounces?|notifications?|notify|alerts?"
    r"|newsletters?|news|mailings?|marketing|updates|automated?|robot|system|root|daemon|nobody|listserv|majordomo"
    r"|(?:[\w.-]+-)?(?:request|owner|bounces|noreply|subscribe|unsubscribe))(?:[-_.+\d][\w.+-]*)?$"
)
_VENDOR_WORDS = 1.4
"""Evidence for a vendor (the sum of confidences, one a sample) that outweighs an exchange of letters."""
_CLIENT_VETO = 0.7


@dataclass(frozen=True, slots=True)
class Party:
    """`kind`, its confidence `p` from 0 to 1, and `reason` in words for the person who may correct it.

    `quote` are the words that spoke for it, empty where only the traffic did; `rules` the ids of the rules.
    """

    kind: PartyKind
    p: float
    reason: str
    quote: str = ""
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    score: float
    quote: str
    why: str
    rules: tuple[str, ...]


def classify(
    addresses: Sequence[str],
    *,
    received: int,
    sent: int,
    received_samples: Iterable[str] = (),
    sent_samples: Iterable[str] = (),
    free_mail: bool = False,
    off: frozenset[str] = frozenset(),
) -> Party:
    """Classify one organisation (or one free-mail person) by what went between it and the firm.

    `addresses` are theirs; `received` and `sent` count messages written by people, from them and from us to them,
    bulk and automatic mail left out; samples are subjects and first lines of either side, in any order; `free_mail`
    where the address is at a public mail provider. `off` are ids of rules not to use.
    """
    if addresses and all(is_service(address) for address in addresses):
        return Party("service", 0.95, "All their addresses are those of robots.")
    theirs = _read(received_samples, off)
    ours = _read(sent_samples, off)
    client = _sum((theirs.get("client"), ours.get("we-serve")))
    vendor = _sum((theirs.get("vendor"), ours.get("we-buy")))
    applicant = theirs.get("applicant", _NOTHING)
    pitch = theirs.get("pitch", _NOTHING)
    if applicant.score and (free_mail or not sent) and client.score < _CLIENT_VETO and sent <= 3:
        return _by_words("applicant", applicant)
    if client.score < _CLIENT_VETO and vendor.score >= (_VENDOR_WORDS if sent else _CLIENT_VETO):
        return _by_words("vendor", vendor)
    if not sent:
        return _never_answered(received, client, pitch)
    return _in_exchange(received, sent, client, vendor)


def is_service(address: str) -> bool:
    """Is this the address of a robot rather than a person, judged by what stands before the @."""
    return _ROBOT.match(address.strip().lower().partition("@")[0]) is not None


_NOTHING = _Words(0.0, "", "", ())


def _never_answered(received: int, client: _Words, pitch: _Words) -> Party:
    if pitch.score:
        return Party("unknown", 0.8, "They try to sell us something and we never answered.", pitch.quote, pitch.rules)
    if client.score:
        return Party("client", min(0.9, 0.5 + client.score / 4), client.why, client.quote, client.rules)
    if received == 0:
        return Party("unknown", 0.9, "Nobody there has written, and neither have we.")
    return Party("unknown", 0.6, f"They wrote {_times(received)}, and we never answered.")


def _in_exchange(received: int, sent: int, client: _Words, vendor: _Words) -> Party:
    if received == 0 and not client.score:
        return Party("unknown", 0.6, f"We wrote {_times(sent)}, and they never did.")
    if received == 1 and not client.score:  # a journalist, somebody's lawyer, a passing question
        return Party("unknown", 0.5, f"They wrote once and we wrote {_times(sent)}: too little to tell.")
    balance = min(received, sent) / max(received, sent, 1)
    p = 0.55 + min(0.2, 0.04 * min(received, sent)) + 0.1 * balance + min(0.15, client.score / 8)
    p -= min(0.3, vendor.score / 4)
    if client.score:
        return Party("client", min(p + 0.05, 0.95), client.why, client.quote, client.rules)
    reason = f"They wrote {_times(received)} and we wrote {_times(sent)}; nothing says that they are a supplier."
    if vendor.score:
        reason = f"One message reads like a supplier's, but we exchange letters ({received} from them, {sent} from us)."
    return Party("client", max(min(p, 0.9), 0.3), reason, vendor.quote, vendor.rules)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _by_words(kind: PartyKind, words: _Words) -> Party:
    return Party(kind, min(0.95, 0.6 + words.score / 5), words.why, words.quote, words.rules)


def _sum(parts: Iterable[_Words | None]) -> _Words:
    known = [part for part in parts if part is not None]
    if not known:
        return _NOTHING
    best = max(known, key=lambda part: part.score)
    rules = tuple(sorted({rule for part in known for rule in part.rules}))
    return _Words(sum(part.score for part in known), best.quote, best.why, rules)


def _read(samples: Iterable[str], off: frozenset[str]) -> dict[str, _Words]:
    """For each kind of rule, what these samples say: each sample counts once, by its strongest rule."""
    found: dict[str, list[tuple[float, str, rulebook.Rule]]] = {}
    for _, sample in zip(range(SAMPLES), samples, strict=False):
        best: dict[str, tuple[float, str, rulebook.Rule]] = {}
        for rule, sentence in scanner(RULE_FILE).hits(sample[:SAMPLE_LENGTH], off=off):
            if rule.confidence > best.get(rule.kind, (0.0,))[0]:
                best[rule.kind] = (rule.confidence, sentence.text, rule)
        for kind, hit in best.items():
            found.setdefault(kind, []).append(hit)
    return {kind: _words(hits) for kind, hits in found.items()}


def _words(hits: Sequence[tuple[float, str, rulebook.Rule]]) -> _Words:
    _, quote, rule = max(hits, key=lambda hit: hit[0])
    return _Words(sum(hit[0] for hit in hits), quote, rule.why, tuple(sorted({hit[2].id for hit in hits})))
