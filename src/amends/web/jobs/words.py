"""What each job is called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_NAMES = {
    "bring_in": _("Bring mail in"),
    "judge_stored": _("Read stored mail"),
    "place_anew": _("Look through all mail again"),
    "tend_recoveries": _("Look after recoveries"),
    "nightly": _("Tidy up for the night"),
}


def name_of(task: str) -> str:
    """The name of a task for people; one that has none is called after its function."""
    return str(_NAMES.get(task) or task.replace("_", " ").capitalize())
