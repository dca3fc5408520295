"""A brief as Markdown: the text that people edit, and from which HTML, PDF and mail are made (`document`). Pure.

What people and mail say is data: signs that mean something to Markdown are escaped, so that a quote can neither make a
heading nor a link, nor anything else than words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from amends.insights.recovery.brief import Content, Given, Point

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SIGNS = re.compile(r"([\\*`<\[])|(?<!\w)_|_(?!\w)")
_LEADS = re.compile(r"^(#{1,6}(?=\s)|[>+~-]|\d{1,9}(?=[.)]))")
_PARTS = {  # honest also where the client was mistaken; nobody is blamed
    "ours": "This was ours. We are sorry, and we take it on.",
    "shared": "Part of this was ours, and we take that on.",
    "client": "As far as we can see this began with you and not with us. It can happen to anybody; what counts now is"
    " that it comes right.",
    "third_party": "It happened at a third party. Answering for it to you is our job.",
    "misunderstanding": "We understood each other differently, and making sure was ours to do.",
    "unknown": "We do not know yet, and are still looking.",
}
_WHOSE = {
    "ours": "Ours", "shared": "Shared", "client": "The client’s", "third_party": "A third party’s",
    "misunderstanding": "A misunderstanding", "unknown": "Not known yet",
}  # fmt: skip
_SURE = {"guess": "a guess", "likely": "likely", "sure": "sure"}
_FELT = {
    "anger": "angry", "frustration": "frustrated", "disappointment": "disappointed", "worry": "worried",
    "confusion": "left without an answer",
}  # fmt: skip
_KINDS = {
    "message": "Message", "promise": "Promise", "time": "Hours", "document": "Document", "issue": "Earlier issue",
    "advice": "Our advice at the time",
}  # fmt: skip
_STATES = {"offered": "We offer", "agreed": "Agreed", "done": "Done", "asked": "Not approved yet"}
_CLOSING = "If we have missed something, or you see it differently, please tell us: we would rather hear it."


def written(content: Content) -> str:
    """The Markdown of a brief that nobody has edited."""
    lines = _to_client(content) if content.whom == "client" else _to_team(content)
    return "\n".join(lines).strip() + "\n"


def said(text: str) -> str:
    """Somebody's words as they stand on one line of Markdown: words, and nothing else."""
    plain = " ".join(_UNSEEN.sub("", text).split())
    return _LEADS.sub(r"\\\1", _SIGNS.sub(lambda sign: f"\\{sign[0]}", plain))


