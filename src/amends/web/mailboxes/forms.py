"""What a person says about a mailbox."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.flows.live.accounts import Given, may_open
from amends.mail.models import Account, Folder, Security, Visibility
from amends.web.engagement.forms import DateInput

A_YEAR = timedelta(days=365)
_READERS = [
    (Visibility.METADATA, _("Only its owner; the others see who wrote, and when")),
    (Visibility.SUBJECT, _("Its owner; the others see subjects too")),
    (Visibility.ALL, _("Everybody in the firm")),
]


class _ServerFields(forms.Form):
    """Where a mailbox is and how to sign in there."""

    host = forms.CharField(
        label=_("Server"), max_length=255, required=False, widget=forms.TextInput(attrs={"spellcheck": "false"})
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=993, required=False)
    security = forms.ChoiceField(label=_("Encryption"), choices=Security.choices, initial=Security.TLS, required=False)
    username = forms.CharField(
        label=_("User name, where it is not the address"), max_length=320, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    def clean_host(self) -> str:
        """A name or an address, without what people copy along."""
        value: str = self.cleaned_data["host"].strip().strip("/").lower()
        value = value.partition("://")[2] or value
        if value and (any(each in value for each in "/@ \\?#") or not value.isprintable()):
            raise forms.ValidationError(_("Write only the server's name, as in imap.example.com."))
        return value

    def clean_port(self) -> int:
        """Left empty, the usual one."""
        return int(self.cleaned_data["port"] or 993)

    def clean_security(self) -> str:
        """Left empty, TLS."""
        return self.cleaned_data["security"] or Security.TLS


class _KeepingFields(forms.Form):
    """Since when, whose it is, and who may read it."""

    since = forms.DateField(label=_("Take in mail since"), widget=DateInput)
    visibility = forms.ChoiceField(label=_("Who may read it"), choices=_READERS, widget=forms.RadioSelect)
    owner = forms.ChoiceField(label=_("Whose mailbox it is"), required=False)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        if may(member.role, Right.ADMINISTER):
            self._members = {str(one.public_id): one for one in Member.objects.filter(is_active=True).order_by("name")}
            people = [(key, one.name or one.email) for key, one in self._members.items()]
            self.fields["owner"] = forms.ChoiceField(
                label=_("Whose mailbox it is"), required=False, choices=[("", _("Nobody's: the firm's own")), *people]
            )
        else:
            del self.fields["owner"]

    def clean_since(self) -> date:
        """No date before mail, none in the future."""
        value: date = self.cleaned_data["since"]
        if value.year < 1970:
            raise forms.ValidationError(_("There is no mail from before 1970: choose a later date."))
        return value

    def owner_chosen(self) -> Member | None:
        """The owner that an administrator chose; whoever connects a mailbox of their own owns it."""
        if "owner" not in self.fields:
            return self.member
        return self._members.get(self.cleaned_data["owner"])


class AddForm(_KeepingFields, _ServerFields):
    """A mailbox to connect."""

    field_order = ("address", "password", "since", "owner", "visibility", "host", "port", "security", "username")
    address = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    password = forms.CharField(
        label=_("Password"), max_length=1000, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    forwards = forms.BooleanField(label=_("This is Amends’ own address: members forward to it"), required=False)

    def __init__(self, *args: Any, member: Member, today: date, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.fields["password"].required = not self.data.get("permission")  # the provider gives one in its place
        self.fields["since"].initial = today - A_YEAR
        self.fields["visibility"].initial = Visibility.METADATA
        if "owner" in self.fields:
            self.fields["owner"].initial = str(member.public_id)
        else:
            del self.fields["forwards"]  # whose mail it takes in is not theirs alone

    def clean_address(self) -> str:
        """Mailboxes are known by their address, in small letters."""
        return str(self.cleaned_data["address"]).strip().lower()

    def given(self) -> Given:
        """All of it, as the flow takes it."""
        kept = self.cleaned_data
        return Given(
            address=kept["address"], password=kept["password"], since=kept["since"], host=kept["host"],
            port=kept["port"], security=kept["security"], username=kept["username"].strip(),
            visibility=kept["visibility"], owner=self.owner_chosen(),
            forwards=bool(kept.get("forwards")),
        )  # fmt: skip


class MendForm(_ServerFields):
    """Another password, or another server."""

    field_order = ("password", "host", "port", "security", "username")
    password = forms.CharField(
        label=_("Password"), max_length=1000, strip=False, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("host", "port", "security", "username"):
            self.fields[name].initial = getattr(account, name)
            self.fields[name].required = True


class AdjustForm(_KeepingFields):
    """Which folders, since when, and who may read it."""

    folders = forms.MultipleChoiceField(label=_("Folders"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, account: Account, folders: list[Folder], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_open(self.member, account.mailbox):
            self.fields.pop("owner", None)
            del self.fields["visibility"]
        there = [folder for folder in folders if not folder.missing or folder.chosen]
        self.fields["folders"] = forms.MultipleChoiceField(
            label=_("Folders"), required=bool(there), widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose one folder at least, or pause the mailbox.")},
            choices=[(str(folder.public_id), folder.name) for folder in there],
            initial=[str(folder.public_id) for folder in there if folder.chosen],
        )  # fmt: skip
        self.fields["since"].initial = account.since
        if "visibility" in self.fields:
            self.fields["visibility"].initial = account.mailbox.visibility
        if "owner" in self.fields:
            owner = account.mailbox.owner
            self.fields["owner"].initial = str(owner.public_id) if owner else ""
