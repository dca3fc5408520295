"""Filters for what is only likely: amounts with two digits that count, probabilities as so many of a hundred."""

from __future__ import annotations

from django import template

from amends.core.money import Money
from amends.insights import worth
from amends.web.worth import words

register = template.Library()

register.filter("points", words.points)


@register.filter
def about(money: Money) -> str:
    """ "€9,600", told to two digits that count."""
    return str(worth.about(money))


@register.filter
def per_hundred(share: float) -> int:
    """How many of a hundred."""
    return round(100 * share)
