"""What is asked about tokens and webhooks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from amends.firm.models import Member
from amends.firm.rules import Scope, scopes_for
from amends.webhooks.rules import CHOICES, Kind

SCOPES: dict[Scope, Promise] = {
    Scope.READ_CLIENTS: _("Read clients and the people there"),
    Scope.READ_MAIL: _("Read the mail that you may read"),
    Scope.READ_SIGNALS: _("Read Today and what was noticed"),
    Scope.WRITE_SIGNALS: _("Answer what was noticed, in your name"),
    Scope.READ_PROMISES: _("Read promises that you may read"),
    Scope.WRITE_PROMISES: _("Write promises down and settle them, in your name"),
    Scope.READ_ENGAGEMENTS: _("Read engagements"),
    Scope.WRITE_ENGAGEMENTS: _("Make and change engagements, in your name"),
    Scope.READ_TIME: _("Read time entries"),
    Scope.READ_IMPORTS: _("Read how imports are doing"),
    Scope.CHECK: _("Check drafts beside the mail that you may read, and say what was made of it"),
    Scope.READ_RECOVERIES: _("Read recoveries, as far as you may read what they rest on"),
    Scope.WRITE_RECOVERIES: _("Open, own and move recoveries, in your name"),
    Scope.READ_CAPITAL: _("Read statements, balances and the capital policy"),
    Scope.WRITE_CAPITAL: _("Preview and adopt another capital policy, in your name"),
    Scope.READ_DRILLS: _("Read the drills, and how yours went"),
    Scope.WRITE_DRILLS: _("Play drills for you"),
}
KINDS: dict[Kind, Promise] = {
    Kind.SIGNAL_RAISED: _("Something was noticed about a client"),
    Kind.SIGNAL_ANSWERED: _("Somebody answered it, or took that back"),
    Kind.MESSAGE_STORED: _("Mail arrived"),
    Kind.IMPORT_DONE: _("An import is done, or stopped"),
    Kind.CLIENT_CREATED: _("An organisation came into the address book"),
    Kind.ENGAGEMENT_CHANGED: _("An engagement was made or changed"),
    Kind.PING: _("Test"),
}
_LASTS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("A year")), ("", _("Until it is revoked"))]


class TokenForm(forms.Form):
    """A token's name, what it may do, and how long."""

    name = forms.CharField(label=_("What is it for?"), max_length=100)
    lasts = forms.ChoiceField(label=_("It works for"), choices=_LASTS, required=False, initial="90")
    scopes = forms.MultipleChoiceField(label=_("It may"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(scope), SCOPES[scope]) for scope in scopes_for(member.role)]
        self.fields["scopes"] = forms.MultipleChoiceField(
            label=_("It may"), choices=choices, widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one thing that it may do.")},
        )  # fmt: skip

    def chosen(self) -> list[Scope]:
        """The scopes that were ticked."""
        return [Scope(value) for value in self.cleaned_data["scopes"]]

    def until(self, now: datetime) -> datetime | None:
        """When it ends; None where it does not."""
        days = self.cleaned_data["lasts"]
        return now + timedelta(days=int(days)) if days else None


class WebhookForm(forms.Form):
    """Where to, and what about."""

    url = forms.CharField(
        label=_("Address"), max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://example.com/hook", "spellcheck": "false"}),
    )  # fmt: skip
    description = forms.CharField(label=_("What is it for?"), max_length=200, required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Tell it when"), choices=[(str(kind), KINDS[kind]) for kind in CHOICES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing to be told of.")},
    )  # fmt: skip

    def chosen(self) -> list[Kind]:
        """The kinds that were ticked."""
        return [Kind(value) for value in self.cleaned_data["kinds"]]
