"""Tags for what the check says."""

from __future__ import annotations

import re

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
_GAP = re.compile(r"(\[[^\][\n]{1,80}\])")


@register.filter
def trim(text: str | None) -> str:
    """Without blanks at either end."""
    return (text or "").strip()


@register.filter
def gaps(text: str) -> SafeString:
    """A suggestion whose gaps ("[day]") look like what is to be filled in."""
    parts = ((_gap(part) if at % 2 else conditional_escape(part),) for at, part in enumerate(_GAP.split(text)))
    return format_html_join("", "{}", parts)


def _gap(part: str) -> SafeString:
    return format_html('<span class="gap">{}</span>', part)


@register.filter
def ends(why: str) -> str:
    """A rule's reason as a sentence of its own: what is added to it where it fires is not there."""
    text = why.strip()
    return text.removesuffix(":") + "." if text.endswith(":") else text
