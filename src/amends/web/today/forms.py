"""What a click on *Today* says: which reasons, which answer, why, until when."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.firm.models import Firm
from amends.signals.models import Action

TOMORROW, MONDAY, WEEK, ON = "tomorrow", "monday", "week", "on"


class AnswerForm(forms.Form):
    """One answer to the reasons of one client."""

    answer = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (Action.OWN, Action.NOT_AN_ISSUE, Action.LATER)]
    )
    client = forms.UUIDField(required=False)
    shown = forms.CharField(required=False, max_length=600)
    why = forms.CharField(required=False, max_length=500, strip=True)
    until = forms.ChoiceField(
        required=False,
        choices=[(TOMORROW, _("Tomorrow")), (MONDAY, _("Monday")), (WEEK, _("In a week")), (ON, _("On a date"))],
    )
    on = forms.DateField(required=False)

    def clean(self) -> dict[str, object]:
        """Later needs to say until when."""
        found = super().clean() or {}
        if found.get("answer") == Action.LATER:
            if not found.get("until"):
                self.add_error("until", _("Say until when: tomorrow, Monday, in a week, or a date."))
            if found.get("until") == ON and not found.get("on"):
                self.add_error("on", _("Choose the date on which this should be back."))
        return found

    @property
    def teaches(self) -> bool:
        """Whether *not an issue* speaks of how the words were read: what is settled was read rightly."""
        return str(self.cleaned_data["why"]) != str(_("Already settled"))

    @property
    def sure(self) -> bool:
        """Whether *not an issue* says that they were misread."""
        return str(self.cleaned_data["why"]) == str(_("Misread"))

    def until_moment(self, firm: Firm, *, now: datetime) -> datetime | None:
        """When a reason answered with *later* is back: the start of work on that day."""
        if self.cleaned_data["answer"] != Action.LATER:
            return None
        zone = ZoneInfo(firm.timezone)
        today = now.astimezone(zone).date()
        return datetime.combine(self._day(today), firm.day_start or time(9), tzinfo=zone)

    def _day(self, today: date) -> date:
        choice = self.cleaned_data["until"]
        if choice == ON:
            day: date = self.cleaned_data["on"]
            return day
        if choice == MONDAY:
            return today + timedelta(days=7 - today.weekday())
        return today + timedelta(days=1 if choice == TOMORROW else 7)


def signal_ids(values: Sequence[str]) -> list[uuid.UUID]:
    """The reasons that were on the screen; what is no id is left out."""
    found = []
    for value in values[:200]:
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found
