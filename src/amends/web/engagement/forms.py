"""What a person may say about an engagement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.clients.models import Engagement


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class EngagementForm(forms.ModelForm[Engagement]):
    """A project or retainer: its period, values and renewal date; money only for who may see it."""

    class Meta:
        model = Engagement
        fields = ("name", "kind", "starts_on", "ends_on", "renews_on", "yearly_value", "value")
        labels = {
            "name": _("Name"),
            "kind": _("Kind of work (optional)"),
            "starts_on": _("Begins"),
            "ends_on": _("Ends"),
            "renews_on": _("Renews"),
            "yearly_value": _("Value a year"),
            "value": _("Value in all"),
        }
        widgets = {
            "kind": forms.TextInput(attrs={"list": "kinds-of-work", "autocomplete": "off"}),
            "starts_on": DateInput, "ends_on": DateInput, "renews_on": DateInput,
        }  # fmt: skip

    def __init__(self, *args: Any, see_money: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not see_money:
            del self.fields["yearly_value"], self.fields["value"]

    def clean_kind(self) -> str:
        """In one line, as it is said."""
        return " ".join(self.cleaned_data["kind"].split())

    def clean(self) -> dict[str, Any]:
        """Dates are in years that people mean, a period ends after it begins, and a value is not negative."""
        found: dict[str, Any] = super().clean() or {}
        starts, ends = found.get("starts_on"), found.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("It ends before it begins: change one of the two dates."))
        for name in ("starts_on", "ends_on", "renews_on"):
            if found.get(name) is not None and not 1980 <= found[name].year <= 2199:
                self.add_error(name, _("Years from 1980 to 2199 are believed: look at the year."))
        for name in ("yearly_value", "value"):
            if found.get(name) is not None and found[name] < 0:
                self.add_error(name, _("A value cannot be below zero."))
        return found
