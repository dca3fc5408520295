"""What a message says: is something wrong, how does the writer feel, what is asked, promised, praised, threatened.

`read` is the face that the rest of Amends knows. With the trained model, the model and the rules judge together;
without it, rules judge alone, and the reading says so (`by`). What it cannot do stands in the model's card and in
`by_rules`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.judgement import language, sentences, setting
from amends.judgement.due import due as due_of
from amends.judgement.model import current
from amends.judgement.model.outputs import FEELINGS
from amends.judgement.promises import PRIOR, find_promises
from amends.judgement.reading import by_model, by_rules
from amends.judgement.reading.by_rules import RULE_FILES
from amends.judgement.reading.types import Feeling, Reading
from amends.judgement.spans import SHOWN, SURE, Span, Writer, strongest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from amends.judgement.promises import Promise
    from amends.judgement.working_time import WorkingTime

__all__ = ["RULE_FILES", "SHOWN", "SURE", "Feeling", "Reading", "Span", "Writer", "read", "read_incoming", "strongest"]

_USUAL_SETTING = 0.25
"""Nineteen of twenty letters to a firm have a `setting.odds_factor` above this; a programmers' list is far below."""
_A_LETTER = 12
"""Sentences of a longish letter; of many more, some will look like a complaint by chance."""
_CERTAIN = 0.9
"""Rules alone know no shades: how much of a message's feeling the surest sentence can take."""


def read(
    text: str,
    *,
    writer: Writer = "client",
    at: datetime | None = None,
    working: WorkingTime | None = None,
    cascade: bool = False,
    off: frozenset[str] = frozenset(),
) -> Reading:
    """Read the new text of one message (no quoted mail, no signature); never raises on any text.

    `at` is when it was sent (aware): dates in promises are resolved against it, and stay open without it; `working`
    has the zone and the days that the firm works. With `cascade` the encoder reads only where a cheaper model sees
    something. `off` are ids of rules not to use. Reads the first 20,000 and the last 4,000 characters.
    """
    spoken = language.guess(text)
    if spoken != "en":
        return Reading(language=spoken)
    heard = by_rules.hear(text, off=off) if writer == "client" else by_rules.NOTHING
    model = current()
    parts = list(sentences.split(text))
    if model is None or not parts:
        asked = by_rules.requests(text, off=off)
        return _by_rules(spoken, heard, asked, _promises(text, writer, at, working, None, off))
    watch = ("flag.promise",) if writer == "firm" else ()
    odds = min(1.0, setting.odds_factor(text, len(parts)) / _USUAL_SETTING)
    odds /= 1 + max(len(parts) - _A_LETTER, 0) / setting.ORDINARY_SENTENCES
    page = by_model.read_page(parts, heard, model, cascade=cascade, watch=watch, odds=odds)
    return _by_model(spoken, page, writer, _promises(text, writer, at, working, page, off))


def read_incoming(text: str, *, at: datetime | None = None, off: frozenset[str] = frozenset()) -> Reading:
    """`read` for what a client wrote."""
    return read(text, at=at, off=off)


def _by_model(spoken: str, page: by_model.Page, writer: Writer, promises: tuple[Promise, ...]) -> Reading:
    by_sentence = by_model.feelings(page)
    complaint = by_model.complaint(page) if writer == "client" else 0.0
    theirs = writer == "client"
    return Reading(
        language=spoken,
        by="model",
        emotions=by_model.emotions(by_sentence, page.model.card.numbers["emotions.power"][0]),
        carrier=by_model.carrier(page, by_sentence),
        complaint=complaint,
        issues=tuple(by_model.issues(page, complaint)),
        feelings=tuple(by_model.shown_feelings(page, by_sentence)),
        praise=tuple(by_model.findings(page, "praise")) if theirs else (),
        leaving=tuple(by_model.findings(page, "leaving")) if theirs else (),
        leaving_p=by_model.at_all(page, "leaving") if theirs else 0.0,
        praise_p=by_model.at_all(page, "praise") if theirs else 0.0,
        scope_request=tuple(by_model.findings(page, "scope")) if theirs else (),
        referral=tuple(by_model.findings(page, "referral")) if theirs else (),
        requests=tuple(by_model.findings(page, "request")),
        wanted=tuple(by_model.findings(page, "wanted")) if theirs else (),
        promises=promises,
    )


def _by_rules(spoken: str, heard: by_rules.Heard, asked: tuple[Span, ...], promises: tuple[Promise, ...]) -> Reading:
    return Reading(
        language=spoken,
        emotions=_loudest(heard),
        carrier=max(heard.feelings, key=lambda each: each.p, default=None),
        complaint=heard.complaint,
        issues=heard.issues,
        feelings=heard.feelings,
        praise=heard.praise,
        leaving=heard.leaving,
        leaving_p=strongest(heard.leaving),
        praise_p=strongest(heard.praise),
        scope_request=heard.scope_request,
        referral=heard.referral,
        requests=asked,
        promises=promises,
    )


def _loudest(heard: by_rules.Heard) -> dict[str, float]:
    """The eight, from the surest rule of each feeling."""
    found = dict.fromkeys(FEELINGS, 0.0)
    for feeling in heard.feelings:
        found[feeling.kind] = max(found[feeling.kind], feeling.p)
    if heard.praise and not heard.issues:
        found["gratitude"] = strongest(heard.praise)
    loud = sum(found.values())
    share = min(_CERTAIN, max(found.values())) / loud if loud else 0.0
    return {name: p * share for name, p in found.items() if name != "neutral"} | {"neutral": 1 - loud * share}


def _promises(
    text: str,
    writer: Writer,
    at: datetime | None,
    working: WorkingTime | None,
    page: by_model.Page | None,
    off: frozenset[str],
) -> tuple[Promise, ...]:
    def by_when(phrase: str) -> datetime | None:
        found = due_of(phrase, at=at, working=working) if at is not None else None
        return found.at if found is not None else None

    def likely(wanted: Sequence[str]) -> list[float]:
        assert page is not None  # noqa: S101 - asked only with a page
        known = {s.text: float(p) for s, p in zip(page.sentences, page.scores.of("flag.promise"), strict=True)}
        return [known.get(each, PRIOR) for each in wanted]

    return tuple(find_promises(text, writer=writer, due=by_when, likely=likely if page else None, off=off))
