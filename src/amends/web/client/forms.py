"""What a person may say about a client."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.clients.models import Client, Engagement, Standing


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RenameForm(forms.Form):
    """Another name."""

    name = forms.CharField(label=_("Name"), max_length=200)


class StandingForm(forms.Form):
    """What they are to us, and why."""

    standing = forms.ChoiceField(label=_("They are"), choices=Standing.choices)
    why = forms.CharField(label=_("Why"), required=False, max_length=300)


class MergeForm(forms.Form):
    """The client that this one is really part of."""

    target = forms.UUIDField(label=_("Is really part of"))


class SplitForm(forms.Form):
    """A domain that is somebody else's, and who they are."""

    domain = forms.CharField(label=_("Domain"), max_length=255)
    name = forms.CharField(label=_("Name of the new client"), max_length=200)


class EngagementForm(forms.ModelForm[Engagement]):
    """A project or retainer: its period, value and renewal date."""

    class Meta:
        model = Engagement
        fields = ("name", "starts_on", "ends_on", "renews_on", "yearly_value")
        labels = {
            "name": _("Name"),
            "starts_on": _("Begins"),
            "ends_on": _("Ends"),
            "renews_on": _("Renews"),
            "yearly_value": _("Value a year"),
        }
        widgets = {"starts_on": DateInput, "ends_on": DateInput, "renews_on": DateInput}

    def clean(self) -> dict[str, Any]:
        """A period ends after it begins, and a value is not negative."""
        found: dict[str, Any] = super().clean() or {}
        starts, ends, value = found.get("starts_on"), found.get("ends_on"), found.get("yearly_value")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("It ends before it begins: change one of the two dates."))
        if value is not None and value < 0:
            self.add_error("yearly_value", _("A value cannot be below zero."))
        return found


def domains_of(client: Client) -> list[str]:
    """The domains that a split may choose from."""
    return [domain.value for domain in client.domains.all()]
