"""What a firm says about itself."""

from __future__ import annotations

import zoneinfo
from functools import lru_cache
from typing import Any

import holidays
from django import forms
from django.utils.translation import gettext_lazy as _

from amends.firm.models import Firm
from amends.flows.set_up import NoDomain, own_value

DAYS = [
    ("1", _("Monday")), ("2", _("Tuesday")), ("3", _("Wednesday")), ("4", _("Thursday")), ("5", _("Friday")),
    ("6", _("Saturday")), ("7", _("Sunday")),
]  # fmt: skip

_NO_PLACES = ("Etc/", "SystemV/")


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class FirmForm(forms.ModelForm[Firm]):
    """The firm's name, place, working time and the reach of *Today*."""

    domains = forms.CharField(
        label=_("Your own mail domains"),
        help_text=_("One a line. Whoever writes from them is one of you; everybody else is outside."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    timezone = forms.ChoiceField(label=_("Time zone"))
    country = forms.ChoiceField(label=_("Public holidays of"), required=False)
    work_days = forms.MultipleChoiceField(label=_("Working days"), choices=DAYS, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Firm
        fields = ("name", "timezone", "country", "work_days", "day_start", "day_end", "currency", "reasons_days")
        labels = {
            "name": _("Name of the firm"),
            "day_start": _("Work begins"),
            "day_end": _("Work ends"),
            "currency": _("Currency"),
            "reasons_days": _("Reasons become history after (days)"),
        }
        widgets = {"day_start": TimeInput, "day_end": TimeInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"] = forms.ChoiceField(label=_("Time zone"), choices=zones())
        self.fields["country"] = forms.ChoiceField(
            label=_("Public holidays of"), required=False, choices=[("", _("No holidays")), *_countries()]
        )
        self.initial["work_days"] = list(self.instance.work_days)

    def clean_work_days(self) -> str:
        """Kept as digits, Monday is 1."""
        return "".join(sorted(self.cleaned_data["work_days"]))

    def clean_currency(self) -> str:
        """Three letters, as banks write them."""
        value: str = self.cleaned_data["currency"].strip().upper()
        if len(value) != 3 or not value.isalpha():
            raise forms.ValidationError(_("Use the three letters that banks use: EUR, GBP, USD."))
        return value

    def clean_reasons_days(self) -> int:
        """At least a day, at most ten years."""
        value: int = self.cleaned_data["reasons_days"]
        if not 1 <= value <= 3650:
            raise forms.ValidationError(_("Choose between 1 and 3650 days."))
        return value

    def clean_domains(self) -> list[str]:
        """A domain (or a whole address at a free-mail provider) a line."""
        found = [
            line.strip().lower().lstrip("@") for line in self.cleaned_data["domains"].replace(",", "\n").splitlines()
        ]
        values = [value for value in found if value]
        if not values:
            raise forms.ValidationError(_("Say at least one: without it nobody knows who is one of you."))
        for value in values:
            try:
                own_value(value)
            except NoDomain as error:
                raise forms.ValidationError(str(error)) from error
        return values

    def clean(self) -> dict[str, Any]:
        """A working day ends after it begins."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("day_start") and found.get("day_end") and found["day_end"] <= found["day_start"]:
            self.add_error("day_end", _("Work ends before it begins: change one of the two."))
        return found


@lru_cache(maxsize=1)
def zones() -> list[tuple[str, str]]:
    """Time zones by place; the list is read from disk once."""
    places = (zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith(_NO_PLACES))
    return [(zone, zone.replace("_", " ")) for zone in ("UTC", *sorted(places))]


@lru_cache(maxsize=1)
def _countries() -> list[tuple[str, str]]:
    """Countries that the library of holidays knows, by name."""
    names = {
        code: info[0] if isinstance(info, tuple) else str(info)
        for code, info in ((values[1], values) for values in holidays.registry.COUNTRIES.values())
    }
    return sorted(((code, _spaced(name)) for code, name in names.items()), key=lambda pair: pair[1])


def _spaced(name: str) -> str:
    """ "UnitedKingdom" as "United Kingdom"."""
    return "".join(
        f" {letter}" if letter.isupper() and number and not name[number - 1].isupper() else letter
        for number, letter in enumerate(name)
    )
