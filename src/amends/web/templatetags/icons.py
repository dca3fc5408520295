"""Icons of the lucide set, inlined; each is drawn once and then remembered, since drawing one costs a millisecond."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as draw

register = template.Library()


@register.simple_tag
def lucide(name: str, *, size: int = 24, **attributes: object) -> SafeString:
    """An icon by its name; give `aria_hidden="true"`, or `role="img"` and `aria_label`."""
    return _drawn(str(name), size, tuple(sorted((key, str(value)) for key, value in attributes.items())))


@lru_cache(maxsize=512)
def _drawn(name: str, size: int, attributes: tuple[tuple[str, str], ...]) -> SafeString:
    return SafeString(draw(name, size=size, **{key: value + "" for key, value in attributes}))
