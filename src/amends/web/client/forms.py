"""What a person may say about a client."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.clients.models import Client, Standing


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


def domains_of(client: Client) -> list[str]:
    """The domains that a split may choose from."""
    return [domain.value for domain in client.domains.all()]
