"""What a gate still misses, in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.boundaries.readiness import Missing
from amends.insights.gates import Standing


def missing(left: Sequence[Missing], *, unanswered: int = 0) -> list[str]:
    """Each thing that is missing, as the end of a sentence that begins with "Missing:"."""
    answers = ngettext("the answer to %(n)s question", "the answers to %(n)s questions", unanswered)
    said = {
        Missing.TERMS: _("a first word in the glossary"),
        Missing.GLOSSARY: _("a glossary agreed with the client"),
        Missing.QUESTIONS: _("a first question"),
        Missing.ANSWERS: answers % {"n": unanswered},
        Missing.PACE: _("a pace agreed in writing"),
    }
    return [said[one] for one in left]


def standing(one: Standing) -> list[str]:
    """The same of a gate in a few words."""
    return missing(one.missing, unanswered=one.unanswered)
