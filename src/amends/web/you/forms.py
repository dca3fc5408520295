"""What members say about themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from amends.firm.models import Member
from amends.web.settings.forms import zones
from amends.web.sign_in.forms import NewPasswordForm


class YouForm(forms.ModelForm[Member]):
    """Name and time zone."""

    class Meta:
        model = Member
        fields = ("name", "timezone")
        labels = {"name": _("Your name"), "timezone": _("Your time zone")}

    def __init__(self, *args: Any, firm_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = _("As the firm: %(zone)s") % {"zone": firm_zone.replace("_", " ")}
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Your time zone"), required=False, choices=[("", own), *zones()]
        )


class MorningForm(forms.Form):
    """Whether the morning digest comes."""

    wanted = forms.BooleanField(label=_("Send me the promises of the day at eight on working days"), required=False)


class ConfirmForm(forms.Form):
    """Show again that it is you. Wrong passwords count towards the pause as they do at the door."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, request: HttpRequest, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.member = request, member

    def clean_password(self) -> str:
        """Theirs."""
        password: str = self.cleaned_data["password"]
        if authenticate(self.request, username=self.member.email, password=password) is None:
            raise ValidationError(_("That is not your password. Try again."))
        return password


class ChangePasswordForm(NewPasswordForm):
    """The old one, and the new one."""

    current = forms.CharField(
        label=_("Your password until now"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current", "password")

    def __init__(self, *args: Any, request: HttpRequest, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.request = request
        self.fields["password"].label = _("The new one")
        if not member.has_usable_password():
            del self.fields["current"]

    def clean_current(self) -> str:
        """Theirs; wrong ones count."""
        given: str = self.cleaned_data["current"]
        if self.member and authenticate(self.request, username=self.member.email, password=given) is None:
            raise ValidationError(_("That is not your password. Try again, or ask an administrator for a link."))
        return given
