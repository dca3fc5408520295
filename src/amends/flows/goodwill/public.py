"""A public complaint becomes a reason on *Today*: its words are kept as a message, on which a signal rests."""

from __future__ import annotations

from datetime import datetime

from amends.firm.models import Firm
from amends.firm.queries import firm_in_scope
from amends.flows.goodwill.reading import noon_of
from amends.goodwill.models import Review
from amends.goodwill.queries import manners
from amends.goodwill.rules import is_complaint
from amends.mail.actions.reviews import keep_review, take_review_back
from amends.mail.models import Message
from amends.mail.queries import new_text_of
from amends.signals.actions import record
from amends.signals.models import Signal, SignalKind

RULE = "review"
_QUOTED = 300  # characters of it that *Today* shows


def told_on_today(review: Review, *, now: datetime) -> None:
    """Bring what *Today* says of a review up to date, in the transaction at hand: doing so twice changes nothing."""
    complains = is_complaint(review.stars, review.complaint, low=manners().low_stars)
    if review.client is None or review.removed_at is not None or not complains:
        _not_told(review, now=now)
        return
    firm = firm_in_scope()
    message = keep_review(
        review.public_id, client=review.client, who=", ".join(filter(None, [review.author, review.place])),
        subject=f"Review: {review.place}", text=_text(review), at=_moment(review, firm, now), now=now,
    )  # fmt: skip
    if review.message != message.public_id:
        Review.objects.filter(pk=review.pk).update(message=message.public_id)
        review.message = message.public_id
    _signal(review, message)


def _signal(review: Review, message: Message) -> None:
    quote = _quote(new_text_of(message.body))
    said = f"{review.stars.normalize():f} of 5 stars" if review.stars is not None else "somebody here took it for one"
    found = Signal.objects.filter(message=message, rule=RULE).first() or Signal(
        kind=SignalKind.COMPLAINT, message=message, rule=RULE, key=f"complaint:{message.public_id}:0",
    )  # fmt: skip
    found.client_id, found.quote, found.start, found.end = message.client_id, quote, 0, len(quote)  # type: ignore[assignment]
    found.confidence, found.said_at, found.raised_at = 1.0, message.sent_at, message.sent_at
    found.cleared_at = review.answered_at
    found.detail = {"why": f"A public complaint on {review.place}: {said}."}
    record([found])


def _not_told(review: Review, *, now: datetime) -> None:
    if review.message is None:
        return
    rows = Signal.objects.filter(message__public_id=review.message, rule=RULE, cleared_at=None)
    rows.update(cleared_at=now)
    if review.removed_at is not None or review.client is None:
        take_review_back(review.message)


def _text(review: Review) -> str:
    """The words as they were said; stars where there are none."""
    if review.words:
        return f"{review.words}\n"
    number = int(review.stars or 0)
    return f"{'★' * number}{'☆' * (5 - number)}\n"


def _quote(text: str) -> str:
    plain = text.strip()
    if len(plain) <= _QUOTED:
        return plain
    cut = plain[:_QUOTED]
    return cut[: cut.rfind(" ")] if " " in cut else cut


def _moment(review: Review, firm: Firm, now: datetime) -> datetime:
    return min(noon_of(review.said_on, firm), now)
