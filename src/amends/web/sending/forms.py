"""What a person says of a mail server."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.flows.adjust import MOST_UNDO
from amends.flows.live.opening import grantor
from amends.flows.send import Settings
from amends.mail.models import Account
from amends.outbox.compose import NoAddress, address
from amends.outbox.models import Security, SmtpAccount
from amends.outbox.smtp import refuse_address

_PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class UndoForm(forms.Form):
    """How long what a person sends waits."""

    seconds = forms.IntegerField(
        label=_("Seconds to take back what was sent"), min_value=0, max_value=MOST_UNDO,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "min_value": _("Choose 0 to 120 seconds."), "max_value": _("Choose 0 to 120 seconds."),
            "required": _("Choose 0 to 120 seconds."), "invalid": _("Choose 0 to 120 seconds."),
        },
    )  # fmt: skip


class AccountForm(forms.Form):
    """One account. An empty password keeps the stored one, as long as it goes to the same server and user."""

    from_address = forms.CharField(label=_("Mail comes from"), max_length=320, widget=forms.TextInput(_PLAIN))
    from_name = forms.CharField(label=_("Under the name"), max_length=200, required=False)
    host = forms.CharField(label=_("Mail server"), max_length=255, widget=forms.TextInput(_PLAIN))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535)
    security = forms.ChoiceField(label=_("Security"), choices=Security.choices)
    user = forms.CharField(label=_("User"), max_length=320, required=False, widget=forms.TextInput(_PLAIN))
    permission = forms.ChoiceField(label=_("Signs in with"), required=False)
    password = forms.CharField(
        label=_("Password"), max_length=1000, required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    signature = forms.CharField(
        label=_("Signature"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self, *args: Any, account: SmtpAccount | None, permitted: Sequence[Account] = (), **kwargs: Any
    ) -> None:
        if account is not None:
            names = ("from_address", "from_name", "host", "port", "security", "user", "signature")
            kwargs["initial"] = {name: getattr(account, name) for name in names} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.account = account
        self.permitted = {str(each.public_id): each for each in permitted}
        ways: Any = self.fields["permission"]
        given = [(key, _("The permission given for %(who)s") % {"who": each}) for key, each in self.permitted.items()]
        ways.choices = [("", _("A password")), *given]
        if account is not None and account.permission is not None:
            self.initial["permission"] = str(account.permission.public_id)

    def clean_from_address(self) -> str:
        """An address that mail can come from."""
        try:
            return address(self.cleaned_data["from_address"])
        except NoAddress as error:
            raise forms.ValidationError(str(error)) from error

    def clean_host(self) -> str:
        """A name or an address; where a mail server cannot be is refused at once, and again when it is called."""
        host: str = self.cleaned_data["host"].strip().lower()
        if not host or any(letter.isspace() or letter in "/@:?#" for letter in host.replace("::", "").replace(":", "")):
            raise forms.ValidationError(_("Enter the name alone, as in smtp.example.com."))
        try:
            found = ip_address(host)
        except ValueError:
            if ":" in host:
                raise forms.ValidationError(_("Enter the name alone; the port has its own field.")) from None
            return host
        why = refuse_address(host, [found], plain=False)
        if why:
            raise forms.ValidationError(why)
        return host

    def clean(self) -> dict[str, Any]:
        """A stored password is not sent to a server or for a user that it was not entered for."""
        given: dict[str, Any] = super().clean() or {}
        stored = self.account
        permitted = self.permitted.get(given.get("permission", ""))
        if permitted is not None:
            self._permitted(given, permitted)
            return given
        same = stored is not None and all(
            given.get(name) == getattr(stored, name) for name in ("host", "port", "user", "security")
        )
        if given.get("user") and not given.get("password") and not (same and stored is not None and stored.password):
            self.add_error("password", _("Enter the password of this user."))
        return given

    def _permitted(self, given: dict[str, Any], account: Account) -> None:
        """A permission is good at its provider's own server alone, for the one who gave it."""
        who = grantor(account.credential)
        if not who.smtp:
            self.add_error("permission", _("This provider takes no permission for sending: enter a password."))
        elif given.get("host") and given["host"] != who.smtp:
            message = _("This permission is for %(host)s alone: enter that name.") % {"host": who.smtp}
            self.add_error("host", message)
        given["user"], given["password"] = account.username, ""

    @property
    def settings(self) -> Settings:
        """All of it, checked."""
        given = self.cleaned_data
        permitted = self.permitted.get(given["permission"])
        kept = given["user"] and not given["password"] and permitted is None
        return Settings(
            given["host"], given["port"], given["security"], given["user"], None if kept else given["password"],
            given["from_address"], given["from_name"], given["signature"],
            permitted,
        )  # fmt: skip
