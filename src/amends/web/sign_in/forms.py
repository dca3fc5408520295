"""Who is it?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate, password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from amends.firm.models import Member
from amends.firm.sign_in import address_taken

_WRONG = _("That address and password do not belong together. Try again, or ask an administrator for a one-time link.")


class SignInForm(forms.Form):
    """E-mail address and password."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.member: Member | None = None

    def clean(self) -> dict[str, Any]:
        """Ask the backends; attempts are counted and throttled there."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("email") and found.get("password"):
            member = authenticate(self.request, username=found["email"], password=found["password"])
            if not isinstance(member, Member):
                raise ValidationError(_WRONG)
            self.member = member
        return found


class FirstAdministratorForm(forms.Form):
    """The first person of a firm."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("A password"),
        strip=False,
        help_text=_("At least 12 characters. A few words in a row are easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_email(self) -> str:
        """One person, one address, over all firms."""
        email: str = self.cleaned_data["email"].strip().lower()
        if address_taken(email):
            raise ValidationError(_("Somebody has this address already: sign in instead."))
        return email

    def clean_password(self) -> str:
        """As strong as the settings ask."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(
            password, Member(email=self.cleaned_data.get("email", ""), name=self.cleaned_data.get("name", ""))
        )
        return password
