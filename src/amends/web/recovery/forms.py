"""What the pages of a brief and of a call send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.flows.recovery.mailing import Choice, Mailing
from amends.recovery.actions.briefs import MOST

_MOST_SEEN = 100  # findings that one form may name


class EditForm(forms.Form):
    """A version of a brief, with which one it was and what it was written from."""

    text = forms.CharField(
        label=_("The brief"), max_length=MOST, strip=False, required=False,
        widget=forms.Textarea(attrs={"rows": 26, "spellcheck": "true", "aria-describedby": "brief-marks"}),
    )  # fmt: skip
    wrote_from = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, max_value=10**8, widget=forms.HiddenInput)


class MailForm(forms.Form):
    """A mail to people of the client. `key` makes one draft of a form that is sent twice."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    to = forms.MultipleChoiceField(label=_("Who gets it"), required=False, widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(
        label=_("Your words above it"), max_length=50_000, strip=False, required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "true"}),
    )  # fmt: skip
    with_pdf = forms.BooleanField(label=_("Attach it as a PDF too"), required=False)

    def __init__(self, *args: Any, choices: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # for the type checker
        field.choices = [(each.person.email, _called(each)) for each in choices]

    @property
    def mailing(self) -> Mailing:
        """What is to be sent; for a form that is valid."""
        given, data = self.cleaned_data, self.data
        seen: list[str] = data.getlist("seen") if hasattr(data, "getlist") else []
        return Mailing(given["key"], given["to"], given["text"], frozenset(seen[:_MOST_SEEN]))


def _called(choice: Choice) -> str:
    person = choice.person
    return f"{person.name} ({person.email})" if person.name else person.email