def spoken(day: date) -> str:
    """ "Thursday 19 March 2026"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def _to_client(content: Content) -> Iterator[str]:
    yield "# What you told us, and what we do about it"
    yield ""
    about = f", {said(content.engagement)}" if content.engagement else ""
    yield f"*For {said(content.client)}{about}. From {said(content.firm)}, {_short(content.as_of)}.*"
    if not content.points:
        yield ""
        yield "There are no points yet."
    for point in content.points:
        yield from _head(point)
        yield from _labelled(
            ("What happened", _so_far(point, point.happened)), ("Why", said(point.why)),
            ("Our part", _PARTS[point.responsibility]), ("What we do", said(point.we_do)), ("By", _by(point.by_when)),
            *_given(point.given), ("To look at", "; ".join(said(proof.said) for proof in point.proofs if proof.said)),
        )  # fmt: skip
    if content.given:
        yield from ("", "## Beyond that", "")
        yield from _labelled(*_given(content.given))
    if content.wanted.strip():
        yield from ("", "## What you asked for", "", f"> {said(content.wanted)}")
    yield from ("", _CLOSING)


def _to_team(content: Content) -> Iterator[str]:
    yield f"# {said(content.client)}: {said(content.title) or 'brief'}"
    yield ""
    held = f" {said(content.owner)} has it." if content.owner else ""
    yield f"*For the team, not to be sent. As of {_short(content.as_of)}.{held}*"
    person = said(content.person) or "the client"
    yield from ("", "## Open", "")
    yield f"- Let {person} speak first, to the end. Take notes only; the points wait."
    yield from (f"- {said(each)}" for each in content.first_words)
    heard = list(_heard(content.points))
    if heard:
        yield from ("", "## Acknowledge", "", *heard)
    for point in content.points:
        yield from _head(point)
        yield from _labelled(
            ("In our words", said(point.words)), ("Came up before", _before(point)),
            ("What happened", said(point.happened)), ("Why", said(point.why)),
            ("Whose", f"{_WHOSE[point.responsibility]} ({_SURE[point.sure]})"),
            ("What we do", _deed(point)), ("Say the hard part", said(point.hard_part) or _hard(point)),
            *_given(point.given), ("Evidence", _evidence(point)),
        )  # fmt: skip
    if content.given:
        yield from ("", "## Beyond that", "")
        yield from _labelled(*_given(content.given))
    yield from ("", "## Ask", "")
    if content.wanted.strip():
        yield f"- They asked for: “{said(content.wanted)}” Is that still what would put it right?"
    else:
        yield "- “What would put this right for you?” Then write it down in their words."
    yield from (f"- {said(each)}" for each in content.questions)
    if content.never:
        yield from ("", "## Don’t say", "")
        yield from (f"- {said(each)}" for each in content.never)


def _head(point: Point) -> Iterator[str]:
    quote = said(point.quote)
    yield from ("", f"## {point.number}. {f'“{quote}”' if quote else said(point.words) or 'No words yet'}", "")
    felt = f", {point.feeling}" if point.feeling in _FELT else ""
    who = f"{said(point.said_by)}, " if point.said_by else ""
    if quote:
        yield from (f"*{who}{_short(point.said_on)}{felt}*", "")


def _labelled(*pairs: tuple[str, str]) -> Iterator[str]:
    yield from (f"- **{label}:** {text}" for label, text in pairs if text)


def _so_far(point: Point, text: str) -> str:
    if not text.strip():
        return "We are still looking into this." if point.sure == "guess" else ""
    return f"As far as we know today: {said(text)}" if point.sure == "likely" else said(text)


def _given(given: Sequence[Given]) -> Iterator[tuple[str, str]]:
    for each in given:
        by = f", by {spoken(each.due_on)}" if each.due_on else ""
        yield _STATES.get(each.state, "We offer"), f"{said(each.what)}{by}"


def _before(point: Point) -> str:
    return f"“{said(point.earlier)}”, {_short(point.earlier_on)}" if point.earlier and point.earlier_on else ""


def _deed(point: Point) -> str:
    """What we do and by when, in one line."""
    by = f"*by {spoken(point.by_when)}*" if point.by_when else "*no date yet*"
    return (
        f"{said(point.we_do)} {by}"
        if point.we_do.strip()
        else f"*not decided yet* {by if point.by_when else ''}".strip()
    )


def _hard(point: Point) -> str:
    """How to say it where nobody wrote how, and it is hard."""
    if point.responsibility != "client" or point.sure == "guess":
        return ""
    return "Say once and plainly what we found, without “but”; then what we do all the same."


def _evidence(point: Point) -> str:
    return "; ".join(
        f"{_KINDS.get(proof.kind, proof.kind)}{f': {said(proof.said)}' if proof.said else ''}"
        f" ({'to show' if proof.shown else 'not shown'})"
        for proof in point.proofs
    )


def _heard(points: Sequence[Point]) -> Iterator[str]:
    """ "I hear that you are angry", once for each feeling, beside the words that show it."""
    for feeling in dict.fromkeys(point.feeling for point in points):
        if feeling in _FELT:
            where = [str(point.number) for point in points if point.feeling == feeling]
            named = "point" if len(where) == 1 else "points"
            yield f"- “I hear that you are {_FELT[feeling]}.” ({named} {', '.join(where)})"


def _by(day: date | None) -> str:
    return spoken(day) if day else ""


def _short(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
