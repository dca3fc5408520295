"""Tags and filters of gestures, results and guarantees."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from amends.core.money import Money
from amends.insights.goodwill.client import Came, Moment
from amends.insights.goodwill.guarantees import Term
from amends.recovery.models import RemedyKind

register = template.Library()


@register.filter
def result_said(one: Came) -> str:
    """A result in a few words: "review on Clutch, 3 March 2026"."""
    said = {
        "review": _("review at %(what)s"),
        "referral": _("recommended to %(what)s"),
        "renewal": _("%(what)s renewed"),
    }[one.kind] % {"what": one.said}
    return f"{said}, {format_date(one.on, 'j F Y')}"


@register.simple_tag
def free_results(results: Sequence[Came], mine: Sequence[Came]) -> list[tuple[Came, bool]]:
    """Results that may be said to have come of a gesture: its own, and those that came of no other."""
    own = {one.public_id for one in mine}
    return [(one, one.public_id in own) for one in results if one.public_id in own or not one.chosen]


@register.filter
def typed_gesture(one: Moment) -> dict[str, str]:
    """A gesture as the fields of its form hold it. Its cost stands there for whoever may see it."""
    row = one.row
    return {
        "what": row.what, "why": row.why, "cost": plain_money(one.money),
        "planned_for": row.planned_for.isoformat() if row.planned_for else "",
        "engagement": str(row.engagement.public_id) if row.engagement else "",
    }  # fmt: skip


@register.filter
def typed_terms(one: Term) -> dict[str, str]:
    """Terms as the fields of their form hold them."""
    row = one.guarantee
    return {
        "name": row.name, "words": row.words, "kind": row.kind, "most": plain_money(one.most),
        "until": row.until.isoformat() if row.until else "",
        "engagement": str(row.engagement.public_id) if row.engagement else "",
    }  # fmt: skip


@register.filter
def kind_name(kind: str) -> str:
    """What a kind of remedy is called."""
    return str(RemedyKind(kind).label) if kind in RemedyKind.values else kind


@register.filter
def plain_money(amount: Money | None) -> str:
    """An amount as a field holds it."""
    return "" if amount is None else f"{amount.amount:f}"


@register.filter
def stars(number: Decimal | None) -> SafeString | str:
    """Stars as stars, with the number in words for those who hear it."""
    if number is None:
        return ""
    whole, half = int(number), number != int(number)
    shown = "★" * whole + ("½" if half else "") + "☆" * (5 - whole - int(half))
    said = _("%(n)s of 5 stars") % {"n": f"{number.normalize():f}"}
    return format_html('<span class="stars" role="img" aria-label="{}">{}</span>', said, shown)
