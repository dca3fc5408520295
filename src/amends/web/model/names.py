"""Plain words for the model's outputs and for what was measured of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

_SPOKEN = ("issue", "praise", "leaving", "scope", "referral", "request", "wanted")  # found where likelier than this


def outputs() -> dict[str, str]:
    """What each output that leads to something on a page says of a sentence."""
    return {
        "flag.issue": _("Something is wrong"),
        "flag.passive": _("Says it politely"),
        "flag.irony": _("Says it with irony"),
        "flag.request": _("Asks for something"),
        "flag.scope": _("Asks for more than agreed"),
        "flag.wanted": _("Says what would put it right"),
        "flag.leaving": _("Thinks of leaving"),
        "flag.praise": _("Praises"),
        "flag.referral": _("Recommends us"),
        "flag.promise": _("Promises something"),
        "feeling.anger": _("Anger"),
        "feeling.frustration": _("Frustration"),
        "feeling.disappointment": _("Disappointment"),
        "feeling.worry": _("Worry"),
        "feeling.confusion": _("Confusion"),
        "feeling.gratitude": _("Gratitude"),
        "feeling.joy": _("Joy"),
        "feeling.neutral": _("Neutral"),
    }


def measured() -> dict[str, tuple[str, str]]:
    """Title and sentence of the figures that have a name of their own."""
    return {
        "complaint": (_("Letters that complain"), _("Does this letter say that something is wrong at all?")),
        "issues": (_("Sentences that complain"), _("Which sentence says it?")),
        "polite": (
            _("Polite, indirect and ironic complaints"),
            _("The hardest ones: a wrong that is said without one harsh word."),
        ),
        "goemotions": (
            _("28 feelings"),
            _("All labels of the public set, the rare ones counting as much as the common."),
        ),
        "feelings": (
            _("The eight feelings shown"),
            _("The eight that Amends shows, each counting the same; below, each by itself."),
        ),
        "requests": (_("Requests"), _("Does this sentence want something done? Shares of right answers.")),
        "requests.f1": (_("Requests found"), _("The same, by how many requests were found.")),
        "politeness": (
            _("Politeness"),
            _("Of clearly polite and clearly impolite requests, the share that it puts on the right side."),
        ),
        "uncivil": (
            _("Heated remarks"),
            _("Of a heated and a calm remark, how often the heated one is rated higher."),
        ),
    }


def named_thresholds(thresholds: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """The thresholds that decide what is shown, in plain words."""
    names, found = outputs(), dict(thresholds)
    return [(names[f"flag.{one}"], found[f"flag.{one}"]) for one in _SPOKEN if f"flag.{one}" in found]
