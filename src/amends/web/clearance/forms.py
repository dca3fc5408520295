"""What goes public, as it is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.boundaries.queries.lists import lists
from amends.boundaries.starting import GENERAL, ListKind
from amends.firm.models import Member


class PublicationForm(forms.Form):
    """What, where, when, and who answers for it."""

    what = forms.CharField(label=_("What goes public"), max_length=200)
    where = forms.CharField(label=_("Where (optional)"), max_length=200, required=False)
    goes_on = forms.DateField(
        label=_("When (optional)"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    answers = forms.ModelChoiceField(
        label=_("Who answers for it"), queryset=Member.across_firms.none(), required=False, to_field_name="public_id",
        empty_label=_("Nobody yet"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Member.objects.filter(is_active=True).order_by("name", "pk")
        self.fields["answers"].queryset = people  # type: ignore[attr-defined]


class NewPublicationForm(PublicationForm):
    """The same, with the checklist that it begins with."""

    kind = forms.ChoiceField(label=_("Kind of work"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(one.slug, one.name) for one in lists(ListKind.CHECKS) if one.slug != GENERAL]
        self.fields["kind"].choices = [("", _("None of these: the general checks alone")), *known]  # type: ignore[attr-defined]
