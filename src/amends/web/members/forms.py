"""What an administrator says of members."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.firm.models import Role


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(
        label=_("Name (optional)"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.ACCOUNT_MANAGER)


class RoleForm(forms.Form):
    """Another role."""

    role = forms.ChoiceField(choices=Role.choices)


class AuthorityForm(forms.Form):
    """What a member may give a client alone; empty: not said."""

    authority = forms.DecimalField(required=False, min_value=0, max_digits=14, decimal_places=2)


class PolicyForm(forms.Form):
    """How everybody signs in."""

    two_factor = forms.BooleanField(label=_("Everybody needs two-factor"), required=False)
    single_sign_on = forms.BooleanField(required=False)
