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
from amends.firm.single_sign_on import provider

_WRONG = _("That address and password do not belong together. Try again, or choose “Forgotten?” below.")


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

    def clean_email(self) -> str:
        """However it is written, it is one address to whoever counts attempts."""
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        """Ask the backends; attempts are counted and throttled there."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("email") and found.get("password"):
            member = authenticate(self.request, username=found["email"], password=found["password"])
            if not isinstance(member, Member):
                raise ValidationError(_WRONG)
            service = provider()
            if member.firm.single_sign_on_only and service is not None:
                message = _("Your firm signs in with %(name)s: use its button.")
                raise ValidationError(message, params={"name": service.name})
            self.member = member
        return found


class CodeForm(forms.Form):
    """The second step."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false", "autocapitalize": "off"}
        ),
    )


class ForgottenForm(forms.Form):
    """Whose password is lost."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )


class NewPasswordForm(forms.Form):
    """A password that is hard to guess for others."""

    password = forms.CharField(
        label=_("A new password"),
        strip=False,
        help_text=_("At least 12 characters. A few words in a row are easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, member: Member | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member

    def clean_password(self) -> str:
        """As strong as the settings ask."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.member or self._described())
        return password

    def _described(self) -> Member:
        """Whoever the other fields describe: a password must not resemble their name or address."""
        return Member(email=self.cleaned_data.get("email", ""), name=self.cleaned_data.get("name", ""))


class JoinForm(NewPasswordForm):
    """Somebody who was invited."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ("name", "password")

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password"].label = _("A password")

    def _described(self) -> Member:
        return Member(email=self.email, name=self.cleaned_data.get("name", ""))


class FirstAdministratorForm(NewPasswordForm):
    """The first person of a firm."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    field_order = ("name", "email", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("A password")

    def clean_email(self) -> str:
        """One person, one address, over all firms."""
        email: str = self.cleaned_data["email"].strip().lower()
        if address_taken(email):
            raise ValidationError(_("Somebody has this address already: sign in instead."))
        return email
